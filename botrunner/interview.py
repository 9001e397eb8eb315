"""Where the interviewer meets the pipeline: frames become facts, and what it wants becomes frames.

`InterviewProcessor` stands between the user aggregator and the LLM. It holds back every `LLMContextFrame`
that would make the model reply; only when an answer may call for a follow-up does it send one of its own.
A frame can be dropped by an interruption, so the candidate's words are taken from the aggregator's events and
from RTVI's `send-text`, which can't.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.flows import FlowManager
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMContextFrame,
    LLMUpdateSettingsFrame,
    VADUserStartedSpeakingFrame,
)
from pipecat.observers.user_bot_latency_observer import LatencyBreakdown, MeasuredFrom, UserBotLatencyObserver
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    AssistantTurnStoppedMessage,
    LLMContextAggregatorPair,
    UserTurnMessageAddedMessage,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.processors.frameworks.rtvi.frames import RTVIClientMessageFrame, RTVISendTextFrame
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from botrunner.clock import Pacing
from botrunner.contract import (
    ClientMessageType,
    Contract,
    InterviewPlan,
    Modality,
    PlannedQuestion,
    PriorTurn,
    SummaryReady,
    TurnLatency,
)
from botrunner.flow import SAY_VERBATIM, closing_node, decision_context, question_node, role_message
from botrunner.interviewer import Interviewer
from botrunner.patience import Patience
from botrunner.playback import Playback
from botrunner.progress import Progress
from botrunner.relay import RelayClient
from botrunner.summary import summarise
from botrunner.voice import Voice


class InterviewProcessor(FrameProcessor):
    """Carries out what `Interviewer` wants, and tells it what happens. `attach` it once the worker exists."""

    def __init__(
        self,
        plan: InterviewPlan,
        *,
        stt: STTService,
        llm: LLMService[Any],
        voice: Voice,
        playback: Playback,
        pacing: Pacing,
        relay: RelayClient | None,
        leave: Callable[[], Awaitable[None]],
        tts: TTSService | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__()
        self.interviewer = Interviewer(plan, stage=self, pacing=pacing, patience=patience)
        self._plan = plan
        self._stt = stt
        self._llm = llm
        self._tts = tts
        self._voice = voice
        self._playback = playback
        self._pacing = pacing
        self._relay = relay
        self._leave = leave
        self._skip_tts = False
        self._spoken_to = False
        voice.on_undecided = self.interviewer.note_undecided

    def attach(
        self, worker: PipelineWorker, *, aggregators: LLMContextAggregatorPair, latency: UserBotLatencyObserver
    ) -> None:
        """Listen to the aggregators' turns and to the latency of each reply."""
        self._worker = worker
        self._aggregators = aggregators
        self._flow = FlowManager(worker=worker, llm=self._llm, context_aggregator=aggregators)

        async def say_verbatim(action: dict[str, Any], flow: FlowManager) -> None:
            await self.interviewer.say_prompt(action["text"])

        self._flow.register_action(SAY_VERBATIM, say_verbatim)

        @aggregators.user().event_handler("on_user_turn_message_added")
        async def on_user_turn(aggregator: object, message: UserTurnMessageAddedMessage) -> None:
            self.interviewer.note_words(
                message.content, modality=Modality.VOICE, started_at=_read_time(message.timestamp)
            )

        @aggregators.assistant().event_handler("on_assistant_turn_stopped")
        async def on_bot_turn(aggregator: object, message: AssistantTurnStoppedMessage) -> None:
            self.interviewer.note_bot_turn(
                message.content or "",
                modality=Modality.TEXT if self._voice.silent else Modality.VOICE,
                interrupted=message.interrupted,
                started_at=_read_time(message.timestamp),
            )

        @latency.event_handler("on_latency_breakdown")
        async def on_latency(observer: object, breakdown: LatencyBreakdown) -> None:
            if breakdown.measured_from is MeasuredFrom.USER_SILENCE:
                self.interviewer.note_event(_turn_latency(breakdown))

    async def conduct(self) -> None:
        """Hold the interview; returns when it is over."""
        await self._flow.initialize()
        await self.interviewer.run()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame) and direction is FrameDirection.DOWNSTREAM:
            # A typed message can ask for a reply in text; the setting surrounds the message it is meant for.
            self._voice.silent, self._spoken_to = self._skip_tts, True
            return
        if isinstance(frame, InterruptionFrame) and direction is FrameDirection.DOWNSTREAM:
            self._voice.expect_interruption()
        self._note(frame)
        await self.push_frame(frame, direction)

    def _note(self, frame: Frame) -> None:
        interviewer = self.interviewer
        match frame:
            case RTVISendTextFrame():
                interviewer.note_words(frame.text, modality=Modality.TEXT, started_at=datetime.now(UTC))
            case RTVIClientMessageFrame() if frame.type in list(ClientMessageType):
                interviewer.note_pressed(ClientMessageType(frame.type))
            case VADUserStartedSpeakingFrame():
                interviewer.note_voice()
            case InterruptionFrame():
                interviewer.note_interruption()
            case LLMConfigureOutputFrame():
                self._skip_tts = frame.skip_tts
                if not self._spoken_to:
                    self._voice.silent = frame.skip_tts

    def note_error(self, error: ErrorFrame) -> None:
        """A service failed: the interview goes on without it."""
        if error.processor is self._llm:
            self.interviewer.note_model_failed()
        elif error.processor is self._stt:
            self.interviewer.note_hearing_failed()
        elif error.processor is self._tts:
            self.interviewer.note_voice_failed()

    # --- Stage: what the interviewer wants done -------------------------------------------------------

    async def prepare(self) -> None:
        # What the transport configured on connection is to hold for the first word already.
        await self._worker.flush_pipeline()

    async def say(self, *texts: str) -> None:
        await self._voice.say(*texts)

    def heard_of(self, text: str) -> str:
        return self._playback.heard_of(text)

    async def emit(self, event: Contract) -> int | None:
        await self._worker.rtvi.send_server_message(event.model_dump(mode="json"))
        return self._relay.last_seq if self._relay else None

    async def wait_acked(self, seq: int, within: float) -> bool:
        return await self._relay.wait_acked(seq, within) if self._relay else True

    async def put_question(self, question: PlannedQuestion, prompt: str) -> None:
        node = question_node(
            question,
            prompt,
            ask_follow_up=self.interviewer.note_follow_up,
            accept_answer=self.interviewer.note_accepted,
        )
        await self._flow.set_node_from_config(node)

    async def put_closing(self) -> None:
        await self._flow.set_node_from_config(closing_node())

    async def ask_model(self, progress: Progress) -> None:
        context = self._aggregators.user().context
        async with asyncio.timeout(self._pacing.settle):
            while not _offers_tools(context):  # noqa: ASYNC110 - the first node's tools reach the context as frames do
                await asyncio.sleep(0.005)
        if progress.current:
            rules = LLMSettings(system_instruction=role_message(self._plan, progress.current))
            await self.push_frame(LLMUpdateSettingsFrame(delta=rules))
        await self.push_frame(LLMContextFrame(decision_context(progress, tools=context.tools)))

    async def end_turn(self) -> None:
        await self._aggregators.user().push_aggregation()
        await asyncio.sleep(0)  # the aggregator tells of them in a task of its own

    async def summarise(self, transcript: list[PriorTurn]) -> SummaryReady:
        # With nobody listening there is no reason to let the bot wait for a slow model.
        within = self._pacing.leave / 4 if self.interviewer.client_gone else self._pacing.summary
        return await summarise(transcript, plan=self._plan, llm=self._llm, within=within)

    async def leave(self) -> None:
        await self._leave()


def _offers_tools(context: LLMContext) -> bool:
    return isinstance(context.tools, ToolsSchema) and bool(context.tools.standard_tools)


def _turn_latency(breakdown: LatencyBreakdown) -> TurnLatency:
    parts: dict[str, float] = {}
    for part in breakdown.contributions:
        parts[part.key] = round(parts.get(part.key, 0.0) + part.duration_secs, 4)
    return TurnLatency(seconds=round(breakdown.total_secs, 4), parts=parts)


def _read_time(timestamp: str) -> datetime:
    """The aggregators' ISO timestamps; now when there is none."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
