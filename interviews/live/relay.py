"""The bot's end of the relay: one WebSocket per bot, `/bot/v1/relay`. The protocol is in `botrunner/contract.py`."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import ThreadSensitiveContext
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from pydantic import ValidationError

from botrunner.contract import (
    RELAY_CLOSE_UNAUTHORIZED,
    RELAY_INSTANCE_HEADER,
    RelayAck,
    RelayCommand,
    RelayFrame,
    RelayHello,
)
from interviews.domain import commands, notices, relay

log = logging.getLogger(__name__)

#: Characters. A longer frame is not one of ours: the longest message is an answer, which bots cut far below this.
MAX_FRAME = 2 * 1024 * 1024
#: Frames waiting for the database. Beyond it the socket is read no faster than rows are committed.
BACKLOG = 256
#: The bot gave something that no retry mends.
CLOSE_PROTOCOL_ERROR = 4400


class RelayConsumer(AsyncWebsocketConsumer):
    """Reads frames into a backlog, commits them in order and in batches, acknowledges after commit."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """In a thread of its own for the database: sockets share one unless told otherwise, and when many pages open at
        once, bots would wait behind them until they gave their connection up."""
        async with ThreadSensitiveContext():
            await super().__call__(scope, receive, send)

    async def connect(self) -> None:
        self.lease: relay.RelayLease | None = None
        self.storing: asyncio.Task[None] | None = None
        self.backlog: asyncio.Queue[RelayFrame] = asyncio.Queue(maxsize=BACKLOG)
        await self.accept()
        try:
            token, instance = credentials(dict(self.scope["headers"]))
            self.lease = await database_sync_to_async(relay.open_relay)(token=token, instance=instance)
        except relay.RelayRefused as refused:
            await self.close(code=refused.code)
            return
        await self.channel_layer.group_add(notices.relay_group(self.lease.session_id), self.channel_name)
        await self.send(RelayHello(last_seq=self.lease.last_seq).model_dump_json())
        if self.lease.ended:
            await self.command("end")
        await self.send_pending(self.lease)
        self.storing = asyncio.create_task(self.store())

    async def disconnect(self, code: int) -> None:
        if self.storing:
            self.storing.cancel()
        if self.lease:
            await self.channel_layer.group_discard(notices.relay_group(self.lease.session_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.lease is None:
            return
        try:
            if text_data is None or len(text_data) > MAX_FRAME:
                raise ValueError("a relay frame is JSON text of at most 2 MiB")
            frame = RelayFrame.model_validate_json(text_data)
        except (ValidationError, ValueError) as error:
            log.warning("session %s: relay frame refused: %s", self.lease.session_id, error)
            await self.close(code=CLOSE_PROTOCOL_ERROR)
            return
        if frame.seq is None:
            await self.pass_on(self.lease, frame)
        if frame.seq is not None or frame.message is None:
            await self.backlog.put(frame)

    async def pass_on(self, lease: relay.RelayLease, frame: RelayFrame) -> None:
        """Speaking states, heartbeats and the like go straight to the watchers."""
        await self.channel_layer.group_send(
            notices.session_group(lease.session_id),
            {"type": "live.frame", "frame": frame.model_dump(mode="json")},
        )

    async def store(self) -> None:
        """Commit what has come in, batch after batch. A database that is away is waited for; nothing is dropped.

        On a gap the socket is closed: the bot comes back, is told the last committed number, and resends.
        """
        assert self.lease is not None  # noqa: S101 - set before this task begins
        while True:
            frames = [await self.backlog.get()]
            while not self.backlog.empty():
                frames.append(self.backlog.get_nowait())
            numbered = [frame for frame in frames if frame.seq is not None]
            try:
                if not numbered:
                    await database_sync_to_async(relay.beat)(lease=self.lease)
                    continue
                last_seq = await database_sync_to_async(relay.store_frames)(lease=self.lease, frames=numbered)
            except relay.RelayRefused as refused:
                await self.close(code=refused.code)
                return
            except Exception:
                log.exception("session %s: frames could not be stored; the bot will resend", self.lease.session_id)
                await self.close(code=1011)
                return
            await self.send(RelayAck(seq=last_seq).model_dump_json())
            if last_seq < max(frame.seq or 0 for frame in numbered):
                await self.close(code=1011)
                return

    async def command(self, name: str, args: dict[str, Any] | None = None) -> None:
        await self.send(
            RelayCommand.model_validate({"id": uuid4(), "name": name, "args": args or {}}).model_dump_json()
        )

    async def send_pending(self, lease: relay.RelayLease) -> None:
        """Every command not answered yet; the bot passes over those it knows."""
        pending = await database_sync_to_async(commands.pending_commands)(
            tenant_id=lease.tenant_id, session_id=lease.session_id
        )
        for command in pending:
            await self.send(command.model_dump_json())

    async def command_given(self, message: Mapping[str, Any]) -> None:
        if self.lease is not None:
            await self.send_pending(self.lease)

    async def session_ended(self, message: Mapping[str, Any]) -> None:
        """The session is over for Django; a bot that is still talking takes its leave."""
        await self.command("end")


def credentials(headers: dict[bytes, bytes]) -> tuple[str, UUID]:
    """Token and instance from the handshake. Raises RelayRefused when either is missing or malformed."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    instance = headers.get(RELAY_INSTANCE_HEADER.lower().encode(), b"").decode("latin-1")
    if scheme.lower() != "bearer" or not token:
        raise relay.RelayRefused(RELAY_CLOSE_UNAUTHORIZED)
    try:
        return token, UUID(instance)
    except ValueError as error:
        raise relay.RelayRefused(RELAY_CLOSE_UNAUTHORIZED) from error
