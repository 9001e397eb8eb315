"""A candidate at the protocol's level: RTVI over the eval transport, all of what the bot sends kept."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pipecat.evals.serializer import EvalConnectionFlags, eval_connect_message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

RATE = 16_000
FRAME_SECONDS = 0.04


class Candidate:
    def __init__(self, socket: ClientConnection) -> None:
        self.messages: list[dict[str, Any]] = []
        self.bot_left = asyncio.Event()
        self._socket = socket
        self._read_up_to = 0
        self._speech = bytearray()
        self._changed = asyncio.Condition()

    async def say(self, text: str) -> None:
        options = {"run_immediately": True, "audio_response": False}
        await self.send("send-text", {"content": text, "options": options})

    async def open_microphone(self) -> None:
        """Send what `speak` queues, and silence else, at the pace of a real microphone."""
        quiet, due = bytes(2 * int(RATE * FRAME_SECONDS)), time.monotonic()
        while True:
            audio = bytes(self._speech[: len(quiet)])
            del self._speech[: len(quiet)]
            frame = base64.b64encode(audio.ljust(len(quiet), b"\0")).decode()
            await self.send("raw-audio", {"base64Audio": frame, "sampleRate": RATE, "numChannels": 1})
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def speak(self, pcm: bytes) -> None:
        """Say 16-bit mono at RATE."""
        self._speech.extend(pcm)

    async def send(self, type: str, data: Any) -> None:
        await self._socket.send(json.dumps({"label": "rtvi-ai", "type": type, "id": "1", "data": data}))

    async def wait_for(self, event_type: str) -> dict[str, Any]:
        """The data of the next message, or interview event, of the type. What is said aloud takes its time."""
        async with asyncio.timeout(60), self._changed:
            while True:
                while self._read_up_to < len(self.messages):
                    message = self.messages[self._read_up_to]
                    data: dict[str, Any] = message.get("data") or {}
                    self._read_up_to += 1
                    if event_type in (message["type"], data.get("type")):
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
async def join(bot_url: str, *, by_voice: bool = False) -> AsyncIterator[Candidate]:
    """Connect and say that the page is ready. In text mode the bot is silent; by voice a microphone is open."""
    async with connect(bot_url, max_size=None) as socket:
        candidate = Candidate(socket)
        tasks = [asyncio.create_task(candidate.listen())]
        await socket.send(eval_connect_message(EvalConnectionFlags(skip_tts=not by_voice)))
        await candidate.send("client-ready", {"version": "2.2.0", "about": {"library": "test"}})
        if by_voice:
            tasks.append(asyncio.create_task(candidate.open_microphone()))
        yield candidate
        for task in tasks:
            task.cancel()
