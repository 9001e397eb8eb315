"""Django's end of the relay, small: a real WebSocket server whose memory survives its restarts."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from botrunner.contract import (
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    RELAY_INSTANCE_HEADER,
    RelayAck,
    RelayCommand,
    RelayFrame,
    RelayHello,
)

TOKEN = "relay-token"


class RelayServer:
    """Stores numbered frames in order, refuses gaps, and can be told to misbehave.

    `lose_acks` commits without acknowledging. `break_after` drops the connection after so many more frames
    were received, `break_before_commit` before the last of them was committed.
    """

    def __init__(self) -> None:
        self.stored: list[dict[str, Any]] = []
        self.passed_on: list[dict[str, Any]] = []
        self.received: list[int] = []
        self.heartbeats = 0
        self.connections = 0
        self.instance: UUID | None = None
        self.lose_acks = False
        self.break_after: int | None = None
        self.break_before_commit = False
        self.port = 0
        self._server: Server | None = None
        self._sockets: set[ServerConnection] = set()
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/bot/v1/relay"

    async def start(self) -> None:
        self._server = await serve(self._serve, "127.0.0.1", self.port, close_timeout=0.1)
        self.port = self._server.sockets[0].getsockname()[1]

    async def kill(self) -> None:
        """Stop without a word, as kill -9 does."""
        assert self._server is not None
        for socket in list(self._sockets):
            socket.transport.abort()
        self._server.close(close_connections=False)
        await self._server.wait_closed()

    async def command(self, command: RelayCommand) -> None:
        for socket in self._sockets:
            await socket.send(command.model_dump_json())

    async def close_with(self, code: int) -> None:
        for socket in list(self._sockets):
            await socket.close(code)

    async def wait_until_alone(self) -> None:
        """Wait until no bot is connected."""
        await self.wait_for(lambda: not self._sockets)

    async def wait_for(self, predicate: Any) -> None:
        async with asyncio.timeout(50), self._changed:
            await self._changed.wait_for(predicate)

    def events(self) -> list[dict[str, Any]]:
        """The data of the stored interview events."""
        return [message["data"] for message in self.stored if message["type"] == "server-message"]

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        headers = socket.request.headers
        instance = UUID(headers[RELAY_INSTANCE_HEADER])
        if headers["Authorization"] != f"Bearer {TOKEN}":
            await socket.close(RELAY_CLOSE_UNAUTHORIZED)
            return
        if self.instance not in (None, instance):
            await socket.close(RELAY_CLOSE_SUPERSEDED)
            return
        self.instance = instance
        self._sockets.add(socket)
        await self._note("connections")
        try:
            await socket.send(RelayHello(last_seq=len(self.stored)).model_dump_json())
            async for text in socket:
                if not await self._take(socket, RelayFrame.model_validate_json(text)):
                    return
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(socket)
            await self._note()

    async def _take(self, socket: ServerConnection, frame: RelayFrame) -> bool:
        if frame.message is None:
            await self._note("heartbeats")
            return True
        if frame.seq is None:
            self.passed_on.append(frame.message)
            await self._note()
            return True
        self.received.append(frame.seq)
        breaking = self._is_time_to_break()
        if frame.seq == len(self.stored) + 1 and not (breaking and self.break_before_commit):
            self.stored.append(frame.message)
        await self._note()
        if breaking:
            socket.transport.abort()
            return False
        if not self.lose_acks:
            await socket.send(RelayAck(seq=len(self.stored)).model_dump_json())
        return True

    def _is_time_to_break(self) -> bool:
        if self.break_after is None:
            return False
        self.break_after -= 1
        if self.break_after > 0:
            return False
        self.break_after = None
        return True

    async def _note(self, counter: str = "") -> None:
        async with self._changed:
            if counter:
                setattr(self, counter, getattr(self, counter) + 1)
            self._changed.notify_all()
