"""No request's body is longer than its address allows. Django alone would write all of it to disk before any view runs.

Where the length is told it is looked at before anything is read; otherwise reading stops where it is too long.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from botrunner.contract import RECORDING_CHUNK_LIMIT
from interviews.api.base import name_request
from interviews.api.parsing import MAX_BODY
from interviews.api.problems import CONTENT_TYPE, Problem, describe
from interviews.ats.door import MAX_BODY as MAX_CALL

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Bytes, by how the address begins.
LIMITS = (("/api/v1/", MAX_BODY), ("/ats/", MAX_CALL), ("/bot/v1/recordings/", RECORDING_CHUNK_LIMIT))


class TooLong(Exception):
    """More came than was allowed."""


class BoundedBodies:
    """An ASGI application around the one for HTTP."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        limit = next((limit for start, limit in LIMITS if scope["path"].startswith(start)), None)
        if limit is None:
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        name = name_request(headers.get(b"x-request-id", b"").decode("latin-1"))
        told = headers.get(b"content-length", b"")
        if told.isdigit() and int(told) > limit:
            await refuse(limit, name, send)
            return
        read = 0

        async def receive_within() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLong
            return message

        try:
            await self.app(scope, receive_within, send)
        except TooLong:
            await refuse(limit, name, send)


async def refuse(limit: int, name: str, send: Send) -> None:
    """Answer the request of this id; what is left of it is not read, so the connection ends."""
    problem = Problem(413, "too_large", f"A request may have {limit:,} bytes at most. Send less at a time.")
    body = json.dumps(describe(problem) | {"request_id": name}).encode()
    headers = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", name.encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
