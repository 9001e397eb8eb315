"""Recordings: chunks of audio as they come from the bot, and the one file made of them.

Storage may be a network away, so no file is read or written inside a transaction: rows are claimed first, files
moved, rows written last.
"""

import logging
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, NamedTuple
from uuid import UUID

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from interviews.domain import queue
from interviews.enums import RecordingState, SessionStatus
from interviews.models import Recording, RecordingChunk, Session, TranscriptTurn
from interviews.models.recording import name_file, recordings_storage
from tenants.domain import tokens
from tenants.enums import TokenKind
from tenants.scope import tenant_scope

log = logging.getLogger(__name__)

#: A bot that was cut off from us may bring the rest this long after its session has ended; then the file is made.
LATE_LIMIT = timedelta(minutes=2)


class ChunkRefused(Exception):
    """This audio is not taken. `status` is the HTTP answer: 409 means that the bot may try again."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Chunk:
    """Some seconds of MP3. `last` when the bot has nothing after it."""

    number: int
    audio: bytes
    started_at: datetime
    seconds: float
    last: bool = False


class Place(NamedTuple):
    """Where in a recording a turn is, in seconds."""

    start: float
    end: float


# --- As it comes in -------------------------------------------------------------------------------------


def receive_chunk(*, token: str, session_id: UUID, instance: UUID, chunk: Chunk) -> bool:
    """Keep a chunk; False when it was here already. Runs outside any scope. Raises ChunkRefused."""
    tenant = tokens.find_tenant_by_token(kind=TokenKind.RELAY, token=token)
    if tenant is None:
        raise ChunkRefused(401, "This token is not known.")
    with tenant_scope(tenant):
        session = Session.objects.filter(pk=session_id, relay_digest=tokens.digest_of(token)).first()
        check_may_record(session=session, instance=instance)
        if RecordingChunk.objects.filter(session_id=session_id, number=chunk.number).exists():
            finish_if_last(session_id=session_id, chunk=chunk)
            return False
        row = RecordingChunk(
            session_id=session_id,
            number=chunk.number,
            started_at=chunk.started_at,
            seconds=chunk.seconds,
            size=len(chunk.audio),
        )
    storage = recordings_storage()
    row.file.name = storage.save(name_file(row, f"{chunk.number:06}"), ContentFile(chunk.audio))
    try:
        with tenant_scope(tenant):
            store_chunk(row=row)
            finish_if_last(session_id=session_id, chunk=chunk)
    except IntegrityError:
        # The same chunk came twice at once, and the other was quicker.
        storage.delete(row.file.name)
        return False
    except ChunkRefused:
        storage.delete(row.file.name)
        raise
    return True


def check_may_record(*, session: Session | None, instance: UUID) -> None:
    """Raise ChunkRefused unless the bot that holds this session may bring audio now."""
    if session is None:
        raise ChunkRefused(404, "There is no such session.")
    if not session.record:
        raise ChunkRefused(403, "Nobody agreed to this session being recorded.")
    if session.bot_instance is None:
        raise ChunkRefused(409, "The relay comes first.")
    if session.bot_instance != instance:
        raise ChunkRefused(410, "Another bot holds this session.")
    if session.status == SessionStatus.ENDED and (session.ended_at or timezone.now()) < timezone.now() - LATE_LIMIT:
        raise ChunkRefused(410, "This session is over.")


def store_chunk(*, row: RecordingChunk) -> None:
    """Write the row of a chunk whose file is in place. Raises ChunkRefused, and IntegrityError for a second one."""
    recording, _created = Recording.objects.get_or_create(session_id=row.session_id)
    # Whoever puts the file together holds this row.
    recording = Recording.objects.select_for_update().get(pk=recording.pk)
    newest = RecordingChunk.objects.filter(session_id=row.session_id, file="").aggregate(newest=Max("number"))["newest"]
    if newest is not None and row.number < newest:
        raise ChunkRefused(410, "What comes after this is in the recording already.")
    row.save(force_insert=True)
    Recording.objects.filter(pk=recording.pk).update(state=RecordingState.UPLOADING)


def finish_if_last(*, session_id: UUID, chunk: Chunk) -> None:
    """The bot is done: make the file now if its session is over, else the sweep will."""
    if not chunk.last:
        return
    session = Session.objects.get(pk=session_id)
    if session.status == SessionStatus.ENDED:
        queue.enqueue("assemble_recording", session.tenant_id, session_id)


# --- Once the session is over -----------------------------------------------------------------------------


def assemble_recording(*, tenant_id: UUID, session_id: UUID) -> bool:
    """Put the chunks that are here into the session's one file; False when there was nothing to do.

    The chunks are pieces of one MP3 stream of constant bit rate, so the file is their bytes in order: what is missing
    in between is simply not heard, and `place_turns` knows. Runs outside any scope; twice is once.
    """
    with tenant_scope(tenant_id):
        recording = Recording.objects.filter(session_id=session_id, state=RecordingState.UPLOADING).first()
        if recording is None or recording.session.status != SessionStatus.ENDED:
            return False
        waiting = list(RecordingChunk.objects.filter(session_id=session_id).exclude(file="").order_by("number"))
    storage = recordings_storage()
    before = recording.file.name
    with tempfile.TemporaryFile() as whole:
        lost = concatenate(names=[name for name in (before, *(chunk.file.name for chunk in waiting)) if name], to=whole)
        size = whole.tell()
        whole.seek(0)
        name = storage.save(name_file(recording, "whole"), File(whole))
    with tenant_scope(tenant_id):
        current = Recording.objects.select_for_update().get(pk=recording.pk)
        taken = {chunk.pk for chunk in waiting}
        held = RecordingChunk.objects.filter(session_id=session_id).exclude(file="")
        unchanged = (current.state, current.file.name) == (RecordingState.UPLOADING, before)
        if not unchanged or set(held.values_list("pk", flat=True)) != taken:
            # Somebody else was quicker, or a chunk came in meanwhile: the next sweep sees to it.
            transaction.on_commit(lambda: storage.delete(name))
            return False
        RecordingChunk.objects.filter(pk__in=[chunk.pk for chunk in waiting if chunk.file.name in lost]).delete()
        RecordingChunk.objects.filter(pk__in=taken).update(file="")
        seconds = RecordingChunk.objects.filter(session_id=session_id).aggregate(all=Sum("seconds"))["all"] or 0
        Recording.objects.filter(pk=recording.pk).update(
            state=RecordingState.READY, file=name, size=size, seconds=seconds
        )
        transaction.on_commit(lambda: forget_files([before, *(chunk.file.name for chunk in waiting)]))
    return True


def concatenate(*, names: Iterable[str], to: IO[bytes]) -> set[str]:
    """Write the files one after another; the names of those that storage has lost."""
    lost = set()
    for name in names:
        try:
            with recordings_storage().open(name) as part:
                for piece in part.chunks():
                    to.write(piece)
        except FileNotFoundError:
            log.error("recordings: %s is missing from storage", name)
            lost.add(name)
    return lost


def forget_files(names: Iterable[str | None]) -> None:
    for name in names:
        if name:
            recordings_storage().delete(name)


# --- To listen to it ----------------------------------------------------------------------------------------


def place_turns(*, session: Session, turns: Iterable[TranscriptTurn]) -> dict[UUID, Place]:
    """Where in the session's recording each spoken turn is; one that is not in it has no place.

    Each chunk tells when it was heard, so neither a missing chunk nor a clock that drifts moves the others.
    """
    heard: list[tuple[datetime, float, float]] = []
    offset = 0.0
    for chunk in RecordingChunk.objects.filter(session=session, file="").order_by("number"):
        heard.append((chunk.started_at, chunk.seconds, offset))
        offset += chunk.seconds
    places = {}
    for turn in turns:
        start, end = find_position(turn.started_at, heard), find_position(turn.ended_at, heard)
        if heard and end > start:
            places[turn.pk] = Place(start, end)
    return places


def find_position(at: datetime, heard: list[tuple[datetime, float, float]]) -> float:
    """The position of a moment among (started_at, seconds, offset) of the chunks; in a gap, where it closes."""
    position = 0.0
    for started_at, seconds, offset in heard:
        if started_at > at:
            break
        position = offset + min((at - started_at).total_seconds(), seconds)
    return round(position, 2)
