"""The relay's socket against the real database and the real channel layer."""

import asyncio
import json
import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.utils import timezone

from botrunner.contract import (
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    BotJob,
    CommandHandled,
    InterviewStarted,
    RelayCommand,
    RelayFrame,
    from_server,
)
from interviews.domain import commands, notices, sessions
from interviews.enums import EndReason, SessionStatus
from interviews.live.relay import CLOSE_PROTOCOL_ERROR, RelayConsumer
from interviews.models import Event, Session, SessionCommand, TranscriptTurn
from tenants.domain.tenants import create_tenant
from tenants.models import User
from tenants.scope import tenant_scope
from tests.interviews.factories import frame, launch_session, make_session

pytestmark = pytest.mark.django_db(transaction=True)

STARTED = InterviewStarted(question_count=2, total_limit=1800)


class Bot:
    """A bot's end of the socket."""

    def __init__(self, token: str | None, instance: UUID | str | None = None) -> None:
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        headers.append((b"x-bot-instance", str(instance or uuid4()).encode()))
        self.socket = WebsocketCommunicator(RelayConsumer.as_asgi(), "/bot/v1/relay", headers=headers)

    async def hello(self) -> Any:
        connected, _ = await self.socket.connect(timeout=5)
        assert connected
        return await self.read()

    async def send(self, message: RelayFrame | str) -> None:
        await self.socket.send_to(message if isinstance(message, str) else message.model_dump_json())

    async def read(self) -> Any:
        """The next message, or the code with which the server closed."""
        output = await self.socket.receive_output(timeout=5)
        if output["type"] != "websocket.close":
            return from_server.validate_json(output["text"])
        await self.leave()
        return output["code"]

    async def leave(self) -> None:
        await self.socket.disconnect()


@database_sync_to_async
def waiting_session() -> tuple[Session, BotJob]:
    with tenant_scope(create_tenant(name="Acme", slug=f"acme-{uuid4().hex[:6]}")):
        session = make_session()
        return session, launch_session(session)


@database_sync_to_async
def events_of(session: Session) -> list[int]:
    with tenant_scope(session.tenant_id):
        return list(Event.objects.filter(session=session).values_list("seq", flat=True))


@database_sync_to_async
def turns_of(session: Session) -> list[str]:
    with tenant_scope(session.tenant_id):
        return list(TranscriptTurn.objects.filter(session=session).values_list("text", flat=True))


@pytest.fixture
async def started() -> tuple[Session, str]:
    session, job = await waiting_session()
    assert job.relay is not None
    return session, job.relay.token


@pytest.mark.parametrize("token", [None, "made-up"])
async def test_without_a_genuine_token_nobody_gets_in(token: str | None) -> None:
    bot = Bot(token)
    assert await bot.hello() == RELAY_CLOSE_UNAUTHORIZED


async def test_an_instance_that_is_no_uuid_is_refused(started: tuple[Session, str]) -> None:
    assert await Bot(started[1], "me").hello() == RELAY_CLOSE_UNAUTHORIZED


async def test_a_character_that_postgres_has_no_place_for_jams_nothing(started: tuple[Session, str]) -> None:
    session, token = started
    bot = Bot(token)
    await bot.hello()
    at = timezone.now().isoformat()
    said = {"type": "turn.added", "role": "candidate", "text": "one\x00 two", "started_at": at, "ended_at": at}
    message = {"label": "rtvi-ai", "type": "server-message", "data": said}
    await bot.send(json.dumps({"seq": 1, "at": at, "message": message}))
    assert (await bot.read()).seq == 1
    await bot.send(frame(2, STARTED))
    assert (await bot.read()).seq == 2
    assert await turns_of(session) == ["one two"]
    await bot.leave()


async def test_frames_are_acknowledged_once_they_are_committed(started: tuple[Session, str]) -> None:
    session, token = started
    bot = Bot(token)
    assert (await bot.hello()).last_seq == 0
    await bot.send(frame(1, STARTED))
    assert (await bot.read()).seq == 1
    assert await events_of(session) == [1]
    await bot.leave()


async def test_a_returning_bot_learns_where_to_go_on(started: tuple[Session, str]) -> None:
    session, token = started
    instance = uuid4()
    first = Bot(token, instance)
    await first.hello()
    await first.send(frame(1, STARTED))
    assert (await first.read()).seq == 1
    await first.leave()
    again = Bot(token, instance)
    assert (await again.hello()).last_seq == 1
    await again.send(frame(1, STARTED))
    assert (await again.read()).seq == 1
    assert await events_of(session) == [1]
    await again.leave()


async def test_another_bot_is_turned_away(started: tuple[Session, str]) -> None:
    _, token = started
    first = Bot(token)
    await first.hello()
    assert await Bot(token).hello() == RELAY_CLOSE_SUPERSEDED
    await first.leave()


async def test_a_gap_closes_the_socket_so_that_the_bot_resends(started: tuple[Session, str]) -> None:
    session, token = started
    bot = Bot(token)
    await bot.hello()
    await bot.send(frame(2, STARTED))
    assert (await bot.read()).seq == 0
    assert await bot.read() == 1011
    assert await events_of(session) == []


@pytest.mark.parametrize("bad", ["no json", "[]", '{"seq": 0}', '{"at": "now"}', '{"x": "' + "y" * 2_200_000 + '"}'])
async def test_what_is_no_frame_closes_the_socket(started: tuple[Session, str], bad: str) -> None:
    bot = Bot(started[1])
    await bot.hello()
    await bot.send(bad)
    assert await bot.read() == CLOSE_PROTOCOL_ERROR


async def test_watchers_get_stored_frames_with_a_number_and_passing_ones_without(started: tuple[Session, str]) -> None:
    session, token = started
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(notices.session_group(session.pk), channel)
    bot = Bot(token)
    await bot.hello()
    speaking = {"label": "rtvi-ai", "type": "bot-started-speaking"}
    await bot.send(RelayFrame(at=timezone.now(), message=speaking))
    passed = await layer.receive(channel)
    assert (passed["type"], passed["frame"]["seq"], passed["frame"]["message"]) == ("live.frame", None, speaking)
    await bot.send(frame(1, STARTED))
    seen = [await layer.receive(channel) for _ in range(2)]
    assert sorted(message["type"] for message in seen) == ["live.frame", "session.changed"]
    (stored,) = [message["frame"] for message in seen if message["type"] == "live.frame"]
    assert (stored["seq"], stored["message"]["data"]["type"]) == (1, "interview.started")
    await bot.leave()


async def test_a_session_ended_by_others_calls_its_bot_away(started: tuple[Session, str]) -> None:
    session, token = started
    instance = uuid4()
    bot = Bot(token, instance)
    await bot.hello()

    @database_sync_to_async
    def end() -> None:
        with tenant_scope(session.tenant_id):
            sessions.end_session(session=session, reason=EndReason.LEFT)

    await end()
    assert (await bot.read()).name == "end"
    await bot.leave()
    late = Bot(token, instance)
    await late.hello()
    assert (await late.read()).name == "end"
    await late.leave()


async def test_a_command_goes_out_at_once_and_again_to_a_bot_that_comes_back(started: tuple[Session, str]) -> None:
    session, token = started
    instance = uuid4()
    bot = Bot(token, instance)
    await bot.hello()
    await bot.send(frame(1, STARTED))
    assert (await bot.read()).seq == 1

    @database_sync_to_async
    def give(name: str, **args: Any) -> SessionCommand:
        with tenant_scope(session.tenant_id):
            user, _ = User.objects.get_or_create(email="rae@acme.example", defaults={"name": "Rae"})
            return commands.give_command(session_id=session.pk, name=name, args=args, given_by=user)

    longer = await give("extend", minutes=5)
    sent = RelayCommand(id=longer.pk, name="extend", args={"seconds": 300})
    assert await bot.read() == sent
    await bot.leave()

    # Given while nobody listens; what was sent before was not answered, so both come, in their order.
    said = await give("say", text="Hello.")
    again = Bot(token, instance)
    await again.hello()
    assert [await again.read(), await again.read()] == [
        sent,
        RelayCommand(id=said.pk, name="say", args={"text": "Hello."}),
    ]
    await again.send(frame(2, CommandHandled(command_id=longer.pk, name="extend", seconds=300)))
    await again.send(frame(3, CommandHandled(command_id=said.pk, name="say")))
    assert {(await again.read()).seq for _ in range(2)} == {2, 3}
    await again.leave()

    last = Bot(token, instance)
    assert (await last.hello()).last_seq == 3
    assert await last.socket.receive_nothing(timeout=0.3)
    await last.leave()


async def test_a_heartbeat_keeps_the_lease(started: tuple[Session, str]) -> None:
    session, token = started
    bot = Bot(token)
    await bot.hello()

    @database_sync_to_async
    def heartbeat(clear: bool = False) -> object:
        with tenant_scope(session.tenant_id):
            if clear:
                Session.objects.update(heartbeat_at=None)
            return Session.objects.values_list("heartbeat_at", flat=True).get()

    assert await heartbeat(clear=True) is None
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(notices.session_group(session.pk), channel)
    await bot.send(RelayFrame(at=timezone.now()))
    await bot.send(frame(1, STARTED))
    assert (await bot.read()).seq == 1
    assert await heartbeat() is not None
    assert (await layer.receive(channel))["frame"]["message"] is None
    assert session.status == SessionStatus.WAITING
    await bot.leave()


async def test_a_bot_does_not_wait_behind_pages() -> None:
    """The sockets of pages do their database work one after another in one thread, which is busy here."""
    _session, job = await waiting_session()
    assert job.relay is not None
    free = threading.Event()
    busy = asyncio.create_task(sync_to_async(free.wait)(30))
    try:
        bot = Bot(job.relay.token)
        await bot.hello()
        await bot.send(frame(1, STARTED))
        assert (await bot.read()).seq == 1
        await bot.leave()
    finally:
        free.set()
    assert await busy
