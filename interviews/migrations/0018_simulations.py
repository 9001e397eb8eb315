"""Rehearsals that a simulated candidate holds."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tenants.models.wall
import tenants.scope
from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [("interviews", "0017_email_of_used_up_minutes")]

    operations = [
        migrations.CreateModel(
            name="Simulation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("plan", models.JSONField(verbose_name="plan")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("output", models.TextField(blank=True, verbose_name="conversation")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="simulation",
                        to="interviews.invitation",
                        verbose_name="invitation",
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
                "verbose_name": "simulated rehearsal",
                "verbose_name_plural": "simulated rehearsals",
                "ordering": ["-created_at"],
            },
            managers=[("objects", django.db.models.manager.Manager()), ("in_scope", django.db.models.manager.Manager())],
        ),
        EnableTenantWall("Simulation"),
    ]
