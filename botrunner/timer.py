"""The interview's time as a part of the pipeline.

Time is counted from what happens there, who speaks and who does not, so neither the model nor a busy moment can hold
it up: the limits of the questions and of the interview, their warnings, and what follows silence.
"""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    StartFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from botrunner.interviewer import Interviewer


class TimerProcessor(FrameProcessor):
    """Tells the interviewer who speaks, and every `tick` seconds to look at its clock.

    Stands before the interview, so that a voice is noted before the interruption that it causes.
    """

    def __init__(self, interviewer: Interviewer, *, tick: float) -> None:
        super().__init__(enable_direct_mode=True)
        self._interviewer = interviewer
        self._tick = tick
        self._ticking: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case StartFrame():
                self._ticking = self.create_task(self._keep_ticking())
            case UserStartedSpeakingFrame():
                self._interviewer.note_candidate_started()
            case UserStoppedSpeakingFrame():
                self._interviewer.note_candidate_stopped()
            case BotStartedSpeakingFrame():
                self._interviewer.note_bot_started()
            case BotStoppedSpeakingFrame():
                self._interviewer.note_bot_stopped()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await super().cleanup()
        if self._ticking is not None:
            await self.cancel_task(self._ticking)

    async def _keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            self._interviewer.note_tick()
