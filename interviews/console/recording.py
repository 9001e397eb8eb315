"""Listening to a recording: the file for the browser's player, and where in it each turn of the transcript is."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from botrunner.contract import RECORDING_TYPE
from interviews.domain.recordings import place_turns
from interviews.enums import RecordingState
from interviews.models import Recording, Session, TranscriptTurn
from tenants.domain.audit import record_act
from tenants.middleware import role_of
from tenants.models import User
from tenants.roles import Action, may

PIECE = 64 * 1024
RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


@require_safe
def serve_recording(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """The recording, or the range of it that is asked for, as a player does that seeks.

    For those who may read results. The middleware has opened their tenant's scope, so another's is not there. The
    first bytes are asked for once each time somebody begins to listen, which is what the audit log keeps.
    """
    recording = Recording.objects.filter(session_id=session_id, state=RecordingState.READY).first()
    if recording is None:
        raise Http404("There is no such recording.")
    if not may(role_of(request), Action.READ_RESULTS):
        raise PermissionDenied
    try:
        first, last = read_range(request.headers.get("Range", ""), size=recording.size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{recording.size}"})
    if first == 0 and request.method == "GET":
        record_act(
            actor=request.user if isinstance(request.user, User) else None,
            verb="listened to the recording",
            target=recording.session,
            ip=request.META.get("REMOTE_ADDR"),
        )
    try:
        file = recording.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The recording is no longer in storage.") from error
    body = read_pieces(file, first=first, count=last - first + 1)
    response = StreamingHttpResponse(body, content_type=RECORDING_TYPE)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if "Range" in request.headers:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{recording.size}"
    return response


def read_range(header: str, *, size: int) -> tuple[int, int]:
    """The first and the last byte wanted; all of them without a header. Raises ValueError for one that can't be met.

    Source: RFC 9110, section 14.2. Of several ranges at once none is served.
    """
    if not header:
        return 0, size - 1
    asked = RANGE.match(header.strip())
    if asked is None:
        raise ValueError(header)
    from_, to = asked.groups()
    if from_:
        first, last = int(from_), min(int(to), size - 1) if to else size - 1
    else:
        first, last = size - int(to), size - 1  # "-500" means the last 500
    first = max(first, 0)
    if first > last:
        raise ValueError(header)
    return first, last


def read_pieces(file: File, *, first: int, count: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while count > 0 and (piece := file.read(min(PIECE, count))):
            count -= len(piece)
            yield piece


def recording_context(*, sessions: Iterable[Session], turns: Iterable[TranscriptTurn]) -> dict[str, Any]:
    """For the player beside a transcript: `recordings`, and `turns` that know their place in them (`place`)."""
    shown = list(turns)
    recordings = list(
        Recording.objects.filter(session__in=sessions, state=RecordingState.READY)
        .select_related("session")
        .order_by("session__number")
    )
    for recording in recordings:
        recording.url = reverse("recording", args=[recording.session_id])  # type: ignore[attr-defined]
        own = [turn for turn in shown if turn.session_id == recording.session_id]
        places = place_turns(session=recording.session, turns=own)
        for turn in own:
            turn.place = places.get(turn.pk)  # type: ignore[attr-defined]
    return {"recordings": recordings, "turns": shown}
