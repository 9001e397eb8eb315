"""What a company's bots use where an interview does not say otherwise."""

import uuid
from functools import partial

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tenants.models.wall
import tenants.scope
from interviews.models.services import service_choices
from tenants.rls import EnableTenantWall

HELP = "Used for the languages it knows; for others, what this installation uses."


def make_field(kind: str, label: str, **options: str) -> "models.CharField[str, str]":
    return models.CharField(
        blank=True, choices=partial(service_choices, kind), max_length=40, verbose_name=label, **options
    )


class Migration(migrations.Migration):
    dependencies = [("interviews", "0007_services_of_an_interview"), ("tenants", "0002_audit_append_only")]

    operations = [
        migrations.CreateModel(
            name="CompanyServices",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("tts", make_field("tts", "voice", help_text=HELP)),
                ("stt", make_field("stt", "speech recognition", help_text=HELP)),
                ("llm", make_field("llm", "language model")),
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
                "verbose_name": "voice and services",
                "verbose_name_plural": "voice and services",
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("tenant",), name="one_choice_of_services_per_tenant")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        EnableTenantWall("CompanyServices"),
    ]
