"""A list of invitations waits where the company's limit stands in its way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0027_call_backs_outlive_connections"),
    ]

    operations = [
        migrations.AddField(
            "invitationbatch",
            "waits_until",
            models.DateTimeField(
                blank=True,
                help_text="As many were invited in this hour as the company may.",
                null=True,
                verbose_name="waits until",
            ),
        ),
    ]
