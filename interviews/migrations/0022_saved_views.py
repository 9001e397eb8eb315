"""Views of the list of results that people save."""

import django.db.models.deletion
import django.db.models.manager
import tenants.models.wall
import tenants.scope
import uuid
from django.conf import settings
from django.db import migrations, models

from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0021_ats'),
        ('tenants', '0010_ats_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=1000, verbose_name='query')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['name'],
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'user', 'name'), name='view_name_once_a_user')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall("SavedView"),
    ]
