"""A whole bot but for its ears: voice and words come in as the frames that they become, in the order a test wants.

Turns are told apart as in bot.py. What the bot says is synthesised by gTTS against the sandbox and goes out through a
real output transport, to a loudspeaker that is faster than life and can be stopped at any moment of the speech.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pipecat.frames.frames import (
    Frame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.observers.user_bot_latency_observer import UserBotLatencyObserver
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from botrunner.clock import Pacing
from botrunner.contract import RTVI_LABEL, BotJob, ClientMessageType, InterviewPlan
from botrunner.interview import InterviewProcessor
from botrunner.patience import Patience
from botrunner.playback import Playback
from botrunner.rtvi import RelayedRTVI
from botrunner.services import ProviderSettings, create_llm, create_stt, create_tts
from botrunner.session import BotSession
from botrunner.timer import TimerProcessor
from botrunner.turns import ThinkingPauseStopStrategy
from botrunner.voice import Voice
from tests.botrunner.test_turns import Sure

PACING = Pacing(client_ready=0.1, leave=2, drain=0.2, settle=0.1, goodbye=5, decision=2, tick=0.02)
SPEED = 20


class Loudspeaker(BaseOutputTransport):
    """Plays `speed` times as fast as life. At `stop_at` seconds it sets `stopped`, and plays on when interrupted."""

    def __init__(self) -> None:
        super().__init__(TransportParams(audio_out_enabled=True))
        self.speed = SPEED
        self.stop_at: float | None = None
        self.stopped = asyncio.Event()
        self.played = 0.0
        self._interrupted = asyncio.Event()

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        seconds = len(frame.audio) / 2 / frame.sample_rate
        self.played += seconds
        if self.stop_at is not None and self.played > self.stop_at:
            self.stop_at = None
            self.stopped.set()
            await self._interrupted.wait()
        await asyncio.sleep(seconds / self.speed)
        return True

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._interrupted.set()


class SpokenInterview:
    """`messages` are all RTVI messages the bot sent."""

    def __init__(self, plan: InterviewPlan, *, sandbox_url: str, cache: str, pacing: Pacing) -> None:
        job = BotJob(session_id=uuid4(), tenant="acme", plan=plan)
        settings = ProviderSettings(sandbox_url=sandbox_url, tts_cache_dir=cache)
        self.messages: list[dict[str, Any]] = []
        self.loudspeaker = Loudspeaker()
        self.session = BotSession(pacing=pacing)
        self.tts = create_tts(settings, job)
        self.playback = playback = Playback()
        voice, llm = Voice(), create_llm(settings, job)
        patience = Patience(pacing)
        aggregators = LLMContextAggregatorPair(
            LLMContext(),
            user_params=LLMUserAggregatorParams(
                user_turn_strategies=UserTurnStrategies(
                    stop=[ThinkingPauseStopStrategy(turn_analyzer=Sure(), patience=patience)]
                ),
                user_turn_stop_timeout=pacing.unfinished_pause + 2,
                empty_user_turn=None,
            ),
        )
        self.interview = InterviewProcessor(
            plan,
            stt=create_stt(settings, job),
            llm=llm,
            voice=voice,
            playback=playback,
            pacing=pacing,
            relay=None,
            leave=self.session.end_gracefully,
        )
        timer = TimerProcessor(self.interview.interviewer, tick=pacing.tick)
        thinking = [aggregators.user(), timer, self.interview, llm]
        aloud = [playback.before(), self.loudspeaker, playback.after()]
        parts = [*thinking, voice, self.tts, *aloud, aggregators.assistant()]
        self.worker = PipelineWorker(Pipeline(parts), rtvi_processor=RelayedRTVI(tap=self.messages.append, voice=voice))
        self.interview.attach(self.worker, aggregators=aggregators, latency=UserBotLatencyObserver())

    async def run(self) -> None:
        await self.session.run(self.worker, interview=self.interview, relay=None, tts=self.tts, handle_sigint=False)

    # --- What the candidate does ------------------------------------------------------------------------

    async def begin_voice(self) -> None:
        await self.worker.queue_frame(VADUserStartedSpeakingFrame(start_secs=0.2))

    async def end_voice(self) -> None:
        await self.worker.queue_frame(VADUserStoppedSpeakingFrame(stop_secs=0.2, timestamp=time.time()))

    async def hear(self, text: str) -> None:
        """Words come from speech to text."""
        now = datetime.now(UTC).isoformat()
        await self.worker.queue_frame(TranscriptionFrame(text=text, user_id="", timestamp=now, finalized=True))

    async def send(self, type: str, data: dict[str, Any]) -> None:
        """The candidate's page sends an RTVI message."""
        message = {"label": RTVI_LABEL, "type": type, "id": "1", "data": data}
        await self.worker.queue_frame(InputTransportMessageFrame(message=message))

    async def press(self, button: ClientMessageType) -> None:
        await self.send("client-message", {"t": button.value, "d": None})

    async def type(self, text: str) -> None:
        await self.send("send-text", {"content": text, "options": {"run_immediately": True, "audio_response": False}})

    async def say(self, text: str) -> None:
        await self.begin_voice()
        await asyncio.sleep(0.1)
        await self.end_voice()
        await self.hear(text)

    # --- What comes of it -------------------------------------------------------------------------------

    def events(self, type: str) -> list[dict[str, Any]]:
        sent = [message["data"] for message in self.messages if message["type"] == "server-message"]
        return [event for event in sent if event["type"] == type]

    def said(self) -> list[str]:
        """What the bot said, as far as it was heard, turn by turn."""
        return [turn["text"] for turn in self.events("turn.added") if turn["role"] == "bot"]

    def answers(self) -> list[str]:
        """The answers by question; what came last counts."""
        return list({answer["question_id"]: answer["text"] for answer in self.events("answer.accepted")}.values())

    async def until(self, condition: Callable[[], object], *, within: float = 60) -> None:
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - what is waited for is not an event
                await asyncio.sleep(0.01)

    async def asked(self, index: int) -> None:
        """Wait until question `index`, from 1, has been heard."""
        await self.until(lambda: any(event["index"] == index for event in self.events("question.started")))
        text = self.interview.interviewer.progress.plan.questions[index - 1].text
        await self.until(lambda: text in self.said())


@asynccontextmanager
async def interview(
    plan: InterviewPlan, *, sandbox_url: str, cache: str, pacing: Pacing = PACING, aloud: bool = False
) -> AsyncIterator[SpokenInterview]:
    """Hold the interview, in writing on the bot's side unless `aloud`."""
    talk = SpokenInterview(plan, sandbox_url=sandbox_url, cache=cache, pacing=pacing)
    running = asyncio.create_task(talk.run())
    await talk.worker.queue_frame(LLMConfigureOutputFrame(skip_tts=not aloud))
    talk.session.note_client_ready()
    try:
        yield talk
    finally:
        talk.session.abandon(1000)
        await running
