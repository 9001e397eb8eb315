"""Indexes of the audit log: by time within what it is filtered by, and by the row it is about."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0012_results_share'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['tenant', 'object_id', '-at'], name='audit_by_object'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['tenant', 'actor', '-at'], name='audit_by_actor'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['tenant', 'verb', '-at'], name='audit_by_verb'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['tenant', 'object_type', '-at'], name='audit_by_object_type'),
        ),
    ]
