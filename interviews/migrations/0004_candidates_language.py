"""What a candidate is known to speak may be unknown, and what they chose is kept on the invitation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interviews", "0003_translations")]

    operations = [
        migrations.AlterField(
            "candidate",
            "locale",
            models.CharField(blank=True, help_text="Empty: not known.", max_length=12, verbose_name="language"),
        ),
        migrations.AddField(
            "invitation",
            "language",
            models.CharField(
                blank=True, default="", help_text="Chosen by the candidate.", max_length=12, verbose_name="language"
            ),
            preserve_default=False,
        ),
    ]
