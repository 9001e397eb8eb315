"""An endpoint's failures count together only as long as they follow each other."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0034_broken_off'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhookendpoint',
            name='failed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
