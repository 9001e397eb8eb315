"""A webhook's secret may be rotated again while the one before still signs: each keeps its own day."""

from django.db import migrations, models

from tenants.rls import LowerTenantWall, RaiseTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0036_declined_email'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhookendpoint',
            name='previous_secrets',
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        LowerTenantWall('WebhookEndpoint'),
        migrations.RunSQL(
            "UPDATE interviews_webhookendpoint"
            " SET previous_secrets = jsonb_build_array(jsonb_build_array(previous_secret, previous_until))"
            " WHERE previous_until > now()",
            migrations.RunSQL.noop,
        ),
        RaiseTenantWall('WebhookEndpoint'),
        migrations.RemoveField(
            model_name='webhookendpoint',
            name='previous_secret',
        ),
        migrations.RemoveField(
            model_name='webhookendpoint',
            name='previous_until',
        ),
    ]
