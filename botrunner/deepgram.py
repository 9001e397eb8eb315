"""Deepgram Nova, which is asked for its words as soon as the candidate's voice pauses.

Pipecat asks when 200 ms of silence count as an end, and takes the turn for transcribed when an answer with words in it
comes back; Deepgram has often said them by then, answers with nothing, and the turn waits for a time-out.

Protocol: developers.deepgram.com, "Finalize": all audio received so far is transcribed and returned with
`from_finalize`; `start` and `duration` say, in seconds of this connection's audio, how far the answer reaches.
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from deepgram.listen.v1.types import ListenV1Finalize, ListenV1Results
from loguru import logger
from pipecat.frames.frames import DataFrame, Frame, VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.deepgram.stt import DeepgramSTTService

from botrunner.voice_detection import LULL_SECONDS

#: How much of what was voiced an answer may leave out, in seconds: the two count in pieces of different length.
TOLERANCE_SECONDS = 0.05


@dataclass
class AllTranscribedFrame(DataFrame):
    """Every word up to the present silence has been handed on."""


class PromptDeepgramSTTService(DeepgramSTTService):
    """Pushes an AllTranscribedFrame once an answer to a Finalize reaches as far as the voice did."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._counted_on: object = None
        self._sent = 0.0
        #: Up to where there is a voice, in seconds of the connection's audio; infinite while somebody speaks.
        self._voiced_until = math.inf

    async def note_lull(self) -> None:
        """The voice pauses: ask for the words so far."""
        self._voiced_until = self._sent - LULL_SECONDS
        if self._connection:
            try:
                await self._connection.send_finalize(ListenV1Finalize(type="Finalize"))
            except Exception as error:
                # As when audio can't be sent: the line is made anew, and the end of the turn asks again.
                logger.warning(f"{self}: not asked for the words so far, {error}")

    async def note_voice(self) -> None:
        """The voice goes on: an answer that comes now does not have all the words."""
        self._voiced_until = math.inf

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, VADUserStartedSpeakingFrame):
            await self.note_voice()
        elif isinstance(frame, VADUserStoppedSpeakingFrame) and math.isinf(self._voiced_until):
            # No lull came before, as when a microphone is muted in mid-word.
            self._voiced_until = self._sent - frame.stop_secs
        await super().process_frame(frame, direction)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        if self._counted_on is not self._connection:
            self._counted_on, self._sent = self._connection, 0.0
        self._sent += len(audio) / 2 / self.sample_rate
        async for frame in super().run_stt(audio):
            yield frame

    async def _on_message(self, message: object) -> None:
        complete = False
        if isinstance(message, ListenV1Results) and message.from_finalize:
            complete = message.start + message.duration >= self._voiced_until - TOLERANCE_SECONDS
            if not complete:
                message = message.model_copy(update={"from_finalize": False})
        await super()._on_message(message)
        if complete:
            await self.push_frame(AllTranscribedFrame())
