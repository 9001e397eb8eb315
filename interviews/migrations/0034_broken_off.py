"""Invitations that are broken off too often fail, ATS and webhooks are told so, and a sweep looks for them."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0033_rest_hooks'),
        ('tenants', '0013_indexes_of_the_audit_log'),
    ]

    operations = [
        migrations.AlterField(
            model_name='atscallback',
            name='event',
            field=models.CharField(choices=[('invitation.created', 'Invitation created'), ('invitation.invited', 'Invitation mailed'), ('invitation.bounced', 'Invitation bounced'), ('invitation.declined', 'Invitation declined'), ('invitation.expired', 'Invitation expired'), ('invitation.canceled', 'Invitation canceled'), ('invitation.failed', 'Invitation broken off'), ('session.started', 'Session started'), ('session.resumed', 'Session resumed'), ('session.ended', 'Session ended'), ('result.ready', 'Result ready'), ('result.updated', 'Result updated'), ('candidate.data_deleted', "Candidate's data deleted"), ('webhook.test', 'Test')], max_length=40, verbose_name='event'),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='status',
            field=models.CharField(choices=[('created', 'Created'), ('invited', 'Invited'), ('in_progress', 'In progress'), ('processing', 'Processing'), ('completed', 'Completed'), ('declined', 'Declined'), ('expired', 'Expired'), ('canceled', 'Canceled'), ('failed', 'Broken off')], db_index=True, default='created', max_length=12, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='webhookendpoint',
            name='events',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('invitation.created', 'Invitation created'), ('invitation.invited', 'Invitation mailed'), ('invitation.bounced', 'Invitation bounced'), ('invitation.declined', 'Invitation declined'), ('invitation.expired', 'Invitation expired'), ('invitation.canceled', 'Invitation canceled'), ('invitation.failed', 'Invitation broken off'), ('session.started', 'Session started'), ('session.resumed', 'Session resumed'), ('session.ended', 'Session ended'), ('result.ready', 'Result ready'), ('result.updated', 'Result updated'), ('candidate.data_deleted', "Candidate's data deleted"), ('webhook.test', 'Test')], max_length=40), blank=True, default=list, size=None, verbose_name='events'),
        ),
        migrations.AlterField(
            model_name='webhookevent',
            name='type',
            field=models.CharField(choices=[('invitation.created', 'Invitation created'), ('invitation.invited', 'Invitation mailed'), ('invitation.bounced', 'Invitation bounced'), ('invitation.declined', 'Invitation declined'), ('invitation.expired', 'Invitation expired'), ('invitation.canceled', 'Invitation canceled'), ('invitation.failed', 'Invitation broken off'), ('session.started', 'Session started'), ('session.resumed', 'Session resumed'), ('session.ended', 'Session ended'), ('result.ready', 'Result ready'), ('result.updated', 'Result updated'), ('candidate.data_deleted', "Candidate's data deleted"), ('webhook.test', 'Test')], max_length=40, verbose_name='event'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('end_reason', 'connection_lost')), fields=['ended_at'], name='session_cut_off'),
        ),
    ]
