"""Django's end of a recording, small: a real HTTP server whose memory survives its restarts."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from botrunner.contract import RECORDING_LAST_HEADER


class RecordingServer:
    """Keeps each chunk's bytes and headers by number.

    `answers` are given in turn before it answers 201 for good; one that refuses keeps nothing, and None keeps the
    caller waiting for ever.
    """

    def __init__(self) -> None:
        self.chunks: dict[int, bytes] = {}
        self.headers: dict[int, dict[str, str]] = {}
        self.asked: list[int] = []
        self.answers: list[int | None] = []
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/chunks"

    @property
    def ended(self) -> bool:
        """Whether the last chunk has come."""
        return any(headers[RECORDING_LAST_HEADER] == "1" for headers in self.headers.values())

    @property
    def whole(self) -> bytes:
        return b"".join(audio for _, audio in sorted(self.chunks.items()))

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/chunks/{number}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def wait_for(self, predicate: Any) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(predicate)

    async def _take(self, request: web.Request) -> web.Response:
        number, audio = int(request.match_info["number"]), await request.read()
        status = self.answers.pop(0) if self.answers else 201
        async with self._changed:
            self.asked.append(number)
            if status == 201:
                self.chunks[number] = audio
                self.headers[number] = dict(request.headers)
            self._changed.notify_all()
        if status is None:
            await asyncio.sleep(3600)
        return web.json_response({}, status=status or 500)
