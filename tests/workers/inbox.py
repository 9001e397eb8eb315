"""Somebody's receivers of webhooks: one for each way to behave, told apart by their paths."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.botrunner.conftest import serve

#: Status and more headers of those that answer at once.
ANSWERS: dict[str, tuple[int, list[tuple[bytes, bytes]]]] = {
    "steady": (200, []),
    "failing": (500, []),
    "gone": (410, []),
    "moved": (302, [(b"location", b"/trap")]),
}


@dataclass
class Inbox:
    """`seen` counts each webhook-id, by receiver; `wrong` are requests that do not verify, or whose body has changed.

    Beside those of ANSWERS there are all that begin with "hanging", which say nothing, and "dripping", which comes to
    no end. The `healed` ones answer 200 from then on. `hanging` counts the calls that wait, `most_hanging` at a time.
    """

    netloc: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)
    healed: set[str] = field(default_factory=set)
    hanging: int = 0
    most_hanging: int = 0
    bodies: dict[str, bytes] = field(default_factory=dict)

    def url(self, receiver: str) -> str:
        return f"http://{self.netloc}/{receiver}"

    def has(self, receiver: str, count: float) -> bool:
        """Whether so many different events have arrived."""
        return len(self.seen[receiver]) >= count

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """The ASGI application."""
        receiver = scope["path"].removeprefix("/")
        self.take(receiver, {name.decode(): text.decode() for name, text in scope["headers"]}, await read(receive))
        is_healthy = receiver in self.healed
        if receiver.startswith("hanging") and not is_healthy:
            self.hanging += 1
            self.most_hanging = max(self.most_hanging, self.hanging)
            await receive()  # until the other side gives up
            self.hanging -= 1
            return
        status, headers = ANSWERS["steady"] if is_healthy else ANSWERS.get(receiver, ANSWERS["steady"])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if receiver == "dripping" and not is_healthy:
            gone = asyncio.ensure_future(receive())
            while not gone.done():
                await send({"type": "http.response.body", "body": b".", "more_body": True})
                await asyncio.wait([gone], timeout=0.5)
            return
        await send({"type": "http.response.body", "body": b"thanks"})

    def take(self, receiver: str, headers: dict[str, str], body: bytes) -> None:
        id_ = headers.get("webhook-id", "")
        try:
            Webhook(self.secrets[receiver]).verify(body, headers)
        except (WebhookVerificationError, KeyError) as problem:
            self.wrong.append(f"{receiver} {id_}: {problem!r}")
            return
        self.seen[receiver][id_] += 1
        if self.bodies.setdefault(id_, body) != body:
            self.wrong.append(f"{receiver} {id_}: another body")


async def read(receive: Any) -> bytes:
    """The whole body. Raises ConnectionAbortedError, which ends the request, if the sender is gone before that."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError("The sender is gone.")
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


@contextmanager
def receiving() -> Iterator[Inbox]:
    """An inbox at its address until the block ends."""
    inbox = Inbox()
    with serve(inbox) as url:
        inbox.netloc = url.removeprefix("http://")
        yield inbox
