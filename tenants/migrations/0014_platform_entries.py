import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0013_indexes_of_the_audit_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlatformEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('actor_id', models.UUIDField(blank=True, null=True)),
                ('actor', models.CharField(max_length=254, verbose_name='who')),
                ('verb', models.CharField(max_length=60, verbose_name='did')),
                ('company', models.CharField(blank=True, max_length=63, verbose_name='in')),
                ('object_type', models.CharField(blank=True, max_length=100, verbose_name='to what')),
                ('object_id', models.CharField(blank=True, max_length=64, verbose_name='its id')),
                ('changed', models.JSONField(blank=True, default=list, verbose_name='changed')),
                ('ip', models.GenericIPAddressField(blank=True, null=True, verbose_name='from address')),
            ],
            options={
                'verbose_name': "act of the platform's staff",
                'verbose_name_plural': "platform's audit log",
                'ordering': ('-at',),
                'indexes': [models.Index(fields=['-at'], name='platform_by_time')],
            },
        ),
        # The function of the companies' logs, in 0003.
        migrations.RunSQL(
            "CREATE TRIGGER platform_append_only BEFORE UPDATE OR DELETE ON tenants_platformentry"
            " FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
            "DROP TRIGGER platform_append_only ON tenants_platformentry",
        ),
    ]
