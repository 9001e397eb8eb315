"""The timer of the pipeline: time passes whatever else does, and who speaks is known."""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import BotStartedSpeakingFrame, UserStartedSpeakingFrame, UserStoppedSpeakingFrame
from pipecat.tests.utils import SleepFrame, run_test

from botrunner.timer import TimerProcessor


class Listener:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.ticks = 0

    def note_tick(self) -> None:
        self.ticks += 1

    def note_candidate_started(self) -> None:
        self.told.append("candidate started")

    def note_candidate_stopped(self) -> None:
        self.told.append("candidate stopped")

    def note_bot_started(self) -> None:
        self.told.append("bot started")


async def test_it_ticks_and_tells_who_speaks() -> None:
    listener = Listener()
    timer = TimerProcessor(listener, tick=0.01)  # type: ignore[arg-type]
    frames = [UserStartedSpeakingFrame(), UserStoppedSpeakingFrame(), BotStartedSpeakingFrame()]
    async with asyncio.timeout(10):
        down, _ = await run_test(timer, frames_to_send=[*frames, SleepFrame(sleep=0.3)])
    assert listener.told == ["candidate started", "candidate stopped", "bot started"]
    assert [type(frame) for frame in down] == [type(frame) for frame in frames]
    assert listener.ticks > 1
    ticks = listener.ticks
    await asyncio.sleep(0.05)
    assert listener.ticks == ticks
