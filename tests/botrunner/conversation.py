"""A bot without ears and mouth: the real pipeline from the interviewer to the model and back, in writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pipecat.observers.user_bot_latency_observer import UserBotLatencyObserver
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair

from botrunner.clock import Pacing
from botrunner.contract import BotJob, InterviewPlan, Modality
from botrunner.interview import InterviewProcessor
from botrunner.playback import Playback
from botrunner.rtvi import RelayedRTVI
from botrunner.services import ProviderSettings, create_llm, create_stt, create_tts
from botrunner.session import BotSession
from botrunner.timer import TimerProcessor
from botrunner.voice import Voice

PACING = Pacing(client_ready=0.1, leave=2, drain=0.2, settle=0.05, goodbye=2, decision=2, tick=0.02)


class Conversation:
    """`messages` are all RTVI messages the bot sent."""

    def __init__(self, plan: InterviewPlan, *, sandbox_url: str) -> None:
        job = BotJob(session_id=uuid4(), tenant="acme", plan=plan, services={"tts": "deepgram-aura"})
        settings = ProviderSettings(sandbox_url=sandbox_url)
        self.messages: list[dict[str, Any]] = []
        self.session = BotSession(pacing=PACING)
        self.tts = create_tts(settings, job)
        voice, llm, aggregators = Voice(), create_llm(settings, job), LLMContextAggregatorPair(LLMContext())
        voice.silent = True
        self.interview = InterviewProcessor(
            plan,
            stt=create_stt(settings, job),
            llm=llm,
            voice=voice,
            playback=Playback(),
            pacing=PACING,
            relay=None,
            leave=self.session.end_gracefully,
        )
        timer = TimerProcessor(self.interview.interviewer, tick=PACING.tick)
        pipeline = Pipeline([aggregators.user(), timer, self.interview, llm, voice, aggregators.assistant()])
        self.worker = PipelineWorker(
            pipeline,
            params=PipelineParams(enable_metrics=True, enable_usage_metrics=True),
            rtvi_processor=RelayedRTVI(tap=self.messages.append, voice=voice),
        )
        self.interview.attach(self.worker, aggregators=aggregators, latency=UserBotLatencyObserver())

    async def run(self) -> None:
        await self.session.run(self.worker, interview=self.interview, relay=None, tts=self.tts, handle_sigint=False)

    def type(self, text: str) -> None:
        self.interview.interviewer.note_words(text, modality=Modality.TEXT, started_at=datetime.now(UTC))

    def events(self, type: str) -> list[dict[str, Any]]:
        sent = [message["data"] for message in self.messages if message["type"] == "server-message"]
        return [event for event in sent if event["type"] == type]

    def said(self) -> list[str]:
        """What the bot said, turn by turn."""
        return [turn["text"] for turn in self.events("turn.added") if turn["role"] == "bot"]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(50):
            while not condition():  # noqa: ASYNC110 - what is waited for is not an event
                await asyncio.sleep(0.01)

    async def asked(self, index: int) -> None:
        """Wait until question `index`, from 1, has been put."""
        await self.until(lambda: any(event["index"] == index for event in self.events("question.started")))


@asynccontextmanager
async def hold(plan: InterviewPlan, *, sandbox_url: str) -> AsyncIterator[Conversation]:
    conversation = Conversation(plan, sandbox_url=sandbox_url)
    conversation.session.note_client_ready()
    running = asyncio.create_task(conversation.run())
    try:
        yield conversation
    finally:
        conversation.session.abandon(1000)
        await running
