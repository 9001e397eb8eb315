"""Sending the file of a recording, or the range of it that a player asks for."""

import re
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.core.files.base import File
from django.http import StreamingHttpResponse

from botrunner.contract import RECORDING_TYPE
from interviews.models import Recording

PIECE = 64 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


class RangeNotSatisfiable(ValueError):
    """Of the file there is no such range; the answer is a 416."""


def stream_recording(*, recording: Recording, range_header: str) -> StreamingHttpResponse:
    """The answer to a GET. Raises RangeNotSatisfiable, and FileNotFoundError when storage has lost it.

    It is read as it is sent: of an iterator that is not async Django's ASGI handler makes a list first.
    """
    asked = read_range(range_header, size=recording.size)
    first, last = asked or (0, recording.size - 1)
    file = recording.file.open("rb")
    body = read_pieces(file, first=first, count=last - first + 1)
    response = StreamingHttpResponse(body, content_type=RECORDING_TYPE)
    response._resource_closers.append(file.close)  # type: ignore[attr-defined] # as in Django's own FileResponse
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if asked:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{recording.size}"
    return response


def read_range(header: str, *, size: int) -> tuple[int, int] | None:
    """The first and the last byte wanted; None for all of them. Raises RangeNotSatisfiable.

    Source: RFC 9110, section 14.2: a unit that is not known, and what is no range, are as no header at all. So are
    several ranges at once, which we need not serve.
    """
    asked = RANGE.fullmatch(header.strip())
    if asked is None or asked.groups() == ("", ""):
        return None
    from_, to = asked.groups()
    if from_ and to and int(to) < int(from_):
        return None
    # "-500" means the last 500.
    first, last = (int(from_), int(to or size)) if from_ else (max(0, size - int(to)), size)
    if first >= size:
        raise RangeNotSatisfiable(header)
    return first, min(last, size - 1)


async def read_pieces(file: File, *, first: int, count: int) -> AsyncIterator[bytes]:
    await sync_to_async(file.seek)(first)
    while count > 0 and (piece := await sync_to_async(file.read)(min(PIECE, count))):
        count -= len(piece)
        yield piece
