"""The bot's one mouth."""

from __future__ import annotations

from pipecat.frames.frames import Frame, InterruptionFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import SleepFrame, run_test

from botrunner.voice import Voice


class BusyModel(FrameProcessor):
    """Lets an interruption pass only after the voice was told to speak again, as on a busy machine."""

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self._voice = voice

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._voice.expect_interruption()
            self.create_task(self._voice.say("What do you do?"))
            self.create_task(self._pass_on(frame))
        else:
            await self.push_frame(frame, direction)

    async def _pass_on(self, frame: Frame) -> None:
        await self.push_frame(frame)


async def test_what_is_said_after_an_interruption_does_not_overtake_it() -> None:
    voice = Voice()
    down, _ = await run_test(Pipeline([BusyModel(voice), voice]), frames_to_send=[InterruptionFrame(), SleepFrame(0.5)])
    kinds = [type(frame) for frame in down if isinstance(frame, (InterruptionFrame, TTSSpeakFrame))]
    assert kinds == [InterruptionFrame, TTSSpeakFrame]
