import django.contrib.postgres.fields
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
import tenants.models.tenant
import tenants.models.user
import tenants.models.wall
import tenants.scope
import uuid
from django.conf import settings
from django.db import migrations, models

from tenants.rls import INSTALL, UNINSTALL, EnableTenantWall


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(INSTALL, UNINSTALL),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', tenants.models.user.LowercaseEmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=True, verbose_name='may log in to the console')),
                ('is_platform_staff', models.BooleanField(default=False, help_text='May enter every tenant; each entry is recorded there.', verbose_name='platform staff')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
        ),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('slug', models.SlugField(help_text="Names the company in addresses; it can't be changed.", unique=True, verbose_name='slug')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[tenants.models.tenant.validate_time_zone], verbose_name='time zone')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'companies',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=253, unique=True, verbose_name='host name')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='domains', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'domain',
                'verbose_name_plural': 'domains',
                'ordering': ('host',),
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('prefix', models.CharField(editable=False, max_length=16, verbose_name='begins with')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='scopes')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last used')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
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
            name='TokenIndex',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invitation', 'Invitation'), ('api_key', 'API key'), ('relay', 'Relay')], max_length=16)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('recruiter', 'Recruiter'), ('reviewer', 'Reviewer'), ('viewer', 'Viewer')], default='viewer', max_length=16, verbose_name='role')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'user'), name='one_membership_per_user')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('display_name', models.CharField(max_length=120, verbose_name='display name')),
                ('logo', models.FileField(blank=True, help_text='PNG, JPG, WebP or SVG, at most 512 KB.', upload_to=tenants.models.tenant.logo_path, validators=[django.core.validators.FileExtensionValidator(['png', 'jpg', 'webp', 'svg']), tenants.models.tenant.validate_logo_size], verbose_name='logo')),
                ('primary_colour', models.CharField(default='#1f4fd8', max_length=7, validators=[django.core.validators.RegexValidator('\\A#[0-9a-fA-F]{6}\\Z', 'Write the colour as #rrggbb.')], verbose_name='primary colour')),
                ('accent_colour', models.CharField(default='#0f766e', max_length=7, validators=[django.core.validators.RegexValidator('\\A#[0-9a-fA-F]{6}\\Z', 'Write the colour as #rrggbb.')], verbose_name='accent colour')),
                ('interviewer_name', models.CharField(default='Vivi', max_length=60, verbose_name="interviewer's name")),
                ('sender_name', models.CharField(blank=True, max_length=120, verbose_name="sender's name in e-mails")),
                ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='reply-to address')),
                ('welcome_text', models.TextField(blank=True, max_length=2000, verbose_name='welcome text')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'brand',
                'verbose_name_plural': 'brand',
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant',), name='one_brand_per_tenant')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('actor_id', models.UUIDField(blank=True, null=True)),
                ('actor', models.CharField(max_length=254, verbose_name='who')),
                ('verb', models.CharField(max_length=60, verbose_name='did')),
                ('object_type', models.CharField(blank=True, max_length=100, verbose_name='to what')),
                ('object_id', models.CharField(blank=True, max_length=64)),
                ('object_label', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('ip', models.GenericIPAddressField(blank=True, null=True, verbose_name='from address')),
                ('details', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='details')),
                ('tenant', tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit log',
                'ordering': ('-at',),
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', '-at'], name='audit_by_time')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall("ApiKey", "Membership", "Brand", "AuditEntry"),
    ]
