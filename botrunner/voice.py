"""The bot's one mouth: speaks the interview's words, and lets nothing through that a model wrote.

Stands between the LLM and the TTS. What the model may do is call a tool; its text is dropped here, whether
or not a tool call comes with it. A response without a tool call, or with one of a tool there is not, is reported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from pipecat.frames.frames import (
    Frame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    StartFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

#: An interruption passes a model in milliseconds, and one that hangs is not waited for.
INTERRUPTION_SECONDS = 2.0


class Voice(FrameProcessor):
    """`on_undecided` is awaited when a model's response ends without a call of one of the tools.

    What is to be said after an interruption waits until that has come by, or it would be taken back with what was
    said before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.silent = False
        self.on_undecided: Callable[[], Awaitable[None]] | None = None
        self._started = asyncio.Event()
        self._uninterrupted = asyncio.Event()
        self._uninterrupted.set()
        self._decided = False

    async def say(self, *texts: str) -> None:
        """Speak the texts in order, each an utterance of its own; silent sessions get them as text."""
        await self._started.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(INTERRUPTION_SECONDS):
                await self._uninterrupted.wait()
        if not self.silent:
            for text in texts:
                await self.push_frame(TTSSpeakFrame(text))
            return
        words = [LLMTextFrame(text if index == 0 else f" {text}") for index, text in enumerate(texts)]
        response: list[LLMFullResponseStartFrame | LLMTextFrame | LLMFullResponseEndFrame]
        response = [LLMFullResponseStartFrame(), *words, LLMFullResponseEndFrame()]
        for frame in response:
            frame.skip_tts = True
            await self.push_frame(frame)

    def expect_interruption(self) -> None:
        """An interruption is on its way down here."""
        self._uninterrupted.clear()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMFullResponseStartFrame):
            self._decided = False
        elif isinstance(frame, LLMTextFrame):
            pass
        elif isinstance(frame, LLMContextFrame) and direction is FrameDirection.UPSTREAM:
            # A call of a tool there is not would run the model again, on all that was said so far.
            await self._report_undecided()
        elif isinstance(frame, LLMFullResponseEndFrame):
            if not self._decided:
                await self._report_undecided()
        else:
            self._decided = self._decided or isinstance(frame, FunctionCallsStartedFrame)
            await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._started.set()
        elif isinstance(frame, InterruptionFrame):
            self._uninterrupted.set()

    async def _report_undecided(self) -> None:
        if self.on_undecided:
            await self.on_undecided()
