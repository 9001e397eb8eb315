"""What the hiring team asks of an interviewer while it talks."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tenants.models.wall
import tenants.scope
from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [("interviews", "0013_inviting")]

    operations = [
        migrations.CreateModel(
            name="SessionCommand",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("say", "Say a sentence"),
                            ("extend", "Give more time"),
                            ("skip", "Skip the question"),
                            ("end", "End the interview"),
                        ],
                        max_length=6,
                        verbose_name="command",
                    ),
                ),
                ("args", models.JSONField(blank=True, default=dict, verbose_name="with")),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "Pending"), ("done", "Done"), ("failed", "Failed")],
                        default="pending",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=13, verbose_name="problem")),
                ("given_by", models.CharField(max_length=254, verbose_name="given by")),
                ("given_at", models.DateTimeField(auto_now_add=True, verbose_name="given")),
                ("handled_at", models.DateTimeField(blank=True, null=True, verbose_name="handled")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commands",
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
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
                "verbose_name": "command",
                "verbose_name_plural": "commands",
                "ordering": ["session", "given_at"],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall("SessionCommand"),
    ]
