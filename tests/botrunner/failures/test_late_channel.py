"""Row 11: the bot's first messages are lost, because the page's data channel opens late. Django has them all.

SmallWebRTC keeps 50 messages, and none for longer than 10 s; here for 1 s. Bot, caller and what is between them are
real, and the channel opens when all is lost. What a page shows that has heard nothing is rebuilt from Django:
tests/interviews/candidate/test_late_page.py goes on where this ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiortc import RTCSctpTransport
from pipecat.runner.types import SmallWebRTCRunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.transports.smallwebrtc import connection as smallwebrtc
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection

from botrunner.bot import run_bot, transport_params
from botrunner.contract import BotJob, RelayCommand, RelayTarget
from botrunner.rehearsal.caller import Caller
from botrunner.rehearsal.candidate import events_of
from botrunner.services import ProviderSettings
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.failures.spoken import PACING
from tests.botrunner.plans import SECOND, make_plan, make_question
from tests.botrunner.relay_server import TOKEN, RelayServer

__all__ = ["sandbox", "sandbox_server"]

PLAN = make_plan(make_question(max_follow_ups=0), make_question(SECOND, "What are you proud of?"))
EARLY = 60
ANSWER = "I have been an engineer at a payments company for nine years now."


@pytest.fixture
async def open_channels(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """Set, it lets data channels open. Sound gets through before."""
    opening, start, waiting = asyncio.Event(), RTCSctpTransport.start, list[asyncio.Task[None]]()

    async def start_late(association: RTCSctpTransport, *arguments: Any) -> None:
        async def wait_and_start() -> None:
            await opening.wait()
            await start(association, *arguments)

        waiting.append(asyncio.create_task(wait_and_start()))

    monkeypatch.setattr(RTCSctpTransport, "start", start_late)
    yield opening
    for task in waiting:
        task.cancel()


async def test_what_a_page_that_is_late_has_missed_is_with_django(
    sandbox: Sandbox,
    relay: RelayServer,
    open_channels: asyncio.Event,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smallwebrtc, "DATA_CHANNEL_TIMEOUT_SECS", 1)
    caller, connection = Caller(), SmallWebRTCConnection()
    job = BotJob(session_id=uuid4(), tenant="acme", plan=PLAN, relay=RelayTarget(url=relay.url, token=TOKEN))
    settings = ProviderSettings(sandbox_url=sandbox.url, tts_cache_dir=str(tmp_path))
    bots: list[asyncio.Task[None]] = []

    async def exchange(offer: dict[str, Any]) -> dict[str, Any]:
        await connection.initialize(**offer)
        arguments = SmallWebRTCRunnerArguments(webrtc_connection=connection)
        transport = await create_transport(arguments, transport_params)
        bots.append(asyncio.create_task(run_bot(transport, job, arguments, pacing=PACING, settings=settings)))
        answer: dict[str, Any] = connection.get_answer()
        return answer

    def told(type: str) -> list[dict[str, Any]]:
        return [event for event in relay.events() if event["type"] == type]

    connecting = asyncio.create_task(caller.connect(exchange))
    try:
        # The page does not say that it is ready: the bot begins without it.
        await relay.wait_for(lambda: told("question.started"))
        for _ in range(EARLY):
            await relay.command(RelayCommand(id=uuid4(), name="extend", args={"seconds": 1}))
        await relay.wait_for(lambda: len(told("command.handled")) == EARLY)
        async with asyncio.timeout(10):
            while connection._data_channel_enabled:  # noqa: ASYNC110 - the connection tells nobody that it gave up
                await asyncio.sleep(0.05)
        assert caller.messages == []

        open_channels.set()
        await connecting
        assert await caller.wait_for(lambda: any(m["type"] == "bot-ready" for m in caller.messages), within=10)
        caller.type(ANSWER)
        await relay.wait_for(lambda: len(told("question.started")) == 2)
        assert await caller.wait_for(lambda: said(caller, "question.started") != [], within=10)
    finally:
        await caller.hang_up()
        connecting.cancel()
        await asyncio.gather(*bots)
    assert [event["index"] for event in said(caller, "question.started")] == [2]
    assert said(caller, "command.handled") == []
    assert [event["text"] for event in told("answer.accepted")] == [ANSWER]
    assert [event["index"] for event in told("question.started")] == [1, 2]
    assert relay.received == list(range(1, len(relay.stored) + 1))


def said(caller: Caller, type: str) -> list[dict[str, Any]]:
    return [event for event in events_of(caller.messages) if event["type"] == type]
