"""A bot's life around its pipeline: real worker and runner, no transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest
from pipecat.frames.frames import CancelFrame, Frame
from pipecat.observers.user_bot_latency_observer import UserBotLatencyObserver
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from botrunner.clock import Pacing
from botrunner.contract import BotJob, RelayTarget
from botrunner.interview import InterviewProcessor
from botrunner.playback import Playback
from botrunner.relay import RelayClient, RelayTiming
from botrunner.rtvi import RelayedRTVI
from botrunner.services import ProviderSettings, create_llm, create_stt, create_tts
from botrunner.session import BotSession
from botrunner.voice import Voice
from tests.botrunner.plans import make_plan
from tests.botrunner.relay_server import TOKEN, RelayServer

PACING = Pacing(client_wait=0.2, client_ready=0.1, client_lost=1, leave=0.4, drain=0.2, settle=0.05, drain_late=20)
SETTINGS = ProviderSettings(sandbox_url="http://127.0.0.1:9")


class Deaf(FrameProcessor):
    """Keeps a cancellation to itself and can't be cancelled: the worst a pipeline can do."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, CancelFrame):
            await self.push_frame(frame, direction)


class Connection:
    def __init__(self) -> None:
        self.alive = True

    def is_connected(self) -> bool:
        return self.alive


class Bot:
    def __init__(
        self,
        *processors: FrameProcessor,
        connection: Connection | None = None,
        server: RelayServer | None = None,
        pacing: Pacing = PACING,
    ) -> None:
        self.session = BotSession(pacing=pacing, connection=connection)
        self.relay = (
            RelayClient(
                RelayTarget(url=server.url, token=TOKEN),
                on_command=self.session.obey,
                on_refused=self.session.abandon,
                timing=RelayTiming(first_retry=0.05, longest_retry=0.1, ack_patience=0.5),
            )
            if server
            else None
        )
        job = BotJob(session_id=uuid4(), tenant="acme", plan=make_plan())
        voice = Voice()
        stt, llm, self.tts = create_stt(SETTINGS, job), create_llm(SETTINGS, job), create_tts(SETTINGS, job)
        self.interview = InterviewProcessor(
            job.plan,
            stt=stt,
            llm=llm,
            voice=voice,
            playback=Playback(),
            pacing=pacing,
            relay=self.relay,
            leave=self.session.end_gracefully,
        )
        tap = self.relay.send if self.relay else lambda message: None
        self.worker = PipelineWorker(
            Pipeline([self.interview, voice, *processors]), rtvi_processor=RelayedRTVI(tap=tap, voice=voice)
        )
        self.interview.attach(
            self.worker, aggregators=LLMContextAggregatorPair(LLMContext()), latency=UserBotLatencyObserver()
        )

    async def run(self) -> None:
        async with asyncio.timeout(50):
            await self.session.run(
                self.worker, interview=self.interview, relay=self.relay, tts=self.tts, handle_sigint=False
            )


@pytest.fixture
def bot() -> Bot:
    return Bot()


async def test_a_client_that_never_comes_is_not_waited_for(bot: Bot) -> None:
    await bot.run()
    assert bot.interview.interviewer.client_gone
    assert bot.worker.has_finished()


async def test_a_client_that_leaves_ends_the_bot(bot: Bot) -> None:
    bot.session.note_client_ready()
    running = asyncio.create_task(bot.run())
    await asyncio.sleep(0.1)
    await bot.session.note_client_gone("disconnected")
    await running
    assert bot.worker.has_finished()


async def test_a_client_without_a_sign_of_life_ends_the_bot() -> None:
    connection = Connection()
    bot = Bot(connection=connection)
    bot.session.note_client_ready()
    running = asyncio.create_task(bot.run())
    await asyncio.sleep(0.1)
    connection.alive = False
    await running
    assert bot.interview.interviewer.client_gone


async def test_a_bot_refused_by_django_leaves(bot: Bot) -> None:
    bot.session.note_client_ready()
    running = asyncio.create_task(bot.run())
    await asyncio.sleep(0.1)
    bot.session.abandon(4409)
    await running
    assert not bot.interview.interviewer.client_gone


async def test_a_pipeline_that_ignores_being_cancelled_is_left_behind() -> None:
    bot = Bot(Deaf())
    await bot.run()
    assert bot.interview.interviewer.client_gone


@pytest.fixture
async def server() -> AsyncIterator[RelayServer]:
    server = RelayServer()
    await server.start()
    yield server
    with suppress(AssertionError):
        await server.kill()


async def hang_up_while_django_is_away(bot: Bot, server: RelayServer) -> asyncio.Task[None]:
    """The candidate leaves an interview that has begun, of whose end Django can't be told."""
    bot.session.note_client_ready()
    running = asyncio.create_task(bot.run())
    await server.wait_for(lambda: any(event["type"] == "question.started" for event in server.events()))
    await server.kill()
    await bot.session.note_client_gone("disconnected")
    while not bot.worker.has_finished():  # noqa: ASYNC110 - what is waited for is not an event
        await asyncio.sleep(0.01)
    return running


async def test_a_django_that_is_away_for_long_still_gets_the_end(server: RelayServer) -> None:
    bot = Bot(server=server)
    running = await hang_up_while_django_is_away(bot, server)
    assert server.events()[-1]["type"] != "interview.completed"
    assert not running.done()
    await server.start()
    await running
    assert server.events()[-1] == {"type": "interview.completed", "reason": "connection_lost"}
    assert server.received == list(range(1, len(server.stored) + 1))


async def test_a_django_that_never_comes_back_is_not_waited_for_for_ever(server: RelayServer) -> None:
    bot = Bot(server=server, pacing=replace(PACING, drain_late=0.3))
    running = await hang_up_while_django_is_away(bot, server)
    await running
    assert server.events()[-1]["type"] != "interview.completed"
