"""A bot's life around its pipeline: real worker and runner, no transport."""

from __future__ import annotations

import asyncio
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
from botrunner.contract import BotJob
from botrunner.interview import InterviewProcessor
from botrunner.services import ProviderSettings, create_llm, create_stt, create_tts
from botrunner.session import BotSession
from botrunner.voice import Voice
from tests.botrunner.plans import make_plan

PACING = Pacing(client_wait=0.2, client_ready=0.1, client_lost=1, leave=0.4, drain=0.2, settle=0.05)
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
    def __init__(self, *processors: FrameProcessor, connection: Connection | None = None) -> None:
        self.session = BotSession(pacing=PACING, connection=connection)
        job = BotJob(session_id=uuid4(), tenant="acme", plan=make_plan())
        voice = Voice()
        stt, llm, self.tts = create_stt(SETTINGS, job), create_llm(SETTINGS, job), create_tts(SETTINGS, job)
        self.interview = InterviewProcessor(
            job.plan,
            stt=stt,
            llm=llm,
            voice=voice,
            pacing=PACING,
            relay=None,
            leave=self.session.end_gracefully,
        )
        self.worker = PipelineWorker(Pipeline([self.interview, voice, *processors]))
        self.interview.attach(
            self.worker, aggregators=LLMContextAggregatorPair(LLMContext()), latency=UserBotLatencyObserver()
        )

    async def run(self) -> None:
        async with asyncio.timeout(10):
            await self.session.run(self.worker, interview=self.interview, relay=None, tts=self.tts, handle_sigint=False)


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
