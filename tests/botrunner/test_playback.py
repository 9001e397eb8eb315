from collections.abc import Sequence

from pipecat.frames.frames import Frame, TTSAudioRawFrame, TTSStartedFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.tests.utils import run_test

from botrunner.playback import Playback

RATE = 16_000


def sound(seconds: float, context: str) -> TTSAudioRawFrame:
    return TTSAudioRawFrame(bytes(int(2 * RATE * seconds)), RATE, 1, context_id=context)


async def heard(text: str, *, made: Sequence[Frame], played: Sequence[Frame]) -> str:
    playback = Playback()
    await run_test(Pipeline([playback.before()]), frames_to_send=made)
    await run_test(Pipeline([playback.after()]), frames_to_send=played)
    return playback.heard_of(text)


async def test_as_many_words_were_heard_as_the_sound_that_was_played_has_room_for() -> None:
    text = "Four words are these"
    made = [sound(1.5, "a"), sound(2.5, "a"), sound(9, "b")]
    for seconds, words in [(0, ""), (0.9, ""), (2.1, "Four words"), (3.9, "Four words are"), (4, text)]:
        assert await heard(text, made=made, played=[TTSStartedFrame(context_id="a"), sound(seconds, "a")]) == words


async def test_each_text_is_counted_by_itself() -> None:
    made, played = [sound(4, "a"), sound(2, "b")], [TTSStartedFrame(context_id="a"), sound(4, "a")]
    assert await heard("Two words", made=made, played=[*played, TTSStartedFrame(context_id="b")]) == ""
    played = [*played, TTSStartedFrame(context_id="b"), sound(1, "b")]
    assert await heard("Two words", made=made, played=played) == "Two"


async def test_sound_still_to_be_made_counts_as_to_come() -> None:
    text = " ".join(["twenty-five signs a second"] * 10)
    played = [TTSStartedFrame(context_id="a"), sound(1, "a")]
    assert await heard(text, made=[sound(1, "a")], played=played) == "twenty-five signs a"
