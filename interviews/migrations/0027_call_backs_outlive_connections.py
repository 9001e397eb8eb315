"""What an ATS still had to be told stays when its connection is removed."""

import django.db.models.deletion
from django.db import migrations, models

from tenants.rls import LowerTenantWall, RaiseTenantWall


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0026_figures_outlive_sessions'),
    ]

    operations = [
        LowerTenantWall('AtsCallback', 'AtsConnection'),
        migrations.AlterField(
            model_name='atscallback',
            name='connection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='callbacks', to='interviews.atsconnection', verbose_name='connection'),
        ),
        RaiseTenantWall('AtsCallback', 'AtsConnection'),
    ]
