import django.db.models.deletion
import django.db.models.manager
import tenants.models.user
import tenants.models.wall
import tenants.scope
import uuid
from django.db import migrations, models

from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0003_audit_never_rewritten'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tokenindex',
            name='kind',
            field=models.CharField(choices=[('invitation', 'Invitation'), ('api_key', 'API key'), ('relay', 'Relay'), ('member', "Member's invitation")], max_length=16),
        ),
        migrations.CreateModel(
            name='MemberInvitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', tenants.models.user.LowercaseEmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('recruiter', 'Recruiter'), ('reviewer', 'Reviewer'), ('viewer', 'Viewer')], default='viewer', max_length=16, verbose_name='role')),
                ('invited_by', models.CharField(blank=True, editable=False, max_length=254, verbose_name='invited by')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='invited')),
                ('expires_at', models.DateTimeField(editable=False, verbose_name='link works until')),
                ('accepted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='accepted')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked')),
                ('queued_at', models.DateTimeField(editable=False, verbose_name='mail written')),
                ('sent_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='mail sent')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='tries')),
                ('last_error', models.CharField(blank=True, editable=False, max_length=300, verbose_name='last error')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': "member's invitation",
                'verbose_name_plural': "members' invitations",
                'ordering': ('-created_at',),
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None)), fields=('tenant', 'email'), name='one_open_member_invitation')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall("MemberInvitation"),
    ]
