"""The relay's client: carries what the bot says and does to Django, and loses and doubles nothing.

Protocol in `contract.py`. Frames with a number are kept until they are acknowledged and sent again after a
reconnection; the server's hello says from where. Frames without a number are passed on when there is a
connection and dropped when there is none. `send` never waits: the bot is not slowed by Django.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from loguru import logger
from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from botrunner.contract import (
    HEARTBEAT_SECONDS,
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    RELAY_INSTANCE_HEADER,
    STORED_RTVI_TYPES,
    RelayAck,
    RelayCommand,
    RelayFrame,
    RelayHello,
    RelayTarget,
    from_server,
)

UNNUMBERED_LIMIT = 200
REMEMBERED_COMMANDS = 200


@dataclass(frozen=True)
class RelayTiming:
    """Seconds. A connection on which nothing is acknowledged for `ack_patience` is given up for a new one."""

    first_retry: float = 0.2
    longest_retry: float = 5.0
    open_timeout: float = 5.0
    heartbeat: float = HEARTBEAT_SECONDS
    ack_patience: float = 5.0


def is_stored(message: dict[str, Any]) -> bool:
    """Whether a message is numbered, stored and acknowledged; interim transcriptions are not."""
    if message.get("type") == "user-transcription":
        return bool(message.get("data", {}).get("final"))
    return message.get("type") in STORED_RTVI_TYPES


class RelayClient:
    """One session's connection to Django.

    `on_command` is awaited once per command id. `on_refused` is called once, with the close code, when the
    server wants this bot gone (4401, 4409); nothing is sent after that.
    """

    def __init__(
        self,
        target: RelayTarget,
        *,
        on_command: Callable[[RelayCommand], Awaitable[None]],
        on_refused: Callable[[int], None],
        timing: RelayTiming | None = None,
    ) -> None:
        self.instance = uuid4()
        self.last_seq = 0
        self.acked_seq = 0
        self.refused = False
        self._target = target
        self._on_command = on_command
        self._on_refused = on_refused
        self._timing = timing or RelayTiming()
        self._unacked: dict[int, str] = {}
        self._outbox: deque[str] = deque()
        self._unnumbered = 0
        self._connected = False
        self._waiting_since: float | None = None
        self._wake = asyncio.Event()
        self._progressed = asyncio.Condition()
        self._handled: deque[UUID] = deque(maxlen=REMEMBERED_COMMANDS)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="relay")

    def send(self, message: dict[str, Any]) -> int | None:
        """Queue an RTVI message; returns its number, None for one that is only passed on."""
        stored = is_stored(message)
        if stored:
            self.last_seq += 1
        elif not self._connected or self._unnumbered >= UNNUMBERED_LIMIT:
            return None
        seq = self.last_seq if stored else None
        text = RelayFrame(seq=seq, at=datetime.now(UTC), message=message).model_dump_json()
        if seq is not None:
            self._unacked[seq] = text
        else:
            self._unnumbered += 1
        if self._connected:
            self._outbox.append(text)
            self._wake.set()
        return seq

    async def wait_acked(self, seq: int, within: float) -> bool:
        """Wait until everything up to `seq` is committed; False when that took longer than `within` seconds."""
        try:
            async with asyncio.timeout(within), self._progressed:
                await self._progressed.wait_for(lambda: self.acked_seq >= seq or self.refused)
        except TimeoutError:
            return False
        return self.acked_seq >= seq

    async def drain(self, within: float) -> bool:
        """Wait until all that was sent is committed."""
        return await self.wait_acked(self.last_seq, within)

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        delay = self._timing.first_retry
        while not self.refused:
            try:
                async with connect(
                    self._target.url,
                    additional_headers={
                        "Authorization": f"Bearer {self._target.token}",
                        RELAY_INSTANCE_HEADER: str(self.instance),
                    },
                    open_timeout=self._timing.open_timeout,
                    close_timeout=1,
                ) as socket:
                    async with asyncio.timeout(self._timing.open_timeout):
                        hello = from_server.validate_json(await socket.recv())
                    if isinstance(hello, RelayHello):
                        delay = self._timing.first_retry
                        await self._hold(socket, hello)
            except ConnectionClosed as error:
                if error.rcvd and error.rcvd.code in (RELAY_CLOSE_UNAUTHORIZED, RELAY_CLOSE_SUPERSEDED):
                    await self._give_up(error.rcvd.code)
            except InvalidStatus as error:
                # A consumer that closes before it accepts is answered with a plain 403.
                if error.response.status_code in (401, 403):
                    await self._give_up(RELAY_CLOSE_UNAUTHORIZED)
            except (OSError, TimeoutError, InvalidHandshake, ValidationError) as error:
                logger.debug(f"relay: {error!r}")
            finally:
                self._connected = False
            if not self.refused:
                await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                delay = min(delay * 2, self._timing.longest_retry)

    async def _hold(self, socket: ClientConnection, hello: RelayHello) -> None:
        """Serve one connection until it breaks."""
        await self._forget_acked(hello.last_seq)
        self._outbox = deque(self._unacked.values())
        self._unnumbered = 0
        self._connected = True
        self._waiting_since = None
        self._wake.set()
        logger.info(f"relay: connected, {len(self._unacked)} frames to send again")
        tasks = [
            asyncio.create_task(work(socket)) for work in (self._send_queued, self._send_heartbeats, self._receive)
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._connected = False
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _send_queued(self, socket: ClientConnection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outbox:
                await socket.send(self._outbox.popleft())
                if self._unacked and self._waiting_since is None:
                    self._waiting_since = asyncio.get_running_loop().time()
            self._unnumbered = 0

    async def _send_heartbeats(self, socket: ClientConnection) -> None:
        """Say that the bot is alive, and leave a connection that has gone deaf."""
        while True:
            await asyncio.sleep(min(self._timing.heartbeat, self._timing.ack_patience))
            waited = self._waiting_since and asyncio.get_running_loop().time() - self._waiting_since
            if waited and waited > self._timing.ack_patience:
                logger.warning("relay: nothing acknowledged, reconnecting")
                return
            await socket.send(RelayFrame(at=datetime.now(UTC)).model_dump_json(exclude_none=True))

    async def _receive(self, socket: ClientConnection) -> None:
        async for text in socket:
            message = from_server.validate_json(text)
            if isinstance(message, RelayAck):
                await self._forget_acked(message.seq)
            elif isinstance(message, RelayCommand) and message.id not in self._handled:
                self._handled.append(message.id)
                await self._on_command(message)
        raise ConnectionClosed(socket.protocol.close_rcvd, socket.protocol.close_sent)

    async def _forget_acked(self, seq: int) -> None:
        for number in [number for number in self._unacked if number <= seq]:
            del self._unacked[number]
        self._waiting_since = asyncio.get_running_loop().time() if self._unacked else None
        async with self._progressed:
            self.acked_seq = max(self.acked_seq, seq)
            self._progressed.notify_all()

    async def _give_up(self, code: int) -> None:
        logger.warning(f"relay: refused with {code}")
        self.refused = True
        async with self._progressed:
            self._progressed.notify_all()
        self._on_refused(code)
