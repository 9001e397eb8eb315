"""A processor of one's own: tells the candidate's page when an answer has taken half a minute.

The bot's own limits live in `botrunner/clock.py`; this shows where another processor would go.
"""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import BotStartedSpeakingFrame, Frame, UserStartedSpeakingFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.processors.frameworks.rtvi.frames import RTVIServerMessageFrame


class TimerProcessor(FrameProcessor):
    """Counts from the candidate's first word to the bot's next."""

    def __init__(self, seconds: float = 30.0) -> None:
        super().__init__()
        self._seconds = seconds
        self._running: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, UserStartedSpeakingFrame) and self._running is None:
            self._running = self.create_task(self._run_out())
        elif isinstance(frame, BotStartedSpeakingFrame):
            await self._stop()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await super().cleanup()
        await self._stop()

    async def _run_out(self) -> None:
        await asyncio.sleep(self._seconds)
        await self.push_frame(RTVIServerMessageFrame({"type": "example.time_over", "seconds": self._seconds}))

    async def _stop(self) -> None:
        if self._running is not None:
            running, self._running = self._running, None
            await self.cancel_task(running)
