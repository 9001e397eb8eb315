"""Indexes of lists that grow long, newest first, and of what sweeps and figures look for in them."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0031_one_worker_an_endpoint'),
        ('tenants', '0013_indexes_of_the_audit_log'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='invitation',
            name='invitation_newest_first',
        ),
        migrations.RenameIndex(
            model_name='order',
            new_name='order_by_system',
            old_name='order_by_application',
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(fields=['tenant', 'name'], name='candidate_by_name'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='candidate_newest_first'),
        ),
        migrations.AddIndex(
            model_name='competencyscore',
            index=models.Index(fields=['tenant', 'competency'], name='score_by_competency'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('name', 'question.started')), fields=['session'], name='event_of_question'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('rehearsal', False)), fields=['tenant', '-created_at', '-id'], name='invitation_newest_first'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('rehearsal', False)), fields=['tenant', 'status', '-created_at', '-id'], name='invitation_by_status'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('rehearsal', False)), fields=['tenant', 'interview', '-created_at', '-id'], name='invitation_by_interview'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('rehearsal', True)), fields=['tenant', 'candidate'], name='invitation_rehearsals'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('bounced_at__isnull', False)), fields=['tenant', '-created_at'], name='invitation_bounced'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('status__in', ['created', 'invited', 'in_progress'])), fields=['expires_at', 'tenant'], name='invitation_runs_out'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(models.F('interview'), django.db.models.functions.comparison.Coalesce('completed_at', 'expires_at'), condition=models.Q(('forgotten_at', None)), name='invitation_kept_since'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['tenant', 'application_id'], name='order_by_application'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['tenant', 'order_id'], name='order_by_order_id'),
        ),
        migrations.AddIndex(
            model_name='outgoingemail',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='email_newest_first'),
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='result_newest_first'),
        ),
        migrations.AddIndex(
            model_name='scoreset',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['tenant', 'result'], name='scoring_failed'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(fields=['tenant', '-requested_at', '-id'], name='session_newest_first'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('relay_digest', ''), _negated=True), fields=['relay_digest'], name='session_by_relay_token'),
        ),
    ]
