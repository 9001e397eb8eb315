"""A pause in mid-sentence is waited out, a finished answer is not kept waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from pipecat.audio.turn.base_turn_analyzer import BaseTurnAnalyzer, BaseTurnParams, EndOfTurnState
from pipecat.frames.frames import (
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    STTMetadataFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import MetricsData
from pipecat.turns.user_stop import BaseUserTurnStopStrategy, EagerUserTurnStopStrategy
from pipecat.utils.asyncio.task_manager import TaskManager, TaskManagerParams

from botrunner.clock import Pacing
from botrunner.contract import BotJob
from botrunner.deepgram import AllTranscribedFrame
from botrunner.patience import Patience
from botrunner.sandbox.voice import speak_pcm
from botrunner.services import ProviderSettings, create_stt
from botrunner.turns import (
    BREATH_SECONDS,
    ForesightedTurnAnalyzer,
    PatientStopStrategy,
    ThinkingPauseStopStrategy,
    choose_turn_taking,
)
from botrunner.voice_detection import PromptVADAnalyzer
from tests.botrunner.plans import make_plan

pytestmark = pytest.mark.virtual_time


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

    async def seconds(self) -> float:
        """How long the turn goes on, from now."""
        began = time.monotonic()
        async with asyncio.timeout(60):
            await self.over.wait()
        return time.monotonic() - began

    async def begin(self) -> None:
        """The next one."""
        await self.strategy.handle_user_turn_stopped()
        await self.strategy.handle_user_turn_started()
        self.over.clear()


@pytest.fixture
def patience() -> Patience:
    """Of words with full stops; the longest pause is 8 s."""
    return Patience(Pacing(unfinished_pause=8, thinking_pause=4, cautious_pause=2), punctuated=True)


@pytest.fixture
async def turn(patience: Patience) -> AsyncIterator[Turn]:
    strategy = ThinkingPauseStopStrategy(turn_analyzer=Sure(), patience=patience)
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
    assert await turn.seconds() == pytest.approx(8, abs=0.1)


async def test_one_without_its_full_stop_is_unfinished(turn: Turn) -> None:
    await turn.say("I worked for three years")
    assert await turn.seconds() == pytest.approx(8, abs=0.1)


async def test_who_was_waited_for_in_vain_is_not_waited_for_as_long_again(turn: Turn) -> None:
    for seconds in (8, 4, 4):
        await turn.say("I worked for three years")
        assert await turn.seconds() == pytest.approx(seconds, abs=0.1)
        await turn.begin()


async def test_a_pause_that_was_used_is_given_again(turn: Turn) -> None:
    await turn.say("I worked for three years")
    await asyncio.sleep(6)
    await turn.say("at a bank")
    await asyncio.sleep(6)
    assert not turn.over.is_set()
    await turn.say("in Leeds.")
    assert turn.over.is_set()


async def test_an_answer_too_short_for_its_question_goes_on_over_full_stops_as_all_its_words_count(
    turn: Turn, patience: Patience
) -> None:
    patience.words_missing = lambda: 12
    await turn.say("I led a team of four.")
    await asyncio.sleep(7)
    assert not turn.over.is_set()
    await turn.say("We built a payment service.")
    assert turn.over.is_set()
    await turn.begin()
    await turn.say("I led a team of four.")  # the last turn's words do not count for it
    assert await turn.seconds() == pytest.approx(8, abs=0.1)


async def test_who_was_talked_over_is_left_a_moment_and_then_a_longer_one(turn: Turn, patience: Patience) -> None:
    for seconds in (2, 4, 4):
        patience.note_talked_over()
        await turn.say("I run databases.")
        assert await turn.seconds() == pytest.approx(seconds, abs=0.1)
        await turn.begin()


async def test_going_on_after_the_pause_keeps_the_turn_open(turn: Turn) -> None:
    await turn.say("I run databases and")
    await turn.strategy.process_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
    await asyncio.sleep(10)
    assert not turn.over.is_set()
    await turn.say("look after the backups.")
    assert turn.over.is_set()


STOPPED = VADUserStoppedSpeakingFrame(stop_secs=0.2, timestamp=0)


def words(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text=text, user_id="", timestamp="")


async def test_words_that_are_all_in_end_the_turn_as_the_voice_stops(turn: Turn) -> None:
    await turn.strategy.process_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
    await turn.strategy.note_lull()
    await turn.strategy.process_frame(words("I run databases."))
    await turn.strategy.process_frame(AllTranscribedFrame())
    assert not turn.over.is_set()
    await turn.strategy.process_frame(STOPPED)
    await asyncio.sleep(0)
    assert turn.over.is_set()


async def test_a_breath_makes_them_not_all(turn: Turn) -> None:
    stt_takes_a_second = STTMetadataFrame(service_name="", ttfs_p99_latency=1.0)
    await turn.strategy.process_frame(stt_takes_a_second)
    await turn.strategy.process_frame(VADUserStartedSpeakingFrame(start_secs=0.2))
    await turn.strategy.note_lull()
    await turn.strategy.process_frame(words("I run databases."))
    await turn.strategy.process_frame(AllTranscribedFrame())
    await turn.strategy.note_voice()
    await turn.strategy.process_frame(AllTranscribedFrame())
    await turn.strategy.process_frame(VADUserStoppedSpeakingFrame(stop_secs=0.2, timestamp=time.time()))
    await asyncio.sleep(0.05)
    assert not turn.over.is_set()
    await turn.strategy.process_frame(AllTranscribedFrame())
    assert turn.over.is_set()


@pytest.fixture
async def analyzer() -> AsyncIterator[ForesightedTurnAnalyzer]:
    analyzer = ForesightedTurnAnalyzer(sample_rate=16_000)
    analyzer.set_sample_rate(16_000)
    yield analyzer
    await analyzer.cleanup()


def hear(analyzer: ForesightedTurnAnalyzer, pcm: bytes, *, voice: bool) -> None:
    for start in range(0, len(pcm), 640):
        analyzer.append_audio(pcm[start : start + 640], voice)


@pytest.mark.parametrize("text", ["I have led a team of four engineers.", "I have led a team, and"])
async def test_what_is_foreseen_in_a_lull_is_what_is_found_at_its_end(
    analyzer: ForesightedTurnAnalyzer, text: str
) -> None:
    voice, window = speak_pcm(text, "en+f3", 16_000), bytes(1024)
    hear(analyzer, voice + 2 * window, voice=True)
    await analyzer.note_lull()
    hear(analyzer, window, voice=True)
    await asyncio.sleep(2 * BREATH_SECONDS)
    hear(analyzer, 3 * window, voice=True)
    foreseen, _ = await analyzer.analyze_end_of_turn()
    analyzer.clear()
    hear(analyzer, voice + 6 * window, voice=True)
    found, _ = await analyzer.analyze_end_of_turn()
    assert foreseen == found


async def test_what_was_foreseen_before_a_breath_is_forgotten(analyzer: ForesightedTurnAnalyzer) -> None:
    await analyzer.note_lull()
    await analyzer.note_voice()
    # Nothing was heard at all, so nothing is found complete, and the model is not even asked.
    assert await analyzer.analyze_end_of_turn() == (EndOfTurnState.INCOMPLETE, None)


class ServedTurn:
    """A turn whose beginning and end the speech service proposes, as Flux does; its words come before the end."""

    def __init__(self, strategy: PatientStopStrategy) -> None:
        self.strategy = strategy
        self.over = asyncio.Event()

        @strategy.event_handler("on_user_turn_stopped")
        async def on_stopped(strategy: BaseUserTurnStopStrategy, *arguments: object) -> None:
            self.over.set()

    async def say(self, text: str) -> None:
        await self.strategy.process_frame(ProposedUserStartedSpeakingFrame())
        await self.strategy.process_frame(words(text))
        await self.strategy.process_frame(ProposedUserStoppedSpeakingFrame())
        await asyncio.sleep(0)


@pytest.fixture
async def served(patience: Patience) -> AsyncIterator[ServedTurn]:
    """Under way; the pause for what is unfinished is 8 s."""
    strategy = PatientStopStrategy(patience=patience)
    tasks = TaskManager()
    tasks.setup(TaskManagerParams(loop=asyncio.get_running_loop()))
    strategy._task_manager = tasks
    strategy._task = tasks.create_task(strategy._task_handler(), "transcripts")  # as its setup does
    await strategy.handle_user_turn_started()
    yield ServedTurn(strategy)
    await strategy.cleanup()


async def test_a_finished_answer_ends_a_served_turn_at_once(served: ServedTurn) -> None:
    await served.say("I run databases.")
    assert served.over.is_set()


async def test_who_was_talked_over_is_left_a_moment_with_flux_too(served: ServedTurn, patience: Patience) -> None:
    patience.note_talked_over()
    await served.say("I run databases.")
    await asyncio.sleep(1.9)
    assert not served.over.is_set()
    await asyncio.sleep(0.2)
    assert served.over.is_set()


async def test_an_unfinished_one_ends_a_served_turn_after_a_long_pause(served: ServedTurn) -> None:
    await served.say("I run databases and")
    await asyncio.sleep(7.9)
    assert not served.over.is_set()
    await asyncio.sleep(0.2)
    assert served.over.is_set()


async def test_going_on_after_the_pause_keeps_a_served_turn_open(served: ServedTurn) -> None:
    await served.say("I run databases and")
    await asyncio.sleep(6)
    await served.strategy.process_frame(ProposedUserStartedSpeakingFrame())
    await asyncio.sleep(20)
    assert not served.over.is_set()
    await served.say("look after the backups.")
    assert served.over.is_set()


@pytest.mark.parametrize(
    ("eager", "stops"), [("", [PatientStopStrategy]), ("true", [EagerUserTurnStopStrategy])], ids=["flux", "eager"]
)
async def test_flux_is_patient_unless_it_is_to_guess(eager: str, stops: list[type]) -> None:
    settings = ProviderSettings(sandbox_url="http://127.0.0.1:9", deepgram_flux_eager=eager)
    job = BotJob(session_id=UUID(int=1), tenant="acme", plan=make_plan(), services={"stt": "deepgram-flux"})
    stt = create_stt(settings, job)
    strategies = await choose_turn_taking(stt, vad=PromptVADAnalyzer(), pacing=Pacing(), patience=Patience(Pacing()))
    assert [type(stop) for stop in strategies.stop or []] == stops
