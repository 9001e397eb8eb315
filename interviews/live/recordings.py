"""The bot's other way in: the audio of a recorded interview, chunk by chunk. What a chunk is stands in the contract."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from botrunner.contract import (
    RECORDING_CHUNK_LIMIT,
    RECORDING_LAST_HEADER,
    RECORDING_SECONDS_HEADER,
    RECORDING_STARTED_HEADER,
    RECORDING_TYPE,
    RELAY_INSTANCE_HEADER,
)
from interviews.domain.recordings import Chunk, ChunkRefused, receive_chunk

#: Seconds; a bot cuts its audio far below this.
LONGEST = 120


@csrf_exempt
@require_POST
def take_chunk(request: HttpRequest, session_id: UUID, number: int) -> HttpResponse:
    """Store one chunk: 201, or 200 for one that is here already, or the refusal's status and a sentence."""
    try:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ChunkRefused(401, "Send the session's token as Bearer.")
        chunk = read_chunk(request, number)
        new = receive_chunk(token=token, session_id=session_id, instance=read_instance(request), chunk=chunk)
    except ChunkRefused as refused:
        return JsonResponse({"error": str(refused)}, status=refused.status)
    return JsonResponse({"number": number}, status=201 if new else 200)


def read_chunk(request: HttpRequest, number: int) -> Chunk:
    """Raises ChunkRefused for a body that is too large or no audio, and for headers that say nothing."""
    if request.content_type != RECORDING_TYPE:
        raise ChunkRefused(415, f"Send {RECORDING_TYPE}.")
    # Read no further than that: a body without a length may be of any.
    audio = request.read(RECORDING_CHUNK_LIMIT + 1)
    if len(audio) > RECORDING_CHUNK_LIMIT:
        raise ChunkRefused(413, f"A chunk has at most {RECORDING_CHUNK_LIMIT} bytes.")
    if not audio:
        raise ChunkRefused(400, "The chunk is empty.")
    return Chunk(
        number=number,
        audio=audio,
        started_at=read_time(request.headers.get(RECORDING_STARTED_HEADER, "")),
        seconds=read_seconds(request.headers.get(RECORDING_SECONDS_HEADER, "")),
        last=request.headers.get(RECORDING_LAST_HEADER) == "1",
    )


def read_time(text: str) -> datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ChunkRefused(400, f"{RECORDING_STARTED_HEADER} is a time with its zone.")
    return at


def read_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= LONGEST:
        raise ChunkRefused(400, f"{RECORDING_SECONDS_HEADER} is a number of seconds up to {LONGEST}.")
    return seconds


def read_instance(request: HttpRequest) -> UUID:
    try:
        return UUID(request.headers.get(RELAY_INSTANCE_HEADER, ""))
    except ValueError:
        raise ChunkRefused(400, f"{RELAY_INSTANCE_HEADER} is the bot's UUID.") from None
