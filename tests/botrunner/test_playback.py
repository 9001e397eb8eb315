from collections.abc import Sequence

import pytest
from pipecat.frames.frames import Frame, TTSAudioRawFrame, TTSStartedFrame, TTSStoppedFrame, TTSTextFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.tests.utils import run_test

from botrunner.playback import Playback

RATE = 16_000
TEXT = "Four words are these"


def sound(seconds: float, context: str) -> TTSAudioRawFrame:
    return TTSAudioRawFrame(bytes(int(2 * RATE * seconds)), RATE, 1, context_id=context)


def whole(text: str, seconds: float, context: str) -> list[Frame]:
    """A text's sound to its end, as a voice hands it on."""
    words = TTSTextFrame(text, "sentence")
    words.context_id = context
    return [sound(seconds / 2, context), sound(seconds / 2, context), words, TTSStoppedFrame(context_id=context)]


async def heard(text: str, *, made: Sequence[Frame], played: Sequence[Frame]) -> str:
    playback = Playback()
    await run_test(Pipeline([playback.before()]), frames_to_send=made)
    await run_test(Pipeline([playback.after()]), frames_to_send=played)
    return playback.heard_of(text)


def playing(context: str, seconds: float) -> list[Frame]:
    return [TTSStartedFrame(context_id=context), sound(seconds, context)]


async def test_as_many_words_were_heard_as_the_sound_that_was_played_has_room_for() -> None:
    made = [*whole(TEXT, 4, "a"), sound(9, "b")]
    for seconds, words in [(0, ""), (0.9, ""), (2.1, "Four words"), (3.9, "Four words are"), (4, TEXT)]:
        assert await heard(TEXT, made=made, played=playing("a", seconds)) == words


async def test_each_text_is_counted_by_itself() -> None:
    made = [*whole(TEXT, 4, "a"), *whole("Two words", 2, "b")]
    played = [*playing("a", 4), TTSStartedFrame(context_id="b")]
    assert await heard("Two words", made=made, played=played) == ""
    assert await heard("Two words", made=made, played=[*played, sound(1, "b")]) == "Two"


async def test_a_text_that_is_still_being_made_is_as_long_as_the_slowest_before_it_tells() -> None:
    before = [*whole("Ten signs.", 1, "a"), *whole("Ten signs.", 2, "b"), *whole("Ten signs.", 1.5, "c")]  # 10, 5, 6.7
    made, played = [*before, sound(2, "d")], playing("d", 2)
    assert await heard(TEXT, made=made, played=played) == "Four words"  # of twenty signs, in four seconds
    made = [*before, sound(6, "d")]
    assert await heard(TEXT, made=made, played=playing("d", 3)) == "Four words"  # it is slower still


async def test_with_no_text_before_it_a_voice_is_taken_for_a_slow_one() -> None:
    text = " ".join(["ten signs."] * 10)  # a hundred and nine
    assert await heard(text, made=[sound(1, "a")], played=playing("a", 1)) == "ten"
    assert await heard(text, made=[sound(5, "a")], played=playing("a", 5)) == " ".join(["ten signs."] * 4 + ["ten"])


@pytest.mark.parametrize("text", ["Zwanzig", "मैं डेटाबेस"])
async def test_a_sign_that_takes_more_bytes_takes_more_time(text: str) -> None:
    seconds = len(text.encode()) / 10
    assert await heard(text, made=[sound(0.5, "a")], played=playing("a", seconds - 0.05)) != text
    assert await heard(text, made=[sound(0.5, "a")], played=playing("a", seconds + 0.01)) == text


async def test_a_text_cut_off_before_its_end_teaches_no_pace() -> None:
    made = [sound(1, "a"), TTSStoppedFrame(context_id="a"), sound(1, "b")]
    assert await heard(TEXT, made=made, played=playing("b", 1)) == "Four words"  # ten a second
