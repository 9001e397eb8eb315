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

#: Bytes, by how the address begins, of what programs send.
LIMITS = (("/api/", MAX_BODY), ("/ats/", MAX_CALL), ("/bot/v1/recordings/", RECORDING_CHUNK_LIMIT))
#: Of what comes from anywhere else. The admin's forms take files of half of it at most, and say so themselves.
PAGES = 8 * 1024 * 1024


class TooLong(Exception):
    """More came than was allowed."""


class BoundedBodies:
    """An ASGI application around the one for HTTP."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        own = next((limit for start, limit in LIMITS if scope["path"].startswith(start)), None)
        limit = own or PAGES
        write = write_problem if own else write_sentence
        headers = dict(scope["headers"])
        name = name_request(headers.get(b"x-request-id", b"").decode("latin-1"))
        told = headers.get(b"content-length", b"")
        if told.isdigit() and int(told) > limit:
            await refuse(write(limit, name), name, send)
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
            await refuse(write(limit, name), name, send)


def write_problem(limit: int, name: str) -> tuple[str, str]:
    """Type and text of the answer to a program."""
    problem = Problem(413, "too_large", f"A request may have {limit:,} bytes at most. Send less at a time.")
    return CONTENT_TYPE, json.dumps(describe(problem) | {"request_id": name})


def write_sentence(limit: int, name: str) -> tuple[str, str]:
    """The same for a person."""
    return "text/plain; charset=utf-8", f"That was more than {limit // 1024**2} MB. Go back, and send less at a time."


async def refuse(answer: tuple[str, str], name: str, send: Send) -> None:
    """Answer the request of this id; what is left of it is not read, so the connection ends."""
    content_type, text = answer
    body = text.encode()
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", name.encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
