"""The candidate's WebSocket: their state on connecting and after every change. The page sends nothing."""

import json
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from interviews.candidate.link import UnknownLink, open_link
from interviews.candidate.state import build_state
from interviews.domain import notices

CLOSE_UNKNOWN_LINK = 4404


def find_invitation(token: str) -> UUID:
    """Raises UnknownLink."""
    with open_link(token) as invitation:
        return invitation.pk


def read_state(token: str) -> dict[str, Any]:
    """Raises UnknownLink."""
    with open_link(token) as invitation:
        return build_state(invitation=invitation, token=token)


class CandidateConsumer(AsyncWebsocketConsumer):
    """A notice says only that something changed; what is pushed is read from the database each time."""

    group = ""

    async def connect(self) -> None:
        await self.accept()
        self.token: str = self.scope["url_route"]["kwargs"]["token"]
        try:
            invitation_id = await database_sync_to_async(find_invitation)(self.token)
        except UnknownLink:
            await self.close(code=CLOSE_UNKNOWN_LINK)
            return
        # Joined before the snapshot is read, so that no change falls between the two.
        self.group = notices.candidate_group(invitation_id)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.push_state()

    async def disconnect(self, code: int) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def session_changed(self, message: dict[str, Any]) -> None:
        await self.push_state()

    async def push_state(self) -> None:
        try:
            state = await database_sync_to_async(read_state)(self.token)
        except UnknownLink:
            await self.close(code=CLOSE_UNKNOWN_LINK)
            return
        await self.send(json.dumps({"type": "state", "state": state}))
