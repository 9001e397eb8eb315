"""Interviews are published in versions that sessions keep; rehearsals; who is told of results; tags and archives."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import interviews.models.bank
import tenants.models.wall
import tenants.scope
from tenants.rls import EnableTenantWall, LowerTenantWall, RaiseTenantWall

OPTIONS = {"abstract": False, "base_manager_name": "in_scope", "default_manager_name": "objects"}
MANAGERS = [("objects", django.db.models.manager.Manager()), ("in_scope", django.db.models.manager.Manager())]


def key():
    return models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)


def tenant():
    return tenants.models.wall.TenantKey(
        db_index=False,
        default=tenants.scope.tenant_id_in_scope,
        editable=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="tenants.tenant",
    )


def interview(related_name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE,
        related_name=related_name,
        to="interviews.interview",
        verbose_name="interview",
    )


def version(related_name, **options):
    return models.ForeignKey(
        blank=True,
        editable=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="interviews.interviewversion",
        verbose_name="version",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0010_rubric"),
        ("tenants", "0002_audit_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LowerTenantWall("Invitation", "Session"),
        migrations.AddField(
            "interview",
            "retention_days",
            models.PositiveSmallIntegerField(
                blank=True,
                help_text="How long what candidates said is kept after the interview. Empty: until somebody deletes it.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3650),
                ],
                verbose_name="retention (days)",
            ),
        ),
        migrations.AddField(
            "interview",
            "window_days",
            models.PositiveSmallIntegerField(
                default=14,
                help_text="How long an invitation's link works, unless the invitation says otherwise.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(365),
                ],
                verbose_name="invitation window (days)",
            ),
        ),
        migrations.AddField(
            "invitation",
            "rehearsal",
            models.BooleanField(
                default=False,
                editable=False,
                help_text="Staff tries the interview out; it counts nowhere.",
                verbose_name="rehearsal",
            ),
        ),
        migrations.AddField(
            "question",
            "tags",
            models.JSONField(
                blank=True, default=list, validators=[interviews.models.bank.validate_tags], verbose_name="tags"
            ),
        ),
        migrations.AddField(
            "questionbank",
            "archived_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="archived"),
        ),
        migrations.CreateModel(
            name="InterviewVersion",
            fields=[
                ("id", key()),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Counts from 1 within the interview.", verbose_name="number"
                    ),
                ),
                ("snapshot", models.JSONField(verbose_name="snapshot")),
                ("published_at", models.DateTimeField(auto_now_add=True, verbose_name="published")),
                ("interview", interview("versions")),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
                ("tenant", tenant()),
            ],
            options=OPTIONS
            | {
                "verbose_name": "version of an interview",
                "verbose_name_plural": "versions of an interview",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("interview", "number"), name="version_number_once_an_interview")
                ],
            },
            managers=MANAGERS,
        ),
        migrations.CreateModel(
            name="ResultRecipient",
            fields=[
                ("id", key()),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="or an e-mail address")),
                ("interview", interview("result_recipients")),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.membership",
                        verbose_name="member",
                    ),
                ),
                ("tenant", tenant()),
            ],
            options=OPTIONS
            | {
                "verbose_name": "person told of results",
                "verbose_name_plural": "who is told when a result is ready",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("member__isnull", False)),
                        fields=("interview", "member"),
                        name="member_told_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("email", ""), _negated=True),
                        fields=("interview", "email"),
                        name="address_told_once",
                    ),
                ],
            },
            managers=MANAGERS,
        ),
        EnableTenantWall("InterviewVersion", "ResultRecipient"),
        migrations.AddField(
            "invitation", "version", version("invitations", help_text="Of the interview, from the first start on.")
        ),
        migrations.AddField("session", "version", version("sessions")),
        RaiseTenantWall("Invitation", "Session"),
    ]
