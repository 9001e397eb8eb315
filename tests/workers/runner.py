"""A runner that may start a bot and not say so, and bots that come to the relay."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from uuid import UUID, uuid4

from channels.db import database_sync_to_async

from interviews.domain import relay
from tests.workers.inbox import read


class Fault(Enum):
    """What becomes of the first start that a session asks for."""

    BUSY = auto()  # nothing is started
    LOST = auto()  # a bot is, and the connection breaks
    LATE = auto()  # a bot is, and the answer comes when nobody waits for it any more


@dataclass
class Bot:
    token: str
    id: str = field(default_factory=lambda: f"runner-{uuid4()}")
    instance: UUID = field(default_factory=uuid4)
    lease: relay.RelayLease | None = None

    def comes(self) -> bool:
        """To the relay, and is let in."""
        with suppress(relay.RelayRefused):
            self.lease = relay.open_relay(token=self.token, instance=self.instance)
            return True
        return False

    def holds_on(self) -> bool:
        """It was let in before, and is so still."""
        with suppress(relay.RelayRefused):
            if self.lease is not None:
                relay.beat(lease=self.lease)
                return True
        return False


class Runner:
    """`bots` are all that were started for a session, by its id. Every other bot is at the relay before its start is
    answered, as on Daily. It answers for as many runners as there are first parts of a path."""

    def __init__(self) -> None:
        self.faults: dict[str, Fault] = {}
        self.bots: dict[str, list[Bot]] = defaultdict(list)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """The ASGI application: `POST .../start`, as the official runner answers it."""
        job = json.loads(await read(receive))["body"]
        fault = self.faults.pop(job["session_id"], None)
        if fault == Fault.BUSY:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        bot = Bot(token=job["relay"]["token"])
        self.bots[job["session_id"]].append(bot)
        if bot.instance.int % 2:
            await database_sync_to_async(bot.comes)()
        if fault == Fault.LATE:
            await receive()  # until the other side gives up
            return
        answer = json.dumps({"sessionId": bot.id, "iceConfig": {"iceServers": []}}).encode()
        length = str(len(answer)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        if fault != Fault.LOST:
            await send({"type": "http.response.body", "body": answer})
