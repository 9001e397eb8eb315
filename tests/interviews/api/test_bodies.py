"""What is too long is refused over a real connection, before it was read."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from interviews.api.bodies import PAGES, BoundedBodies
from interviews.api.parsing import MAX_BODY
from tests.botrunner.conftest import serve
from tests.workers.inbox import read


class Counting:
    """Answers 200 once it has read all; `bodies` are their lengths."""

    def __init__(self) -> None:
        self.bodies: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append(len(await read(receive)))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Counting]]:
    counting = Counting()
    with serve(BoundedBodies(counting)) as url:
        yield url, counting


def ask(url: str, path: str, header: str, *parts: bytes) -> tuple[int, Any]:
    """Status and body of what comes back to a POST, of which no more than `parts` is ever sent."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port or 0), timeout=60) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine\r\n{header}\r\n\r\n"
        for part in (head.encode(), *parts):
            connection.sendall(part)
        answer = connection.makefile("rb")
        status = int(answer.readline().split()[1])
        headers = dict(line.decode().strip().lower().split(": ") for line in iter(answer.readline, b"\r\n"))
        body = answer.read(int(headers["content-length"]))
    if headers.get("content-type", "").startswith("text/plain"):
        return status, body.decode()
    return status, json.loads(body) if body else {}


def chunk(size: int) -> bytes:
    return f"{size:x}\r\n".encode() + b"x" * size + b"\r\n"


@pytest.mark.parametrize("path", ["/api/v1/invitations", "/ats/workable/assessments", "/bot/v1/recordings/1/chunks/1"])
def test_a_length_that_is_too_much_is_refused_unread(served: tuple[str, Counting], path: str) -> None:
    url, counting = served
    status, problem = ask(url, path, f"Content-Length: {10**12}")
    assert (status, problem["code"], problem["status"], problem["request_id"]) == (413, "too_large", 413, "mine")
    assert counting.bodies == []


@pytest.mark.parametrize("path", ["/admin/interviews/questionbank/import/", "/i/token/start", "/mail/events/mailgun"])
def test_a_person_is_told_in_a_sentence(served: tuple[str, Counting], path: str) -> None:
    url, counting = served
    told = (413, "That was more than 8 MB. Go back, and send less at a time.")
    assert ask(url, path, f"Content-Length: {PAGES + 1}") == told
    assert ask(url, path, "Transfer-Encoding: chunked", *[chunk(PAGES // 4)] * 4, chunk(1)) == told
    assert counting.bodies == []


def test_without_a_length_reading_stops_where_it_is_too_much(served: tuple[str, Counting]) -> None:
    url, counting = served
    parts = [chunk(MAX_BODY // 4)] * 4
    assert ask(url, "/api/v1/invitations", "Transfer-Encoding: chunked", *parts, chunk(1))[0] == 413
    assert counting.bodies == []
    assert ask(url, "/api/v1/invitations", "Transfer-Encoding: chunked", *parts, b"0\r\n\r\n")[0] == 200
    assert ask(url, "/api/v1/invitations", "Content-Length: 3", b"abc")[0] == 200
    assert ask(url, "/admin/", f"Content-Length: {MAX_BODY + 1}", b"x" * (MAX_BODY + 1))[0] == 200
    assert counting.bodies == [MAX_BODY, 3, MAX_BODY + 1]


@pytest.mark.django_db
def test_the_server_is_within_it() -> None:
    from config.asgi import application  # looks at the database

    assert isinstance(application.application_mapping["http"], BoundedBodies)
