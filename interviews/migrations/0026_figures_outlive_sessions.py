"""What was used is counted from figures, which stay when their session's data is erased."""

import django.db.models.deletion
from django.db import migrations, models

from tenants.rls import SETTLE, LowerTenantWall, RaiseTenantWall

FILL = f"""
UPDATE interviews_sessionfigures AS figures SET invitation_id = session.invitation_id, started_at = session.started_at
FROM interviews_session AS session WHERE session.id = figures.session_id;
{SETTLE};
"""


def invitation(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="interviews.invitation",
        verbose_name="invitation",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0025_self_identification"),
    ]

    operations = [
        LowerTenantWall("SessionFigures", "Session", "Invitation"),
        migrations.AddField("sessionfigures", "invitation", invitation(null=True)),
        migrations.AddField(
            "sessionfigures",
            "started_at",
            models.DateTimeField(blank=True, help_text="The session's.", null=True, verbose_name="started"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("sessionfigures", "invitation", invitation()),
        migrations.AlterField(
            "sessionfigures",
            "session",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="figures",
                to="interviews.session",
                verbose_name="session",
            ),
        ),
        migrations.AddIndex("sessionfigures", models.Index(fields=["tenant", "started_at"], name="usage_by_time")),
        RaiseTenantWall("SessionFigures", "Session", "Invitation"),
    ]
