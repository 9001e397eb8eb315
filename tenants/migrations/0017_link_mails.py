"""Mails with a secret link are kept as they were written: those to new members, and those for a new password."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from tenants.rls import LowerTenantWall, RaiseTenantWall

#: There is no text to send them with; an owner sends them again.
STOP_UNWRITTEN = """
UPDATE tenants_memberinvitation SET attempts = 5, last_error = 'Never sent. Send it again.'
WHERE sent_at IS NULL AND accepted_at IS NULL AND revoked_at IS NULL
"""


def due_at():
    return models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='mail due')


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0016_plainer_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='PasswordMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(editable=False, max_length=200, verbose_name='subject')),
                ('text_body', models.TextField(editable=False, verbose_name='text')),
                ('html_body', models.TextField(editable=False, verbose_name='HTML')),
                ('due_at', due_at()),
                ('sent_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='mail sent')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='tries')),
                ('last_error', models.CharField(blank=True, editable=False, max_length=300, verbose_name='last error')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='asked for')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'password mail',
                'verbose_name_plural': 'password mails',
                'ordering': ('-created_at',),
            },
        ),
        migrations.RenameField('memberinvitation', 'queued_at', 'due_at'),
        migrations.AlterField('memberinvitation', 'due_at', due_at()),
        migrations.AddField('memberinvitation', 'subject', models.CharField(default='', editable=False, max_length=200, verbose_name='subject'), preserve_default=False),
        migrations.AddField('memberinvitation', 'text_body', models.TextField(default='', editable=False, verbose_name='text'), preserve_default=False),
        migrations.AddField('memberinvitation', 'html_body', models.TextField(default='', editable=False, verbose_name='HTML'), preserve_default=False),
        LowerTenantWall('MemberInvitation'),
        migrations.RunSQL(STOP_UNWRITTEN, migrations.RunSQL.noop),
        RaiseTenantWall('MemberInvitation'),
    ]
