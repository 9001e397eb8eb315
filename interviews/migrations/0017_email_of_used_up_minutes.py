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
    ("limit", "Minutes used up"),
]


class Migration(migrations.Migration):
    dependencies = [("interviews", "0016_result_emails")]

    operations = [
        migrations.AlterField(
            model_name="outgoingemail",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="next_reminder_kind",
            field=models.CharField(blank=True, choices=KINDS, max_length=20, verbose_name="kind of it"),
        ),
    ]
