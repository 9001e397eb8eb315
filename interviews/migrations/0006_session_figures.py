import uuid

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tenants.models.wall
import tenants.scope
from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0005_queue_position"),
        ("tenants", "0002_audit_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="SessionFigures",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seconds", models.FloatField(default=0, verbose_name="length in seconds")),
                ("heard_seconds", models.FloatField(default=0, verbose_name="seconds of audio transcribed")),
                ("prompt_tokens", models.PositiveIntegerField(default=0, verbose_name="tokens read by the model")),
                (
                    "completion_tokens",
                    models.PositiveIntegerField(default=0, verbose_name="tokens written by the model"),
                ),
                ("spoken_characters", models.PositiveIntegerField(default=0, verbose_name="characters synthesised")),
                ("replies", models.JSONField(blank=True, default=list, verbose_name="seconds to each reply")),
                ("ttfb", models.JSONField(blank=True, default=dict, verbose_name="seconds to the first byte")),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="interviews.session",
                        verbose_name="session",
                    ),
                ),
                (
                    "tenant",
                    tenants.models.wall.TenantKey(
                        db_index=False,
                        default=tenants.scope.tenant_id_in_scope,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "session's figures",
                "verbose_name_plural": "sessions' figures",
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall("SessionFigures"),
    ]
