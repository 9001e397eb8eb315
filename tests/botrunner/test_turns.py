"""A pause in mid-sentence is waited out, a finished answer is not kept waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from pipecat.audio.turn.base_turn_analyzer import BaseTurnAnalyzer, BaseTurnParams, EndOfTurnState
from pipecat.frames.frames import TranscriptionFrame, VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
from pipecat.metrics.metrics import MetricsData
from pipecat.turns.user_stop import BaseUserTurnStopStrategy
from pipecat.utils.asyncio.task_manager import TaskManager, TaskManagerParams

from botrunner.turns import ThinkingPauseStopStrategy, is_unfinished


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [
        ("", False),
        ("I run databases.", False),
        ("I run databases", False),
        ("Is that so?", False),
        ("I run databases and", True),
        ("I run databases, um", True),
        ("I run databases,", True),
        ("There were three of us...", True),
        ("Ich habe das gemacht, weil", True),
        ("Ich habe das gemacht.", False),
        ("Lo hice porque", True),
        ("J'ai fait ça parce", True),
        ("मैंने यह किया क्योंकि", True),
        ("मैंने यह किया।", False),
        ("That is what I was thinking of.", False),
    ],
)
def test_words_tell_whether_more_must_come(text: str, unfinished: bool) -> None:
    assert is_unfinished(text) is unfinished


class Sure(BaseTurnAnalyzer):
    """Takes every silence for the end."""

    @property
    def speech_triggered(self) -> bool:
        return False

    @property
    def params(self) -> BaseTurnParams:
        return BaseTurnParams()

    def append_audio(self, buffer: bytes, is_speech: bool) -> EndOfTurnState:
        return EndOfTurnState.INCOMPLETE

    async def analyze_end_of_turn(self) -> tuple[EndOfTurnState, MetricsData | None]:
        return EndOfTurnState.COMPLETE, None

    def clear(self) -> None:
        pass


class Turn:
    def __init__(self, strategy: ThinkingPauseStopStrategy) -> None:
        self.strategy = strategy
        self.over = asyncio.Event()

        @strategy.event_handler("on_user_turn_stopped")
        async def on_stopped(strategy: BaseUserTurnStopStrategy, *arguments: object) -> None:
            self.over.set()

    async def say(self, text: str) -> None:
        await self.strategy.process_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
        await self.strategy.process_frame(VADUserStoppedSpeakingFrame(stop_secs=0.2, timestamp=time.time()))
        heard = TranscriptionFrame(text=text, user_id="", timestamp="", finalized=True)
        await self.strategy.process_frame(heard)
        await asyncio.sleep(0.05)


@pytest.fixture
async def turn() -> AsyncIterator[Turn]:
    strategy = ThinkingPauseStopStrategy(turn_analyzer=Sure(), unfinished_pause=0.5)
    tasks = TaskManager()
    tasks.setup(TaskManagerParams(loop=asyncio.get_running_loop()))
    strategy._task_manager = tasks
    yield Turn(strategy)
    await strategy.cleanup()


async def test_a_finished_answer_ends_the_turn_at_once(turn: Turn) -> None:
    await turn.say("I run databases.")
    assert turn.over.is_set()


async def test_an_unfinished_one_ends_it_after_a_long_pause(turn: Turn) -> None:
    await turn.say("I run databases and")
    assert not turn.over.is_set()
    await asyncio.wait_for(turn.over.wait(), 5)


async def test_going_on_after_the_pause_keeps_the_turn_open(turn: Turn) -> None:
    await turn.say("I run databases and")
    await turn.strategy.process_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
    await asyncio.sleep(0.7)
    assert not turn.over.is_set()
    await turn.say("look after the backups.")
    assert turn.over.is_set()
