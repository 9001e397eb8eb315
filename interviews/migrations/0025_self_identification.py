"""What candidates say of their own sex and race or ethnicity."""

import django.db.models.deletion
import django.db.models.manager
import tenants.models.wall
import tenants.scope
import uuid
from django.db import migrations, models

from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0024_ask_categories'),
        ('tenants', '0011_shares_results'),
    ]

    operations = [
        migrations.CreateModel(
            name='SelfIdentification',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sex', models.CharField(blank=True, choices=[('female', 'Female'), ('male', 'Male'), ('another', 'Another'), ('declined', 'Prefer not to say')], max_length=8, verbose_name='sex')),
                ('race', models.CharField(blank=True, choices=[('hispanic', 'Hispanic or Latino'), ('white', 'White (not Hispanic or Latino)'), ('black', 'Black or African American (not Hispanic or Latino)'), ('pacific', 'Native Hawaiian or other Pacific Islander (not Hispanic or Latino)'), ('asian', 'Asian (not Hispanic or Latino)'), ('native', 'American Indian or Alaska Native (not Hispanic or Latino)'), ('several', 'Two or more races (not Hispanic or Latino)'), ('declined', 'Prefer not to say')], max_length=8, verbose_name='race or ethnicity')),
                ('answered_at', models.DateTimeField(auto_now=True, verbose_name='answered')),
                ('invitation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='self_identification', to='interviews.invitation', verbose_name='invitation')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'self-identification',
                'verbose_name_plural': 'self-identifications',
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall("SelfIdentification"),
    ]
