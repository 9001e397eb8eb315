"""WebSockets of the admin's live pages. What they push, and what the pages read, is built in `interviews/console/`.

A watcher belongs to the tenant chosen in the Django session, as for the pages. Anybody else, and anybody asking for
another tenant's session, is told so and nothing else.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from interviews.console.access import may_watch, watch_session
from interviews.domain import notices
from interviews.live.snapshots import get_snapshot
from interviews.models import Session
from tenants.domain.audit import acting
from tenants.scope import tenant_scope
from tenants.sockets import find_log_in

log = logging.getLogger(__name__)

CLOSE_NOT_FOUND = 4404
#: Seconds after which a watcher who gets frames is looked up again: access may have been taken away.
RECHECK_SECONDS = 30.0
#: All that a page ever says: it wants the session as it stands. As in frontend/src/live/follow.ts.
ASK = '{"type":"snapshot"}'
#: Seconds between two snapshots for one page, at least. Pages wait for twice as long before they ask again.
SNAPSHOT_PAUSE = 0.5


@dataclass(frozen=True)
class Watch:
    """What somebody may watch: a tenant's list, or a session of the tenant."""

    tenant_id: UUID
    session_id: UUID | None

    @property
    def group(self) -> str:
        return notices.session_group(self.session_id) if self.session_id else notices.tenant_group(self.tenant_id)


def find_watch(*, key: str | None, ip: str | None, session_id: UUID | None) -> Watch | None:
    """What the person whose cookie has this key may watch of what they ask for. Opens its own scope.

    All is read anew each time: a page may stay open for longer than a log-in or a place lasts.
    """
    log_in = find_log_in(key=key, ip=ip)
    if log_in is None or log_in.tenant_id is None:
        return None
    with tenant_scope(log_in.tenant_id), acting(actor=log_in.user, ip=ip):
        found = may_watch(log_in.user) and (session_id is None or watch_session(session_id))
    return Watch(log_in.tenant_id, session_id) if found else None


class StaffConsumer(AsyncWebsocketConsumer):
    """One watching page. Joins its group before it accepts, so nothing falls between snapshot and news."""

    session_id: UUID | None = None
    watch: Watch | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the change of threads that Channels adds to each message, for consumers that query in other ways than
        by `database_sync_to_async`."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        self.watch = await self.look_up()
        if self.watch is not None:
            await self.channel_layer.group_add(self.watch.group, self.channel_name)
        await self.accept()
        if self.watch is None:
            # Accepted first: no browser tells its page why a handshake was refused.
            await self.close(code=CLOSE_NOT_FOUND)

    async def disconnect(self, code: int) -> None:
        if self.watch is not None:
            await self.channel_layer.group_discard(self.watch.group, self.channel_name)

    async def look_up(self) -> Watch | None:
        self.checked_at = monotonic()
        return await database_sync_to_async(find_watch)(
            key=self.scope["cookies"].get(settings.SESSION_COOKIE_NAME),
            ip=(self.scope.get("client") or [None])[0],
            session_id=self.session_id,
        )

    async def send_away(self, code: int = CLOSE_NOT_FOUND) -> None:
        await self.disconnect(code)
        self.watch = None
        await self.close(code=code)

    async def may_still_watch(self) -> bool:
        """Asked before anything goes out. Sends away whoever may not."""
        due = self.watch is not None and monotonic() - self.checked_at > RECHECK_SECONDS
        if due and await self.look_up() != self.watch:
            await self.send_away()
        return self.watch is not None

    async def push(self, content: dict[str, Any]) -> None:
        if await self.may_still_watch():
            await self.send(json.dumps(content))

    async def session_changed(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "changed"})


class LiveListConsumer(StaffConsumer):
    """`/ws/live/`: tells the wall that somebody came or went, and what is new in each interview."""

    async def live_news(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "news", "news": message["news"]})


class LiveSessionConsumer(StaffConsumer):
    """`/ws/live/<session id>/`: the session as it stands, first and whenever the page asks; its frames as they come;
    what becomes of commands.

    Messages are handled one after the other, so whatever a page was told before a snapshot, the snapshot has in it.
    """

    session_id: UUID

    async def connect(self) -> None:
        self.session_id = self.scope["url_route"]["kwargs"]["session_id"]
        await super().connect()
        await self.send_snapshot()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data == ASK and monotonic() - self.snapshot_at >= SNAPSHOT_PAUSE:
            await self.send_snapshot()

    async def send_snapshot(self) -> None:
        self.snapshot_at = monotonic()
        if not await self.may_still_watch():
            return
        assert self.watch is not None  # noqa: S101 - as was just seen
        try:
            snapshot = await get_snapshot(tenant_id=self.watch.tenant_id, session_id=self.session_id)
        except Session.DoesNotExist:
            await self.send_away()
        except Exception:
            log.exception("session %s could not be read; the page will come back", self.session_id)
            await self.send_away(code=1011)
        else:
            await self.send(snapshot)

    async def live_command(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "command", "command": message["command"]})

    async def live_frame(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "frame", "frame": message["frame"]})
