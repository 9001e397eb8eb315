"""A session's audio: chunks while the interview runs, one file once it is over."""

from typing import Any
from uuid import uuid4

from django.core.files.storage import Storage, storages
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from interviews.enums import RecordingState
from interviews.models.session import Session
from tenants.models import TenantModel


def recordings_storage() -> Storage:
    """Where recordings are kept, as the settings say."""
    return storages["recordings"]


def name_file(row: "Recording | RecordingChunk", filename: str) -> str:
    """A storage key that names the tenant and that nobody can guess."""
    return f"recordings/{row.tenant_id}/{row.session_id}/{filename}-{uuid4()}.mp3"


class Recording(TenantModel):
    """The audio of one session, as MP3: the candidate on the left, the bot on the right."""

    session = models.OneToOneField(
        Session, on_delete=models.CASCADE, related_name="recording", verbose_name=_("session")
    )
    state = models.CharField(
        _("state"), max_length=9, choices=RecordingState, default=RecordingState.UPLOADING, db_index=True
    )
    file = models.FileField(_("file"), storage=recordings_storage, upload_to=name_file, max_length=300, blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.session}"


class RecordingChunk(TenantModel):
    """Some seconds of it. `started_at` is when its first sound was heard, which is what the transcript is matched by.

    `file` is empty once its sound is in the recording's; the row stays, so that a chunk sent twice is known.
    """

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="recording_chunks", verbose_name=_("session")
    )
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    seconds = models.FloatField(_("seconds"))
    size = models.PositiveIntegerField(_("bytes"))
    file = models.FileField(_("file"), storage=recordings_storage, upload_to=name_file, max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("chunk of a recording")
        verbose_name_plural = _("chunks of a recording")
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="recording_chunk_once_a_session"),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {self.number}"


@receiver(post_delete, sender=Recording)
@receiver(post_delete, sender=RecordingChunk)
def forget_file(sender: Any, instance: Recording | RecordingChunk, **kwargs: object) -> None:
    """A row takes its file with it, also when a session's deletion cascades to it."""
    if name := instance.file.name:
        transaction.on_commit(lambda: recordings_storage().delete(name))
