"""Notices speech that nobody transcribes.

A connection to a speech service can be open and dead: nothing fails, and the candidate talks to nobody. The voice
detection runs in the bot itself, so voice without a word of text is what gives it away.
"""

from __future__ import annotations

import asyncio
import time

from loguru import logger
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.stt_service import STTService
from pipecat.utils.errors import ErrorCategory

#: Words follow a voice within about a second where all is well.
PATIENCE_SECONDS = 6.0
#: Less voice than this is a cough, which has no words.
VOICE_SECONDS = 1.5


def hang_up(stt: STTService) -> None:
    """Drop the service's line; it connects anew by itself, as after any lost connection.

    Pipecat has no way to say it, and its own reconnecting says goodbye first, to which a dead line never answers.
    """
    socket = getattr(stt, "_websocket", None) or getattr(getattr(stt, "_connection", None), "_websocket", None)
    if socket is not None:
        socket.transport.abort()


class HearingWatch(FrameProcessor):
    """Stands after the speech to text service, whose failure it reports; the service is then connected anew.

    Reported is voice of `voice` seconds in all within `patience` seconds, none of which led to any text.
    """

    def __init__(self, stt: STTService, *, patience: float = PATIENCE_SECONDS, voice: float = VOICE_SECONDS) -> None:
        super().__init__(enable_direct_mode=True)
        self._stt = stt
        self._patience = patience
        self._least_voice = voice
        self._voice = 0.0
        self._speaking_since: float | None = None
        self._unheard_since: float | None = None
        self._waiting: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._speaking_since = time.monotonic()
            if self._unheard_since is None:
                self._unheard_since = self._speaking_since
            if self._waiting is None:
                self._waiting = self.create_task(self._wait_for_words())
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._count_voice()
            self._speaking_since = None
        elif isinstance(frame, (TranscriptionFrame, InterimTranscriptionFrame)):
            self._begin_anew()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await super().cleanup()
        if self._waiting is not None:
            await self.cancel_task(self._waiting)

    async def _wait_for_words(self) -> None:
        while self._unheard_since is not None:
            left = self._unheard_since + self._patience - time.monotonic()
            if left > 0:
                await asyncio.sleep(left)
                continue
            self._count_voice()
            voice = self._voice
            self._begin_anew()
            if voice >= self._least_voice:
                await self._report(voice)
        self._waiting = None

    async def _report(self, voice: float) -> None:
        logger.warning(f"{self}: {voice:.1f} s of voice and not a word of text, connecting {self._stt} anew")
        sentence = "Speech is not understood at the moment."
        await self.push_error_frame(ErrorFrame(sentence, processor=self._stt, category=ErrorCategory.CONNECTIVITY))
        hang_up(self._stt)

    def _count_voice(self) -> None:
        if self._speaking_since is not None:
            now = time.monotonic()
            self._voice += now - self._speaking_since
            self._speaking_since = now

    def _begin_anew(self) -> None:
        """What was said so far is dealt with; what is being said counts from now."""
        self._voice = 0.0
        if self._speaking_since is not None:
            self._speaking_since = time.monotonic()
        self._unheard_since = self._speaking_since
