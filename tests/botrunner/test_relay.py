import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from botrunner.contract import RELAY_CLOSE_SUPERSEDED, RELAY_CLOSE_UNAUTHORIZED, RelayCommand, RelayTarget
from botrunner.relay import UNNUMBERED_LIMIT, RelayClient, RelayTiming, is_stored
from tests.botrunner.relay_server import TOKEN, RelayServer

QUICK = RelayTiming(first_retry=0.01, longest_retry=0.05, heartbeat=0.05, ack_patience=0.2)
LEVEL = {"label": "rtvi-ai", "type": "bot-audio-level", "data": {"value": 0.5}}


def event(number: int) -> dict[str, Any]:
    return {"label": "rtvi-ai", "type": "server-message", "data": {"number": number}}


def numbers(server: RelayServer) -> list[int]:
    return [data["number"] for data in server.events()]


class Bot:
    """A client and what it was told."""

    def __init__(self, url: str, *, token: str = TOKEN) -> None:
        self.commands: asyncio.Queue[RelayCommand] = asyncio.Queue()
        self.refusals: list[int] = []
        target = RelayTarget(url=url, token=token)
        self.relay = RelayClient(target, on_command=self.obey, on_refused=self.refusals.append, timing=QUICK)

    async def obey(self, command: RelayCommand) -> None:
        self.commands.put_nowait(command)


@pytest.fixture
async def server() -> AsyncIterator[RelayServer]:
    server = RelayServer()
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def start(server: RelayServer) -> AsyncIterator[Callable[..., Bot]]:
    bots = []

    def start_bot(**fields: Any) -> Bot:
        bot = Bot(server.url, **fields)
        bot.relay.start()
        bots.append(bot)
        return bot

    yield start_bot
    for bot in bots:
        await bot.relay.close()


async def test_frames_are_numbered_stored_and_acknowledged(server: RelayServer, start: Callable[..., Bot]) -> None:
    bot = start()
    assert [bot.relay.send(event(n)) for n in (1, 2, 3)] == [1, 2, 3]
    assert await bot.relay.drain(5)
    assert numbers(server) == [1, 2, 3]
    assert bot.relay.acked_seq == 3


async def test_what_cannot_be_stored_is_left_out_and_holds_nothing_up(
    server: RelayServer, start: Callable[..., Bot]
) -> None:
    bot = start()
    typed = {"type": "turn.added", "text": "one\x00 two \ud800three", "parts": ["\udc00four", {"\x00five": 5}]}
    bot.relay.send({"label": "rtvi-ai", "type": "server-message", "data": typed})
    bot.relay.send(event(2))
    assert await bot.relay.drain(5)
    cleaned = {"type": "turn.added", "text": "one two three", "parts": ["four", {"five": 5}]}
    assert server.events() == [cleaned, {"number": 2}]


async def test_the_bot_says_who_it_is(server: RelayServer, start: Callable[..., Bot]) -> None:
    bot = start()
    await server.wait_for(lambda: server.connections == 1)
    assert server.instance == bot.relay.instance


async def test_frames_sent_before_the_server_is_there_are_kept(server: RelayServer, start: Callable[..., Bot]) -> None:
    await server.kill()
    bot = start()
    for n in range(1, 51):
        bot.relay.send(event(n))
    assert not await bot.relay.wait_acked(1, 0.1)
    await server.start()
    assert await bot.relay.drain(5)
    assert numbers(server) == list(range(1, 51))


@pytest.mark.parametrize("break_before_commit", [True, False])
async def test_a_connection_broken_mid_stream_loses_and_doubles_nothing(
    server: RelayServer, start: Callable[..., Bot], break_before_commit: bool
) -> None:
    server.break_before_commit = break_before_commit
    bot = start()
    for n in range(1, 101):
        if n % 20 == 0:
            server.break_after = 3
        bot.relay.send(event(n))
        await asyncio.sleep(0.002)
    assert await bot.relay.drain(5)
    assert numbers(server) == list(range(1, 101))
    assert server.connections > 1


async def test_a_server_killed_and_restarted_loses_and_doubles_nothing(
    server: RelayServer, start: Callable[..., Bot]
) -> None:
    bot = start()
    for n in range(1, 201):
        bot.relay.send(event(n))
        if n % 50 == 0:
            await server.wait_for(lambda: server.stored)
            await server.kill()
            await asyncio.sleep(0.02)
            await server.start()
    assert await bot.relay.drain(5)
    assert numbers(server) == list(range(1, 201))


async def test_lost_acknowledgements_are_made_up_for_by_the_next_hello(
    server: RelayServer, start: Callable[..., Bot]
) -> None:
    server.lose_acks = True
    bot = start()
    bot.relay.send(event(1))
    bot.relay.send(event(2))
    await server.wait_for(lambda: server.connections == 2)
    assert await bot.relay.drain(5)
    assert numbers(server) == [1, 2]
    assert server.received == [1, 2]


async def test_frames_without_a_number_are_passed_on_and_dropped_when_nobody_is_there(
    server: RelayServer, start: Callable[..., Bot]
) -> None:
    bot = start()
    await server.wait_for(lambda: server.connections == 1)
    bot.relay.send(event(1))
    assert await bot.relay.drain(5)
    assert bot.relay.send(LEVEL) is None
    await server.wait_for(lambda: server.passed_on)
    await server.kill()
    await asyncio.sleep(0.05)
    bot.relay.send(LEVEL)
    await server.start()
    bot.relay.send(event(2))
    assert await bot.relay.drain(5)
    assert server.passed_on == [LEVEL]
    assert numbers(server) == [1, 2]


async def test_a_burst_without_numbers_is_bounded_and_does_not_push_out_events(
    server: RelayServer, start: Callable[..., Bot]
) -> None:
    bot = start()
    bot.relay.send(event(1))
    assert await bot.relay.drain(5)
    for _ in range(UNNUMBERED_LIMIT * 5):
        bot.relay.send(LEVEL)
    bot.relay.send(event(2))
    assert await bot.relay.drain(5)
    assert len(server.passed_on) == UNNUMBERED_LIMIT
    assert numbers(server) == [1, 2]


async def test_the_bot_says_that_it_is_alive(server: RelayServer, start: Callable[..., Bot]) -> None:
    start()
    await server.wait_for(lambda: server.heartbeats >= 3)
    assert server.stored == []


async def test_a_command_is_obeyed_once(server: RelayServer, start: Callable[..., Bot]) -> None:
    bot = start()
    await server.wait_for(lambda: server.connections == 1)
    extend = RelayCommand(id=UUID(int=1), name="extend", args={"seconds": 60})
    skip = RelayCommand(id=UUID(int=2), name="skip")
    for command in (extend, extend, skip):
        await server.command(command)
    async with asyncio.timeout(5):
        assert [await bot.commands.get(), await bot.commands.get()] == [extend, skip]
    assert bot.commands.empty()


async def test_a_command_that_comes_again_after_a_reconnection_is_not_obeyed_again(
    server: RelayServer, start: Callable[..., Bot]
) -> None:
    bot = start()
    await server.wait_for(lambda: server.connections == 1)
    skip = RelayCommand(id=UUID(int=1), name="skip")
    await server.command(skip)
    assert await bot.commands.get() == skip
    await server.kill()
    await server.start()
    await server.wait_for(lambda: server.connections == 2)
    end = RelayCommand(id=UUID(int=2), name="end")
    for command in (skip, end):
        await server.command(command)
    assert await bot.commands.get() == end
    assert bot.commands.empty()


async def test_a_bad_token_is_refused_for_good(server: RelayServer, start: Callable[..., Bot]) -> None:
    bot = start(token="wrong")
    bot.relay.send(event(1))
    assert not await bot.relay.drain(5)
    assert bot.refusals == [RELAY_CLOSE_UNAUTHORIZED]
    await asyncio.sleep(0.1)
    assert server.connections == 0


async def test_a_second_bot_of_the_session_is_refused(server: RelayServer, start: Callable[..., Bot]) -> None:
    start()
    await server.wait_for(lambda: server.connections == 1)
    second = start()
    second.relay.send(event(1))
    assert not await second.relay.drain(5)
    assert second.refusals == [RELAY_CLOSE_SUPERSEDED]


async def test_a_bot_superseded_later_leaves(server: RelayServer, start: Callable[..., Bot]) -> None:
    bot = start()
    await server.wait_for(lambda: server.connections == 1)
    server.instance = uuid4()
    await server.close_with(RELAY_CLOSE_SUPERSEDED)
    bot.relay.send(event(1))
    assert not await bot.relay.drain(5)
    assert bot.refusals == [RELAY_CLOSE_SUPERSEDED]


@pytest.mark.parametrize(
    ("message", "stored"),
    [
        ({"type": "bot-ready", "data": {}}, True),
        ({"type": "server-message", "data": {}}, True),
        ({"type": "metrics", "data": {}}, True),
        ({"type": "error", "data": {}}, True),
        ({"type": "user-transcription", "data": {"final": True}}, True),
        ({"type": "user-transcription", "data": {"final": False}}, False),
        ({"type": "bot-llm-text", "data": {}}, False),
        ({"type": "user-started-speaking"}, False),
    ],
)
def test_what_is_stored(message: dict[str, Any], stored: bool) -> None:
    assert is_stored(message) is stored
