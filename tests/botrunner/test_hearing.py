from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.settings import STTSettings
from pipecat.services.stt_service import STTService
from pipecat.tests.utils import SleepFrame, run_test

from botrunner.hearing import HearingWatch

ON, OFF = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame


class Line:
    """Counts how often it was dropped."""

    dropped = 0

    @property
    def transport(self) -> Line:
        return self

    def abort(self) -> None:
        self.dropped += 1


class Ear(STTService):
    def __init__(self) -> None:
        super().__init__(settings=STTSettings(model=None, language=None))
        self._websocket = Line()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        yield None


async def watch(
    *frames: Frame, watched: Callable[[Ear], HearingWatch] = lambda ear: HearingWatch(ear, patience=0.6, voice=0.3)
) -> tuple[int, list[FrameProcessor | None]]:
    """How often the ear's line was dropped, and whose errors were pushed."""
    ear = Ear()
    _, up = await run_test(watched(ear), frames_to_send=[*frames, SleepFrame(0.9)])
    errors = [frame.processor for frame in up if isinstance(frame, ErrorFrame)]
    assert [processor for processor in errors if processor is not ear] == []
    return ear._websocket.dropped, errors


async def test_voice_without_a_word_is_reported_once() -> None:
    dropped, errors = await watch(ON(), SleepFrame(0.5), OFF())
    assert (dropped, len(errors)) == (1, 1)


async def test_voice_that_goes_on_is_reported_before_it_ends() -> None:
    dropped, errors = await watch(ON(), SleepFrame(0.75), OFF())
    assert (dropped, len(errors)) == (1, 1)


async def test_pieces_of_voice_add_up() -> None:
    assert (await watch(ON(), SleepFrame(0.2), OFF(), ON(), SleepFrame(0.2), OFF()))[0] == 1


async def test_a_cough_is_no_failure() -> None:
    assert await watch(ON(), SleepFrame(0.1), OFF()) == (0, [])


@pytest.mark.parametrize("words", [InterimTranscriptionFrame, TranscriptionFrame])
async def test_words_say_that_all_is_well(words: type[TranscriptionFrame | InterimTranscriptionFrame]) -> None:
    assert await watch(ON(), SleepFrame(0.5), words("Yes", "", "now"), OFF()) == (0, [])


async def test_after_words_the_wait_begins_anew() -> None:
    heard = TranscriptionFrame("Yes", "", "now")
    dropped, _ = await watch(ON(), SleepFrame(0.4), heard, SleepFrame(0.5), OFF())
    assert dropped == 1


@pytest.mark.virtual_time
async def test_typing_can_be_offered_within_ten_seconds() -> None:
    """With the patience of a real interview, for a sentence of two seconds that nobody transcribes."""
    assert (await watch(ON(), SleepFrame(2), OFF(), SleepFrame(7), watched=HearingWatch))[0] == 1


@pytest.mark.virtual_time
async def test_a_cough_of_a_second_is_none_in_a_real_interview_either() -> None:
    assert await watch(ON(), SleepFrame(1), OFF(), SleepFrame(9), watched=HearingWatch) == (0, [])
