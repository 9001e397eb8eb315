"""The live pages' sockets against the real database and the real channel layer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from botrunner.contract import RelayFrame, TurnAdded
from botrunner.contract import Role as ContractRole
from interviews.console.snapshot import read_snapshot
from interviews.domain import notices, relay, sessions
from interviews.enums import EndReason
from interviews.live import staff
from interviews.live.routing import browser_routes
from interviews.models import Session
from tenants.domain.members import remove_member
from tenants.domain.tenants import create_tenant
from tenants.enums import Role
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.conftest import make_member
from tests.interviews.console.conftest import tell
from tests.interviews.console.test_live_page import BEGUN, numbered, replay
from tests.interviews.factories import launch_session, make_session, open_relay

pytestmark = pytest.mark.django_db(transaction=True)

application = AuthMiddlewareStack(URLRouter(browser_routes))


@database_sync_to_async
def begin(slug: str = "acme") -> tuple[Tenant, Session, relay.RelayLease]:
    """A company, and a session whose bot has connected."""
    tenant = create_tenant(name=slug.title(), slug=slug)
    with tenant_scope(tenant):
        session = make_session()
        job = launch_session(session)
    return tenant, session, open_relay(job)


@database_sync_to_async
def hire(tenant: Tenant, role: Role = Role.REVIEWER) -> User:
    return make_member(tenant, role)


@database_sync_to_async
def cookie_of(user: User | None) -> list[tuple[bytes, bytes]]:
    if user is None:
        return []
    client = Client()
    client.force_login(user, backend="tenants.auth.EmailBackend")
    return [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode())]


@database_sync_to_async
def store(lease: relay.RelayLease, *frames: RelayFrame) -> None:
    relay.store_frames(lease=lease, frames=frames)


@database_sync_to_async
def end(session: Session) -> None:
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.ENDED_BY_STAFF)


@database_sync_to_async
def snapshot(session: Session) -> dict[str, Any]:
    with tenant_scope(session.tenant_id):
        return read_snapshot(session=Session.objects.get(pk=session.pk))


async def open_socket(user: User | None, path: str) -> tuple[WebsocketCommunicator, tuple[bool, Any]]:
    """The socket, and whether it was accepted, with the close code if it was not."""
    socket = WebsocketCommunicator(application, path, headers=await cookie_of(user))
    return socket, await socket.connect(timeout=5)


async def read_until(socket: WebsocketCommunicator, type: str) -> Any:
    while (message := await socket.receive_json_from(timeout=5))["type"] != type:
        pass
    return message


async def test_frames_pass_as_they_are_committed() -> None:
    tenant, session, lease = await begin()
    socket, accepted = await open_socket(await hire(tenant), f"live/{session.pk}/")
    assert accepted == (True, None)

    first = tell(session)[0]
    await store(lease, first)
    sent = {"seq": 1, "at": first.at.isoformat(), "message": first.message}
    assert await read_until(socket, "frame") == {"type": "frame", "frame": sent}
    await socket.disconnect()


async def test_passing_news_comes_without_a_number() -> None:
    tenant, session, _ = await begin()
    socket, _ = await open_socket(await hire(tenant), f"live/{session.pk}/")
    frame = {"seq": None, "at": "2026-11-23T10:00:00Z", "message": {"type": "bot-started-speaking"}}
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(notices.session_group(session.pk), {"type": "live.frame", "frame": frame})
    assert await socket.receive_json_from(timeout=5) == {"type": "frame", "frame": frame}
    await socket.disconnect()


async def test_a_page_that_missed_frames_finds_them_in_the_snapshot() -> None:
    """What the page relies on: once a numbered frame is pushed, the snapshot has everything up to it."""
    tenant, session, lease = await begin()
    frames = tell(session)
    await store(lease, *frames[:5])
    socket, _ = await open_socket(await hire(tenant), f"live/{session.pk}/")
    await store(lease, frames[5])
    pushed = (await read_until(socket, "frame"))["frame"]["seq"]
    fresh = await snapshot(session)
    known = sorted([turn["seq"] for turn in fresh["turns"]] + [event["seq"] for event in fresh["events"]])
    assert (pushed, fresh["last_seq"], known) == (6, 6, [1, 2, 3, 4, 5, 6])
    await socket.disconnect()


async def test_a_page_whose_consumer_stood_still_sees_the_gap_and_comes_to_what_the_database_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing waiting for it is lost; what is published while the layer has no line to Redis is, without a word."""
    tenant, session, lease = await begin()
    go_on, pass_on = asyncio.Event(), staff.LiveSessionConsumer.live_frame
    still: list[staff.LiveSessionConsumer] = []

    async def stand_still(consumer: staff.LiveSessionConsumer, message: Mapping[str, Any]) -> None:
        still.append(consumer)
        await go_on.wait()
        await pass_on(consumer, message)

    monkeypatch.setattr(staff.LiveSessionConsumer, "live_frame", stand_still)
    turns = [
        TurnAdded(role=ContractRole.CANDIDATE, text=f"Turn {n}.", started_at=BEGUN, ended_at=BEGUN) for n in range(501)
    ]
    frames = numbered(*turns)
    stale = await snapshot(session)
    socket, _ = await open_socket(await hire(tenant), f"live/{session.pk}/")
    await store(lease, frames[0])
    while not still:  # noqa: ASYNC110 - what is waited for is not an event
        await asyncio.sleep(0.01)
    [consumer], layer = still, get_channel_layer()
    assert layer is not None
    await store(lease, *frames[1:200])
    await layer.group_discard(consumer.group, consumer.channel_name)
    await store(lease, *frames[200:400])
    await layer.group_add(consumer.group, consumer.channel_name)
    await store(lease, *frames[400:])
    go_on.set()
    pushed: list[dict[str, Any]] = []
    while not pushed or pushed[-1]["seq"] != 501:
        pushed.append((await read_until(socket, "frame"))["frame"])
    await socket.disconnect()

    assert [frame["seq"] for frame in pushed] == [*range(1, 201), *range(401, 502)]
    current = await snapshot(session)
    gap, page, fresh = replay(
        {"snapshot": stale, "frames": pushed},
        {"snapshot": current, "frames": pushed},
        {"snapshot": current, "frames": []},
    )
    assert gap is None  # the page asks for a snapshot
    assert page["record"] == fresh["record"]
    assert [turn["text"] for turn in fresh["record"]["turns"]] == [turn.text for turn in turns]


async def test_session_and_list_are_told_of_a_change() -> None:
    tenant, session, _ = await begin()
    user = await hire(tenant)
    watching, _ = await open_socket(user, f"live/{session.pk}/")
    listing, accepted = await open_socket(user, "live/")
    assert accepted == (True, None)
    await end(session)
    assert await watching.receive_json_from(timeout=5) == {"type": "changed"}
    assert await listing.receive_json_from(timeout=5) == {"type": "changed"}
    await watching.disconnect()
    await listing.disconnect()


async def test_strangers_are_refused_before_the_handshake() -> None:
    tenant, session, _ = await begin()
    globex, foreign, _ = await begin("globex")
    member = await hire(tenant)
    visits = {
        "nobody": (None, f"live/{session.pk}/"),
        "nobody, list": (None, "live/"),
        "another company's owner": (await hire(globex, Role.OWNER), f"live/{session.pk}/"),
        "another company's session": (member, f"live/{foreign.pk}/"),
        "no such session": (member, f"live/{uuid4()}/"),
        "a viewer": (await hire(tenant, Role.VIEWER), f"live/{session.pk}/"),
        "a viewer, list": (await hire(globex, Role.VIEWER), "live/"),
    }
    answers = {name: (await open_socket(*visit))[1] for name, visit in visits.items()}
    assert answers == dict.fromkeys(visits, (False, staff.CLOSE_NOT_FOUND))


async def test_who_must_have_a_second_factor_watches_only_with_one() -> None:
    tenant, session, _ = await begin()
    user = await hire(tenant)
    paths = [f"live/{session.pk}/", "live/"]

    @database_sync_to_async
    def demand() -> None:
        Tenant.objects.update(requires_second_factor=True)

    @database_sync_to_async
    def turn_on() -> None:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

    await demand()
    assert [(await open_socket(user, path))[1] for path in paths] == [(False, staff.CLOSE_NOT_FOUND)] * 2
    await turn_on()
    for path in paths:
        socket, answer = await open_socket(user, path)
        assert answer == (True, None)
        await socket.disconnect()


async def test_the_list_hears_of_the_own_company_only() -> None:
    tenant, _, _ = await begin()
    _, foreign, _ = await begin("globex")
    socket, _ = await open_socket(await hire(tenant), "live/")
    await end(foreign)
    assert await socket.receive_nothing(timeout=0.3)
    await socket.disconnect()


@pytest.mark.parametrize("farewell", ["loses the place", "logs out"])
async def test_a_watcher_who_is_sent_away_hears_no_more(farewell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "RECHECK_SECONDS", 0.0)
    tenant, session, lease = await begin()
    user = await hire(tenant)
    socket, _ = await open_socket(user, f"live/{session.pk}/")

    @database_sync_to_async
    def send_away() -> None:
        from django.contrib.sessions.models import Session as Login

        if farewell == "logs out":
            Login.objects.all().delete()
        else:
            with tenant_scope(tenant):
                remove_member(membership=Membership.objects.get(user=user))

    await send_away()
    await store(lease, tell(session)[0])
    assert (await socket.receive_output(timeout=5))["type"] == "websocket.close"
