from django.db import migrations, models

KINDS = [
    ("invitation", "Invitation"),
    ("reminder", "Reminder"),
    ("almost_expired", "Almost expired"),
    ("planned", "Time chosen"),
    ("extended", "New deadline"),
    ("done", "Thank you"),
    ("canceled", "Withdrawn"),
    ("declined", "Declined"),
    ("deleted", "Data deleted"),
    ("request", "A candidate asks"),
    ("result", "A result is ready"),
    ("limit", "Minutes used up"),
    ("notice", "Notice to the owners"),
]


class Migration(migrations.Migration):
    dependencies = [("interviews", "0035_last_failure_of_an_endpoint")]

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
