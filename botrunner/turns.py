"""When a spoken turn is over: not while the candidate visibly thinks.

Smart turn hears whether a sentence sounds finished; the words tell when it can't be. What this takes, the judgement
and the words, is begun as soon as the voice pauses and is at hand when the silence counts as an end. Pipecat's other
ways were left aside: a completeness check by the model would stand between every answer and the next question, and an
eager end of turn needs a service that offers it (Flux, which brings its own strategies).
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
from pipecat.audio.turn.base_turn_analyzer import BaseTurnAnalyzer, EndOfTurnState
from pipecat.audio.turn.smart_turn.base_smart_turn import BaseSmartTurn, SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.vad_analyzer import VAD_STOP_SECS
from pipecat.frames.frames import Frame, TranscriptionFrame, VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
from pipecat.metrics.metrics import MetricsData
from pipecat.services.stt_service import STTService
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_stop import ExternalUserTurnStopStrategy, TurnAnalyzerUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from botrunner.clock import Pacing
from botrunner.deepgram import AllTranscribedFrame
from botrunner.patience import Patience
from botrunner.services import turn_strategies_of
from botrunner.voice_detection import LULL_SECONDS, LullListener, PromptVADAnalyzer

#: A lull that lasts this much longer is judged.
BREATH_SECONDS = 0.032


async def choose_turn_taking(
    stt: STTService, *, vad: PromptVADAnalyzer, pacing: Pacing, patience: Patience
) -> UserTurnStrategies:
    """How turns begin and end: as the speech service says where it does, else as the bot hears it."""
    if strategies := turn_strategies_of(stt):
        if [type(stop) for stop in strategies.stop or []] == [ExternalUserTurnStopStrategy]:
            strategies.stop = [PatientStopStrategy(patience=patience)]
        return strategies
    # Loading the model would stall the other bots of this process.
    analyzer = await asyncio.to_thread(ForesightedTurnAnalyzer, params=SmartTurnParams(stop_secs=pacing.thinking_pause))
    stop = ThinkingPauseStopStrategy(turn_analyzer=analyzer, patience=patience)
    vad.listeners = [analyzer, stop, *([stt] if isinstance(stt, LullListener) else [])]
    return UserTurnStrategies(stop=[stop])


class Foresight(BaseSmartTurn):
    """Judges in a lull already what it will be asked when the lull lasts, for a judgement takes a tenth of a second.

    Half the lulls are over a moment later, and a judgement of those would be the other bots' time. The model knows
    sentences with 200 ms of silence behind them, so what is missing of it is added.
    """

    _foreseen: asyncio.Task[tuple[EndOfTurnState, MetricsData | None]] | None = None

    async def cleanup(self) -> None:
        self._forget()
        await super().cleanup()

    async def note_lull(self) -> None:
        self._forget()
        self._foreseen = asyncio.create_task(self._foresee())

    async def note_voice(self) -> None:
        self._forget()

    def clear(self) -> None:
        super().clear()
        self._forget()

    async def analyze_end_of_turn(self) -> tuple[EndOfTurnState, MetricsData | None]:
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is None:
            return await super().analyze_end_of_turn()
        state, result = await foreseen
        if state is EndOfTurnState.COMPLETE:
            self.clear()
        return state, result

    async def _foresee(self) -> tuple[EndOfTurnState, MetricsData | None]:
        await asyncio.sleep(BREATH_SECONDS)
        missing = np.zeros(int((VAD_STOP_SECS - LULL_SECONDS - BREATH_SECONDS) * self.sample_rate), np.int16)
        heard = [*self._audio_buffer, (time.monotonic(), missing)]
        return await asyncio.get_running_loop().run_in_executor(
            self._model_executor, self._process_speech_segment, heard
        )

    def _forget(self) -> None:
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None:
            foreseen.cancel()


class ForesightedTurnAnalyzer(Foresight, LocalSmartTurnAnalyzerV3):
    """Smart turn with foresight."""


class ThinkingPauseStopStrategy(TurnAnalyzerUserTurnStopStrategy):
    """Ends a turn as its base does, but not before the silence has lasted as long as `patience` gives its words.

    An AllTranscribedFrame is as good as a last transcript: an answer whose words are all in is not kept waiting.
    """

    def __init__(self, *, turn_analyzer: BaseTurnAnalyzer, patience: Patience, **kwargs: Any) -> None:
        super().__init__(turn_analyzer=turn_analyzer, **kwargs)
        self._patience = patience
        self._said = ""  # in this turn, where the base keeps the last of it
        self._silent_since = 0.0
        self._quiet = False
        self._waiting: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        result = await super().process_frame(frame)
        if isinstance(frame, AllTranscribedFrame) and self._quiet:
            self._transcript_finalized = True
            await self._maybe_trigger_user_turn_stopped()
        return result

    async def note_lull(self) -> None:
        self._quiet = True

    async def note_voice(self) -> None:
        self._quiet = False
        self._transcript_finalized = False

    async def trigger_user_turn_stopped(self, *, enable_user_speaking_frames: bool | None = None) -> None:
        left = self._silent_since + self._patience.silence_after(self._said) - time.monotonic()
        if left <= 0:
            await super().trigger_user_turn_stopped(enable_user_speaking_frames=enable_user_speaking_frames)
        elif self._waiting is None:
            self._waiting = self.task_manager.create_task(self._end_after(left), f"{self}::thinking_pause")

    async def cleanup(self) -> None:
        await super().cleanup()
        await self._stop_waiting()

    async def _handle_transcription(self, frame: TranscriptionFrame) -> None:
        self._said = f"{self._said} {frame.text}"
        await super()._handle_transcription(frame)

    async def _reset(self) -> None:
        await super()._reset()
        self._said = ""

    async def _handle_vad_user_stopped_speaking(self, frame: VADUserStoppedSpeakingFrame) -> None:
        self._silent_since = time.monotonic()
        self._quiet = True
        await super()._handle_vad_user_stopped_speaking(frame)

    async def _handle_vad_user_started_speaking(self, frame: VADUserStartedSpeakingFrame) -> None:
        self._quiet = False
        await super()._handle_vad_user_started_speaking(frame)

    async def _discard_pending_end_of_turn(self) -> None:
        await super()._discard_pending_end_of_turn()
        await self._stop_waiting()

    async def _end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._waiting = None
        self._patience.note_waited_in_vain(self._said)
        await super().trigger_user_turn_stopped()

    async def _stop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            await self.task_manager.cancel_task(waiting)


class PatientStopStrategy(ExternalUserTurnStopStrategy):
    """Ends turns when the speech service says so, and the seconds later that `patience` gives the words.

    What comes in them belongs to the turn.
    """

    def __init__(self, *, patience: Patience, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._patience = patience
        self._said = ""
        self._waiting: asyncio.Task[None] | None = None

    async def trigger_user_turn_stopped(self, *, enable_user_speaking_frames: bool | None = None) -> None:
        seconds = self._patience.silence_after(self._said)
        if not seconds:
            await super().trigger_user_turn_stopped(enable_user_speaking_frames=enable_user_speaking_frames)
        elif self._waiting is None:
            self._waiting = self.task_manager.create_task(
                self._end_after(seconds, enable_user_speaking_frames), f"{self}::thinking_pause"
            )

    async def cleanup(self) -> None:
        await super().cleanup()
        await self._stop_waiting()

    async def _handle_user_started_speaking(self, *, announced_elsewhere: bool) -> None:
        await self._stop_waiting()
        await super()._handle_user_started_speaking(announced_elsewhere=announced_elsewhere)

    async def _handle_transcription(self, frame: TranscriptionFrame) -> None:
        await super()._handle_transcription(frame)
        self._said = f"{self._said} {frame.text}"

    async def _reset(self) -> None:
        await super()._reset()
        self._said = ""
        await self._stop_waiting()

    async def _end_after(self, seconds: float, enable_user_speaking_frames: bool | None) -> None:
        await asyncio.sleep(seconds)
        self._waiting = None
        self._patience.note_waited_in_vain(self._said)
        await super().trigger_user_turn_stopped(enable_user_speaking_frames=enable_user_speaking_frames)

    async def _stop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            await self.task_manager.cancel_task(waiting)
