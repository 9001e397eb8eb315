"""Each try to send a mail with a secret link is kept, as it is of the mails to candidates."""

import django.db.models.deletion
import django.db.models.manager
import tenants.models.wall
import tenants.scope
import uuid
from django.db import migrations, models

from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0019_words_of_mails'),
    ]

    operations = [
        migrations.CreateModel(
            name='MemberInvitationTry',
            fields=[
                ('sent', models.BooleanField(editable=False, verbose_name='sent')),
                ('error', models.CharField(blank=True, editable=False, max_length=300, verbose_name='error')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mail', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='tenants.memberinvitation', verbose_name='mail')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'try',
                'verbose_name_plural': 'tries',
                'ordering': ('at',),
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='PasswordMailTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent', models.BooleanField(editable=False, verbose_name='sent')),
                ('error', models.CharField(blank=True, editable=False, max_length=300, verbose_name='error')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('mail', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='tenants.passwordmail', verbose_name='mail')),
            ],
            options={
                'verbose_name': 'try',
                'verbose_name_plural': 'tries',
                'ordering': ('at',),
                'abstract': False,
            },
        ),
        EnableTenantWall("MemberInvitationTry"),
    ]
