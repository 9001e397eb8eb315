"""A review that was written blind says when it was changed with sight."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0028_lists_wait"),
    ]

    operations = [
        migrations.AddField(
            "review",
            "changed_seeing",
            models.BooleanField(default=False, verbose_name="changed after seeing the others"),
        ),
    ]
