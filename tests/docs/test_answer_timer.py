"""The processor that docs/services.md shows."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from pipecat.frames.frames import BotStartedSpeakingFrame, Frame, UserStartedSpeakingFrame
from pipecat.processors.frameworks.rtvi.frames import RTVIServerMessageFrame
from pipecat.tests.utils import SleepFrame, run_test

EXAMPLE = Path(__file__).parents[2] / "docs/examples/answer_timer.py"


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ([UserStartedSpeakingFrame(), SleepFrame(0.4)], 1),
        ([UserStartedSpeakingFrame(), SleepFrame(0.1), UserStartedSpeakingFrame(), SleepFrame(0.4)], 1),
        ([UserStartedSpeakingFrame(), SleepFrame(0.05), BotStartedSpeakingFrame(), SleepFrame(0.4)], 0),
        ([SleepFrame(0.4)], 0),
    ],
    ids=["a long answer", "a pause in it", "a short answer", "nothing said"],
)
async def test_an_answers_time_is_told_once_when_it_is_over(frames: list[Frame], told: int) -> None:
    timer: Any = run_path(str(EXAMPLE))["TimerProcessor"](seconds=0.2)
    down, _ = await run_test(timer, frames_to_send=frames)
    messages = [frame.data for frame in down if isinstance(frame, RTVIServerMessageFrame)]
    assert messages == [{"type": "example.time_over", "seconds": 0.2}] * told
