"""Staff is told by mail when a result is ready."""

from django.db import migrations, models

KINDS = [
    ("invitation", "Invitation"),
    ("reminder", "Reminder"),
    ("almost_expired", "Almost expired"),
    ("planned", "Time chosen"),
    ("extended", "New deadline"),
    ("done", "Thank you"),
    ("canceled", "Withdrawn"),
    ("deleted", "Data deleted"),
    ("request", "A candidate asks"),
    ("result", "A result is ready"),
]


class Migration(migrations.Migration):
    dependencies = [("interviews", "0015_orders_and_erasure")]

    operations = [
        migrations.AlterField(
            "invitation",
            "next_reminder_kind",
            models.CharField(blank=True, choices=KINDS, max_length=20, verbose_name="kind of it"),
        ),
        migrations.AlterField(
            "outgoingemail", "kind", models.CharField(choices=KINDS, max_length=20, verbose_name="kind")
        ),
    ]
