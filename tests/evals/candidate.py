"""A candidate at the protocol's level: RTVI over the eval transport, all of what the bot sends kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pipecat.evals.serializer import EvalConnectionFlags, eval_connect_message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed


class Candidate:
    def __init__(self, socket: ClientConnection) -> None:
        self.messages: list[dict[str, Any]] = []
        self.bot_left = asyncio.Event()
        self._socket = socket
        self._read_up_to = 0
        self._changed = asyncio.Condition()

    async def say(self, text: str) -> None:
        options = {"run_immediately": True, "audio_response": False}
        await self.send("send-text", {"content": text, "options": options})

    async def send(self, type: str, data: Any) -> None:
        await self._socket.send(json.dumps({"label": "rtvi-ai", "type": type, "id": "1", "data": data}))

    async def wait_for(self, event_type: str) -> dict[str, Any]:
        """The next interview event of the type."""
        async with asyncio.timeout(20), self._changed:
            while True:
                while self._read_up_to < len(self.messages):
                    data = self.messages[self._read_up_to].get("data") or {}
                    self._read_up_to += 1
                    if data.get("type") == event_type:
                        return data
                await self._changed.wait()

    async def listen(self) -> None:
        try:
            async for text in self._socket:
                self.messages.append(json.loads(text))
                async with self._changed:
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        self.bot_left.set()


@asynccontextmanager
async def join(bot_url: str) -> AsyncIterator[Candidate]:
    """Connect in text mode and say that the page is ready."""
    async with connect(bot_url, max_size=None) as socket:
        candidate = Candidate(socket)
        listening = asyncio.create_task(candidate.listen())
        await socket.send(eval_connect_message(EvalConnectionFlags(skip_tts=True)))
        await candidate.send("client-ready", {"version": "2.2.0", "about": {"library": "test"}})
        yield candidate
        listening.cancel()
