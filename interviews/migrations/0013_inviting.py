"""What is kept of an invitation's mail and of the candidate's choices, and lists of invitations."""

import uuid

import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import tenants.models.tenant
import tenants.models.wall
import tenants.scope
from django.conf import settings
from django.db import migrations, models

from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0012_judging'),
        ('tenants', '0006_message_ids'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BatchRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('state', models.CharField(choices=[('ready', 'Ready'), ('problem', 'Left out'), ('invited', 'Invited')], default='ready', max_length=7, verbose_name='state')),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='problem')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('email', models.CharField(blank=True, max_length=320, verbose_name='e-mail')),
                ('locale', models.CharField(blank=True, max_length=12, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('extra_time', models.FloatField(default=1.0, verbose_name='extra time')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='link works until')),
                ('personal_note', models.TextField(blank=True, verbose_name='personal note')),
            ],
            options={
                'verbose_name': 'row of a list',
                'verbose_name_plural': 'rows of a list',
                'ordering': ['number'],
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
            name='EmailEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('complained', 'Marked as spam'), ('failed', 'Failed')], max_length=10, verbose_name='status')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='detail')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
            ],
            options={
                'verbose_name': 'event of an e-mail',
                'verbose_name_plural': 'events of an e-mail',
                'ordering': ['at'],
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
            name='InvitationBatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=200, verbose_name='list')),
                ('status', models.CharField(choices=[('draft', 'Being checked'), ('running', 'Inviting'), ('done', 'Done')], default='draft', max_length=8, verbose_name='status')),
                ('table', models.JSONField(default=list, verbose_name='table')),
                ('has_header', models.BooleanField(default=False, verbose_name='first row names the columns')),
                ('mapping', models.JSONField(default=dict, verbose_name='columns')),
                ('expires_at', models.DateTimeField(verbose_name='links work until')),
                ('extra_time', models.FloatField(default=1.0, verbose_name='extra time')),
                ('locale', models.CharField(blank=True, max_length=12, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('personal_note', models.TextField(blank=True, verbose_name='personal note')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('worked_at', models.DateTimeField(blank=True, null=True, verbose_name='last worked on')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
            ],
            options={
                'verbose_name': 'list of invitations',
                'verbose_name_plural': 'lists of invitations',
                'ordering': ['-created_at'],
                'abstract': False,
                'base_manager_name': 'in_scope',
                'default_manager_name': 'objects',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('in_scope', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='invitation',
            name='bounced_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='mail bounced'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='calendar_sequence',
            field=models.PositiveSmallIntegerField(default=0, verbose_name="calendar entry's version"),
        ),
        migrations.AddField(
            model_name='invitation',
            name='next_reminder_at',
            field=models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='next reminder'),
        ),
        migrations.AlterField(
            model_name='candidate',
            name='time_zone',
            field=models.CharField(default='UTC', max_length=64, validators=[tenants.models.tenant.validate_time_zone], verbose_name='time zone'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='next_reminder_kind',
            field=models.CharField(blank=True, choices=[('invitation', 'Invitation'), ('reminder', 'Reminder'), ('almost_expired', 'Almost expired'), ('planned', 'Time chosen'), ('extended', 'New deadline'), ('done', 'Thank you'), ('canceled', 'Withdrawn'), ('deleted', 'Data deleted'), ('request', 'A candidate asks')], max_length=20, verbose_name='kind of it'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='personal_note',
            field=models.TextField(blank=True, verbose_name='personal note'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='planned_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='time chosen by the candidate'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='reminder_count',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='reminders'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='wish',
            field=models.CharField(blank=True, choices=[('person', 'A person'), ('format', 'Another format')], max_length=6, verbose_name='asks for'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='wish_settled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='settled'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='wish_text',
            field=models.TextField(blank=True, verbose_name='in their words'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='wished_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='asked'),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='calendar',
            field=models.TextField(blank=True, verbose_name='calendar entry'),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='message_id',
            field=models.CharField(blank=True, db_index=True, max_length=255, verbose_name='message id'),
        ),
        migrations.AlterField(
            model_name='outgoingemail',
            name='kind',
            field=models.CharField(choices=[('invitation', 'Invitation'), ('reminder', 'Reminder'), ('almost_expired', 'Almost expired'), ('planned', 'Time chosen'), ('extended', 'New deadline'), ('done', 'Thank you'), ('canceled', 'Withdrawn'), ('deleted', 'Data deleted'), ('request', 'A candidate asks')], max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='outgoingemail',
            name='status',
            field=models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('complained', 'Marked as spam'), ('failed', 'Failed')], default='queued', max_length=10, verbose_name='status'),
        ),
        migrations.AddIndex(
            model_name='outgoingemail',
            index=models.Index(condition=models.Q(('status__in', ['queued', 'sending', 'failed'])), fields=['due_at'], name='email_to_send'),
        ),
        migrations.AddField(
            model_name='batchrow',
            name='invitation',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='interviews.invitation', verbose_name='invitation'),
        ),
        migrations.AddField(
            model_name='batchrow',
            name='tenant',
            field=tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='emailevent',
            name='email',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='interviews.outgoingemail', verbose_name='outgoing e-mail'),
        ),
        migrations.AddField(
            model_name='emailevent',
            name='tenant',
            field=tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='invitationbatch',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='invitationbatch',
            name='interview',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='interviews.interview', verbose_name='interview'),
        ),
        migrations.AddField(
            model_name='invitationbatch',
            name='tenant',
            field=tenants.models.wall.TenantKey(db_index=False, default=tenants.scope.tenant_id_in_scope, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='batchrow',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='interviews.invitationbatch', verbose_name='list'),
        ),
        migrations.AddIndex(
            model_name='batchrow',
            index=models.Index(fields=['batch', 'state', 'number'], name='rows_by_state'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='row_once_a_batch'),
        ),
        EnableTenantWall("InvitationBatch", "BatchRow", "EmailEvent"),
    ]
