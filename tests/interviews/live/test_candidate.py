"""The candidate's socket against the real database and the real channel layer."""

import json
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from interviews.domain import invitations, notices, sessions
from interviews.enums import EndReason, Mode
from interviews.live.candidate import CLOSE_UNKNOWN_LINK
from interviews.live.routing import browser_routes
from interviews.models import Invitation, Session
from tenants.domain.tenants import create_tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import make_invitation

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def make_link(slug: str = "northwind") -> tuple[Invitation, str]:
    with tenant_scope(create_tenant(name=slug.title(), slug=slug)):
        invitation = make_invitation()
        return invitation, invitations.mint_link(invitation=invitation).rstrip("/").rpartition("/")[2]


@database_sync_to_async
def start(invitation: Invitation) -> Session:
    with tenant_scope(invitation.tenant):
        return sessions.request_session(invitation=invitation, mode=Mode.TEXT)


@database_sync_to_async
def end(session: Session, reason: EndReason) -> None:
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=reason)


def open_socket(token: str) -> WebsocketCommunicator:
    return WebsocketCommunicator(URLRouter(browser_routes), f"candidate/{token}")


async def read(socket: WebsocketCommunicator) -> Any:
    """The next message, or the code with which the server closed."""
    output = await socket.receive_output(timeout=5)
    return output["code"] if output["type"] == "websocket.close" else json.loads(output["text"])


async def test_the_state_comes_on_connecting_and_after_every_change() -> None:
    invitation, token = await make_link()
    socket = open_socket(token)
    await socket.connect()
    first = await read(socket)
    assert (first["type"], first["state"]["session"]) == ("state", None)

    session = await start(invitation)
    assert (await read(socket))["state"]["session"]["status"] == "queued"
    await end(session, EndReason.LEFT)
    assert (await read(socket))["state"]["session"]["end_reason"] == "left"
    await socket.disconnect()


async def test_what_is_pushed_is_read_from_the_database_not_from_the_notice() -> None:
    invitation, token = await make_link()
    socket = open_socket(token)
    await socket.connect()
    await read(socket)
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(
        notices.candidate_group(invitation.pk), {"type": "session.changed", "state": {"session": "forged"}}
    )
    assert (await read(socket))["state"]["session"] is None
    await socket.disconnect()


async def test_an_unknown_link_is_closed() -> None:
    await make_link()
    socket = open_socket("nonsense")
    await socket.connect()
    assert await read(socket) == CLOSE_UNKNOWN_LINK


async def test_nobody_hears_of_anothers_session() -> None:
    _, token = await make_link()
    foreign, _ = await make_link("southsea")
    socket = open_socket(token)
    await socket.connect()
    await read(socket)
    await start(foreign)
    assert await socket.receive_nothing(timeout=0.3)
    await socket.disconnect()
