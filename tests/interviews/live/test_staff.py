"""The live pages' sockets against the real database and the real channel layer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from botrunner.contract import RelayFrame, TurnAdded
from botrunner.contract import Role as ContractRole
from interviews.console.snapshot import read_snapshot
from interviews.domain import notices, relay, sessions
from interviews.enums import EndReason
from interviews.live import staff
from interviews.live.routing import browser_routes
from interviews.live.snapshots import get_snapshot
from interviews.models import Session
from tenants.domain.members import remove_member
from tenants.domain.tenants import create_tenant
from tenants.enums import Role
from tenants.models import AuditEntry, Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.conftest import make_member
from tests.interviews.console.conftest import tell
from tests.interviews.console.test_live_page import BEGUN, numbered, replay
from tests.interviews.factories import launch_session, make_session, open_relay

pytestmark = pytest.mark.django_db(transaction=True)

application = CookieMiddleware(URLRouter(browser_routes))


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
    client.get(reverse("live:list-data"))  # whoever watches has opened a page, and is in a company
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


async def open_socket(user: User | None, path: str) -> WebsocketCommunicator:
    socket = WebsocketCommunicator(application, path, headers=await cookie_of(user))
    assert await socket.connect(timeout=5) == (True, None)
    return socket


async def read_until(socket: WebsocketCommunicator, type: str) -> Any:
    while (message := await socket.receive_json_from(timeout=5))["type"] != type:
        pass
    return message


async def watch(user: User, session: Session) -> WebsocketCommunicator:
    """A page of the session that has been told how it stands."""
    socket = await open_socket(user, f"live/{session.pk}/")
    assert (await socket.receive_json_from(timeout=5))["type"] == "snapshot"
    return socket


GONE = {"type": "websocket.close", "code": staff.CLOSE_NOT_FOUND}


async def closing(socket: WebsocketCommunicator) -> Any:
    """How the server closes it, which is the next that it does."""
    return await socket.receive_output(timeout=5)


@database_sync_to_async
def watched(tenant: Tenant) -> list[tuple[str, str, str | None]]:
    """Who is on record to have watched which session, from where."""
    with tenant_scope(tenant):
        entries = AuditEntry.objects.filter(verb="watched the session").order_by("at")
        return list(entries.values_list("actor", "object_id", "ip"))


@pytest.fixture
def asking_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "SNAPSHOT_PAUSE", 0.0)


async def test_the_session_as_it_stands_comes_first_and_when_asked_for(asking_at_once: None) -> None:
    tenant, session, lease = await begin()
    first, second, *_ = tell(session)
    await store(lease, first)
    socket = await open_socket(await hire(tenant), f"live/{session.pk}/")
    told = await socket.receive_json_from(timeout=5)
    assert told == {"type": "snapshot", "snapshot": await snapshot(session) | {"now": told["snapshot"]["now"]}}
    assert told["snapshot"]["last_seq"] == 1

    await store(lease, second)
    await socket.send_to(text_data=staff.ASK)
    assert (await read_until(socket, "snapshot"))["snapshot"]["last_seq"] == 2
    await socket.disconnect()


async def test_nothing_falls_between_the_snapshot_and_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, session, lease = await begin()

    async def read_and_be_slow(**which: Any) -> str:
        text = await get_snapshot(**which)
        await store(lease, tell(session)[0])
        return text

    monkeypatch.setattr(staff, "get_snapshot", read_and_be_slow)
    socket = await open_socket(await hire(tenant), f"live/{session.pk}/")
    assert (await socket.receive_json_from(timeout=5))["snapshot"]["last_seq"] == 0
    assert (await read_until(socket, "frame"))["frame"]["seq"] == 1
    await socket.disconnect()


@pytest.mark.parametrize("said", ["no json", "[]", '{"type":"snapshots"}', f" {staff.ASK}", b"\x00", staff.ASK * 1000])
async def test_whatever_else_a_page_says_is_passed_over(said: str | bytes, asking_at_once: None) -> None:
    tenant, session, _ = await begin()
    socket = await watch(await hire(tenant), session)
    await (socket.send_to(bytes_data=said) if isinstance(said, bytes) else socket.send_to(text_data=said))
    assert await socket.receive_nothing(timeout=0.2)
    await socket.send_to(text_data=staff.ASK)
    assert (await socket.receive_json_from(timeout=5))["type"] == "snapshot"
    await socket.disconnect()


async def test_who_asks_without_end_gets_no_more_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "SNAPSHOT_PAUSE", 60.0)
    tenant, session, lease = await begin()
    socket = await watch(await hire(tenant), session)
    for _ in range(20):
        await socket.send_to(text_data=staff.ASK)
    await store(lease, tell(session)[0])
    assert (await socket.receive_json_from(timeout=5))["type"] == "frame"
    await socket.disconnect()


async def test_a_session_that_cannot_be_read_closes_the_socket_as_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page comes back; it does not take the session for gone."""

    async def fail(**which: Any) -> str:
        raise OperationalError("the database is away")

    tenant, session, _ = await begin()
    monkeypatch.setattr(staff, "get_snapshot", fail)
    socket = await open_socket(await hire(tenant), f"live/{session.pk}/")
    assert await closing(socket) == {"type": "websocket.close", "code": 1011}


async def test_a_session_that_is_erased_is_gone(asking_at_once: None) -> None:
    tenant, session, _ = await begin()
    socket = await watch(await hire(tenant), session)

    @database_sync_to_async
    def erase() -> None:
        with tenant_scope(tenant):
            Session.objects.filter(pk=session.pk).delete()

    await erase()
    await socket.send_to(text_data=staff.ASK)
    assert await closing(socket) == GONE


async def test_watching_is_on_record_once_a_visit(monkeypatch: pytest.MonkeyPatch, asking_at_once: None) -> None:
    monkeypatch.setattr(staff, "RECHECK_SECONDS", 0.0)
    tenant, session, _ = await begin()
    user = await hire(tenant)
    entry = (user.email, str(session.pk), "192.0.2.7")
    for _again in range(2):
        path, headers = f"live/{session.pk}/", await cookie_of(user)
        socket = WebsocketCommunicator(application, path, headers=headers)
        socket.scope["client"] = ("192.0.2.7", 50_000)
        await socket.connect(timeout=5)
        await read_until(socket, "snapshot")
        await socket.send_to(text_data=staff.ASK)
        await read_until(socket, "snapshot")
        await socket.disconnect()
    assert await watched(tenant) == [entry]


async def test_frames_pass_as_they_are_committed() -> None:
    tenant, session, lease = await begin()
    socket = await watch(await hire(tenant), session)

    first = tell(session)[0]
    await store(lease, first)
    sent = {"seq": 1, "at": first.at.isoformat(), "message": first.message}
    assert await read_until(socket, "frame") == {"type": "frame", "frame": sent}
    await socket.disconnect()


async def test_passing_news_comes_without_a_number() -> None:
    tenant, session, _ = await begin()
    socket = await watch(await hire(tenant), session)
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
    socket = await watch(await hire(tenant), session)
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
    socket = await watch(await hire(tenant), session)
    await store(lease, frames[0])
    while not still:  # noqa: ASYNC110 - what is waited for is not an event
        await asyncio.sleep(0.01)
    [consumer], layer = still, get_channel_layer()
    assert layer is not None
    await store(lease, *frames[1:200])
    await layer.group_discard(notices.session_group(session.pk), consumer.channel_name)
    await store(lease, *frames[200:400])
    await layer.group_add(notices.session_group(session.pk), consumer.channel_name)
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
    watching = await watch(user, session)
    listing = await open_socket(user, "live/")
    await end(session)
    assert await watching.receive_json_from(timeout=5) == {"type": "changed"}
    assert await listing.receive_json_from(timeout=5) == {"type": "changed"}
    await watching.disconnect()
    await listing.disconnect()


async def test_strangers_are_told_that_it_is_not_theirs_and_nothing_else() -> None:
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
    sockets = {name: await open_socket(*visit) for name, visit in visits.items()}
    for socket in sockets.values():
        await socket.send_to(text_data=staff.ASK)
    assert {name: await closing(socket) for name, socket in sockets.items()} == dict.fromkeys(visits, GONE)
    assert await watched(tenant) == await watched(globex) == []


async def test_who_must_have_a_second_factor_watches_only_with_one() -> None:
    tenant, session, _ = await begin()
    user = await hire(tenant)
    headers = await cookie_of(user)
    sockets = [WebsocketCommunicator(application, path, headers=headers) for path in (f"live/{session.pk}/", "live/")]

    @database_sync_to_async
    def demand() -> None:
        Tenant.objects.update(requires_second_factor=True)

    @database_sync_to_async
    def turn_on() -> None:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

    await demand()
    for socket in sockets:
        await socket.connect(timeout=5)
        assert await closing(socket) == GONE
    await turn_on()
    await (await watch(user, session)).disconnect()


async def test_the_list_hears_of_the_own_company_only() -> None:
    tenant, _, _ = await begin()
    _, foreign, _ = await begin("globex")
    socket = await open_socket(await hire(tenant), "live/")
    await end(foreign)
    assert await socket.receive_nothing(timeout=0.3)
    await socket.disconnect()


@pytest.mark.parametrize("news", ["a frame", "the answer to a page that asks"])
@pytest.mark.parametrize("farewell", ["loses the place", "logs out"])
async def test_a_watcher_who_is_sent_away_hears_no_more(
    farewell: str, news: str, monkeypatch: pytest.MonkeyPatch, asking_at_once: None
) -> None:
    monkeypatch.setattr(staff, "RECHECK_SECONDS", 0.0)
    tenant, session, lease = await begin()
    user = await hire(tenant)
    socket = await watch(user, session)

    @database_sync_to_async
    def send_away() -> None:
        from django.contrib.sessions.models import Session as Login

        if farewell == "logs out":
            Login.objects.all().delete()
        else:
            with tenant_scope(tenant):
                remove_member(membership=Membership.objects.get(user=user))

    await send_away()
    if news == "a frame":
        await store(lease, *tell(session)[:2])
    else:
        await socket.send_to(text_data=staff.ASK)
    assert await closing(socket) == GONE
    assert await socket.receive_nothing(timeout=0.2)
