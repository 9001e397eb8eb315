"""Listening to a recording: the file for the browser's player, and where in it each turn of the transcript is."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from interviews.domain.listening import RangeNotSatisfiable, stream_recording
from interviews.domain.recordings import place_turns
from interviews.enums import RecordingState
from interviews.models import Recording, Session, TranscriptTurn
from tenants.domain.audit import record, record_once
from tenants.middleware import role_of
from tenants.roles import Action, may

#: What a player asks for when somebody begins to listen.
FROM_THE_START = "bytes=0-"


@require_safe
def serve_recording(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """The recording, or the range of it that is asked for, as a player does that seeks.

    For those who may read results. The middleware has opened their tenant's scope, so another's is not there. The
    first bytes are asked for once each time somebody begins to listen, which is what the audit log keeps; whoever asks
    for others alone, which a player does that goes on, is written down too, once in a while.
    """
    recording = Recording.objects.filter(session_id=session_id, state=RecordingState.READY).first()
    if recording is None:
        raise Http404("There is no such recording.")
    if not may(role_of(request), Action.READ_RESULTS):
        raise PermissionDenied
    asked = request.headers.get("Range", "")
    try:
        response = stream_recording(recording=recording, range_header=asked)
    except RangeNotSatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{recording.size}"})
    except FileNotFoundError as error:
        raise Http404("The recording is no longer in storage.") from error
    if request.method == "GET":
        keep = record if asked in ("", FROM_THE_START) else record_once
        keep(verb="listened to the recording", target=recording.session)
    return response


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
