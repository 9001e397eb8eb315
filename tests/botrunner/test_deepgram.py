"""Words are asked for in a lull, and a turn counts as transcribed once an answer reaches as far as the voice did."""

from __future__ import annotations

from collections.abc import Sequence

from deepgram.listen.v1.types import ListenV1Results
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.worker import PipelineParams
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import SleepFrame, run_test

from botrunner.deepgram import AllTranscribedFrame, PromptDeepgramSTTService
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.sandbox.test_deepgram import ANSWER, RATE, frames, silence, speech

__all__ = ["sandbox", "sandbox_server"]


class LullFrame(InputAudioRawFrame):
    """Stands for the moment at which the voice detection notes a lull."""


class ListeningSTT(PromptDeepgramSTTService):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LullFrame):
            await self.note_lull()


def lull() -> LullFrame:
    return LullFrame(silence(0.02), RATE, 1)


async def listen(sandbox: Sandbox, *heard: Frame) -> Sequence[Frame]:
    stt: FrameProcessor = ListeningSTT(api_key="any", base_url=f"{sandbox.url}/deepgram")
    params = PipelineParams(audio_in_sample_rate=RATE)
    down, _ = await run_test(stt, frames_to_send=[*heard, SleepFrame(1.5)], pipeline_params=params, start_timeout=5)
    return down


def words_and_ends(seen: Sequence[Frame]) -> list[str]:
    """What was transcribed, in order, with a full stop of its own where all was."""
    return [
        frame.text if isinstance(frame, TranscriptionFrame) else "."
        for frame in seen
        if isinstance(frame, (TranscriptionFrame, AllTranscribedFrame))
    ]


async def test_a_lull_brings_the_words_before_the_voice_counts_as_stopped(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    seen = await listen(sandbox, VADUserStartedSpeakingFrame(), *frames(speech(ANSWER) + silence(0.1)), lull())
    assert words_and_ends(seen) == [ANSWER, "."]


async def test_words_said_by_then_need_no_further_transcript(sandbox: Sandbox) -> None:
    """Deepgram ends a segment by itself, and has nothing to add when it is asked."""
    sandbox.hear(ANSWER)
    heard = [*frames(speech(ANSWER) + silence(0.6)), SleepFrame(0.3), VADUserStoppedSpeakingFrame(stop_secs=0.2)]
    seen = await listen(sandbox, VADUserStartedSpeakingFrame(), *heard)
    assert words_and_ends(seen) == [ANSWER, "."]


async def test_an_answer_from_before_the_voice_went_on_is_no_end(sandbox: Sandbox) -> None:
    sandbox.fail("deepgram", "latency", seconds=0.4)
    voiced = speech(ANSWER)
    sandbox.hear({"text": ANSWER, "seconds": 2 * len(voiced) / 2 / RATE + 0.12})
    again = VADUserStartedSpeakingFrame()
    seen = await listen(sandbox, *frames(voiced + silence(0.1)), lull(), again, *frames(voiced), SleepFrame(2))
    assert "." not in words_and_ends(seen)
    assert words_and_ends(seen) != []


async def test_an_answer_that_does_not_reach_as_far_as_the_voice_is_no_end() -> None:
    class Deaf(PromptDeepgramSTTService):
        pushed: list[Frame]

        async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
            self.pushed.append(frame)

    stt = Deaf(api_key="any")
    stt.pushed = []
    stt._sent = 8.0
    await stt.note_lull()
    for end in (7.5, 7.9):
        await stt._on_message(answer(end))
    assert [type(frame) for frame in stt.pushed] == [AllTranscribedFrame]


def answer(end: float) -> ListenV1Results:
    """An empty answer to a Finalize, which reaches up to `end` seconds."""
    return ListenV1Results.model_validate(
        {
            "type": "Results",
            "channel_index": [0, 1],
            "start": end - 1,
            "duration": 1.0,
            "is_final": True,
            "from_finalize": True,
            "channel": {"alternatives": [{"transcript": "", "confidence": 0.0, "words": []}]},
            "metadata": {
                "request_id": "r",
                "model_uuid": "m",
                "model_info": {"name": "n", "version": "1", "arch": "a"},
            },
        }
    )
