"""WebSockets of the admin's live pages. They only push; what a page shows it reads from `interviews/console/live.py`.

A watcher belongs to the tenant chosen in the Django session, as for the pages. Anybody else, and anybody asking for
another tenant's session, is refused before the handshake is accepted.
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase

from interviews.console.access import find_watcher, may_watch_session
from interviews.domain import notices
from tenants.middleware import SESSION_KEY
from tenants.models import User

CLOSE_NOT_FOUND = 4404
#: Seconds after which a watcher who gets frames is looked up again: access may have been taken away.
RECHECK_SECONDS = 30.0


def find_group(*, user: User | AnonymousUser | None, login: SessionBase, session_id: UUID | None) -> str | None:
    """The group this person may join: of one session, or of their tenant's list. Opens its own scope."""
    place = find_watcher(user=user, chosen_tenant=login.get(SESSION_KEY))
    if place is None:
        return None
    if session_id is None:
        return notices.tenant_group(place.tenant.pk)
    return notices.session_group(session_id) if may_watch_session(place=place, session_id=session_id) else None


def find_group_again(*, user: User, login: SessionBase, session_id: UUID | None) -> str | None:
    """As `find_group`, with person and log-in read anew: a page may stay open for longer than either lasts."""
    if not (login.session_key and login.exists(login.session_key)):
        return None
    return find_group(user=User.objects.filter(pk=user.pk).first(), login=login, session_id=session_id)


class StaffConsumer(AsyncJsonWebsocketConsumer):
    """One watching page. Joins its group before it accepts, so nothing falls between snapshot and news."""

    session_id: UUID | None = None

    async def connect(self) -> None:
        self.group = await self.look_up(find_group)
        if self.group is None:
            await self.close(code=CLOSE_NOT_FOUND)
            return
        self.checked_at = monotonic()
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self.group is not None:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Nothing is expected from a page."""

    async def look_up(self, find: Callable[..., str | None]) -> str | None:
        return await database_sync_to_async(find)(
            user=self.scope["user"], login=self.scope["session"], session_id=self.session_id
        )

    async def push(self, content: dict[str, Any]) -> None:
        if monotonic() - self.checked_at > RECHECK_SECONDS:
            self.checked_at = monotonic()
            if await self.look_up(find_group_again) != self.group:
                await self.close(code=CLOSE_NOT_FOUND)
                return
        await self.send_json(content)

    async def session_changed(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "changed"})


class LiveListConsumer(StaffConsumer):
    """`/ws/live/`: tells the wall that somebody came or went, and what is new in each interview."""

    async def live_news(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "news", "news": message["news"]})


class LiveSessionConsumer(StaffConsumer):
    """`/ws/live/<session id>/`: passes the session's frames on as they come, and what becomes of commands."""

    async def connect(self) -> None:
        self.session_id = self.scope["url_route"]["kwargs"]["session_id"]
        await super().connect()

    async def live_command(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "command", "command": message["command"]})

    async def live_frame(self, message: Mapping[str, Any]) -> None:
        await self.push({"type": "frame", "frame": message["frame"]})
