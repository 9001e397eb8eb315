"""Interviews that are recorded, the candidate's consent to it, and the recordings themselves."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import interviews.models.recording
import tenants.models.wall
import tenants.scope
from tenants.rls import EnableTenantWall

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


def file():
    return models.FileField(
        blank=True,
        max_length=300,
        storage=interviews.models.recording.recordings_storage,
        upload_to=interviews.models.recording.name_file,
        verbose_name="file",
    )


class Migration(migrations.Migration):
    dependencies = [("interviews", "0008_company_services"), ("tenants", "0002_audit_append_only")]

    operations = [
        migrations.AddField(
            "interview",
            "record",
            models.BooleanField(
                default=False,
                help_text="Of candidates who agree to it; the others are interviewed just the same.",
                verbose_name="record the audio",
            ),
        ),
        migrations.AddField(
            "interview",
            "recording_consent_text",
            models.TextField(
                default="I also agree to this conversation being recorded, so that the hiring team can listen to it. "
                "This is up to me: without it the interview is held just the same, unrecorded.",
                verbose_name="consent to the recording",
            ),
        ),
        migrations.AddField(
            "invitation",
            "recording_consented_at",
            models.DateTimeField(blank=True, null=True, verbose_name="agreed to the recording"),
        ),
        migrations.AddField(
            "invitation",
            "recording_consent_version",
            models.CharField(blank=True, default="", max_length=20, verbose_name="recording consent version"),
            preserve_default=False,
        ),
        migrations.AddField(
            "invitation",
            "recording_consent_text",
            models.TextField(blank=True, default="", verbose_name="agreed to be recorded under"),
            preserve_default=False,
        ),
        migrations.AddField(
            "invitation",
            "recording_consent_locale",
            models.CharField(blank=True, default="", max_length=12, verbose_name="recording consent language"),
            preserve_default=False,
        ),
        migrations.AddField(
            "session",
            "record",
            models.BooleanField(
                default=False, help_text="The candidate agreed to it when starting.", verbose_name="recorded"
            ),
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", key()),
                (
                    "state",
                    models.CharField(
                        choices=[("uploading", "Uploading"), ("ready", "Ready")],
                        db_index=True,
                        default="uploading",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("file", file()),
                ("size", models.PositiveIntegerField(default=0, verbose_name="bytes")),
                ("seconds", models.FloatField(default=0, verbose_name="seconds")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recording",
                        to="interviews.session",
                        verbose_name="session",
                    ),
                ),
                ("tenant", tenant()),
            ],
            options=OPTIONS
            | {"verbose_name": "recording", "verbose_name_plural": "recordings", "ordering": ["-created_at"]},
            managers=MANAGERS,
        ),
        migrations.CreateModel(
            name="RecordingChunk",
            fields=[
                ("id", key()),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("seconds", models.FloatField(verbose_name="seconds")),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
                ("file", file()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recording_chunks",
                        to="interviews.session",
                        verbose_name="session",
                    ),
                ),
                ("tenant", tenant()),
            ],
            options=OPTIONS
            | {
                "verbose_name": "chunk of a recording",
                "verbose_name_plural": "chunks of a recording",
                "ordering": ["session", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "number"), name="recording_chunk_once_a_session")
                ],
            },
            managers=MANAGERS,
        ),
        EnableTenantWall("Recording", "RecordingChunk"),
    ]
