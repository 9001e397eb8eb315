"""What scoring takes, in numbers alone, so that usage stays when candidates' data goes."""

import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import tenants.models.wall
import tenants.scope
import uuid
from django.db import migrations, models

from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0037_every_secret_in_its_overlap'),
        ('tenants', '0016_plainer_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScoringTokens',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked')),
                ('prompt_tokens', models.PositiveIntegerField(verbose_name='tokens read by the model')),
                ('completion_tokens', models.PositiveIntegerField(verbose_name='tokens written by the model')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'tokens of a scoring',
                'verbose_name_plural': 'tokens of scorings',
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'asked_at'], name='scoring_tokens_by_time')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall('ScoringTokens'),
    ]
