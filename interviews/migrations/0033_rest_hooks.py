"""Hooks that programs subscribe are told from webhooks; so far only their description did."""

from django.db import migrations, models

from tenants.rls import LowerTenantWall, RaiseTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0032_indexes_of_long_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhookendpoint',
            name='is_hook',
            field=models.BooleanField(default=False, editable=False, verbose_name='subscribed by a program'),
        ),
        LowerTenantWall('WebhookEndpoint'),
        migrations.RunSQL(
            "UPDATE interviews_webhookendpoint SET is_hook = true WHERE description = 'REST hook'",
            migrations.RunSQL.noop,
        ),
        RaiseTenantWall('WebhookEndpoint'),
    ]
