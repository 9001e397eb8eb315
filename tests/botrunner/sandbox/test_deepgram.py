"""The sandbox's Deepgram, spoken to by the official service."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.worker import PipelineParams
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.tests.utils import SleepFrame, run_test

from botrunner.mp3 import Mp3Decoder
from botrunner.sandbox.voice import speak_mp3
from tests.botrunner.conftest import Sandbox

RATE = 16000
ANSWER = "I have worked as a nurse for six years."
NOISE = np.random.default_rng(7)


def speech(text: str) -> bytes:
    decoder = Mp3Decoder(RATE)
    return decoder.decode(speak_mp3(text, "en")) + decoder.finish()


def silence(seconds: float, *, noise: float = 0.0) -> bytes:
    """Silence, or a steady noise with this RMS."""
    return (
        (NOISE.normal(0, noise, int(seconds * RATE)) if noise else np.zeros(int(seconds * RATE)))
        .astype("<i2")
        .tobytes()
    )


def frames(audio: bytes) -> list[Frame]:
    size = RATE // 50 * 2
    return [InputAudioRawFrame(audio[start : start + size], RATE, 1) for start in range(0, len(audio), size)]


async def listen(sandbox: Sandbox, *heard: Frame) -> tuple[Sequence[Frame], Sequence[Frame]]:
    stt = DeepgramSTTService(api_key="any", base_url=f"{sandbox.url}/deepgram")
    params = PipelineParams(audio_in_sample_rate=RATE)
    return await run_test(stt, frames_to_send=[*heard, SleepFrame(1.5)], pipeline_params=params, start_timeout=5)


def finals(seen: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in seen if isinstance(frame, TranscriptionFrame)]


def interims(seen: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in seen if isinstance(frame, InterimTranscriptionFrame)]


async def test_the_service_connects_with_what_the_protocol_asks_for(sandbox: Sandbox) -> None:
    await listen(sandbox, *frames(silence(0.1)))
    query = sandbox.log("deepgram")[0]["query"]
    expected = {"encoding": "linear16", "sample_rate": "16000", "channels": "1", "interim_results": "true"}
    assert expected.items() <= query.items()


async def test_a_stretch_of_voice_is_what_was_told_with_interims_growing_into_it(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    down, _ = await listen(sandbox, *frames(speech(ANSWER) + silence(0.6)))
    assert finals(down) == [ANSWER]
    assert len(interims(down)) >= 3
    assert all(ANSWER.startswith(interim) for interim in interims(down))


async def test_each_stretch_of_voice_takes_one_utterance(sandbox: Sandbox) -> None:
    sandbox.hear("One.", "Two.")
    down, _ = await listen(sandbox, *frames((speech("Yes please") + silence(0.6)) * 3))
    assert finals(down) == ["One.", "Two."]


async def test_told_nothing_it_hears_nothing(sandbox: Sandbox) -> None:
    down, _ = await listen(sandbox, *frames(speech(ANSWER) + silence(0.6)), VADUserStoppedSpeakingFrame())
    assert (finals(down), interims(down)) == ([], [])


@pytest.mark.parametrize("noise", [0, 60, 150])
async def test_quiet_noise_is_not_voice(sandbox: Sandbox, noise: float) -> None:
    sandbox.hear(ANSWER)
    down, _ = await listen(sandbox, *frames(silence(3, noise=noise)))
    assert (finals(down), interims(down)) == ([], [])


async def test_finalize_ends_the_segment_at_once(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    down, _ = await listen(sandbox, *frames(speech(ANSWER) + silence(0.1)), VADUserStoppedSpeakingFrame())
    assert [(frame.text, frame.finalized) for frame in down if isinstance(frame, TranscriptionFrame)] == [
        (ANSWER, True)
    ]


async def test_speech_with_pauses_is_heard_as_it_is_said(sandbox: Sandbox) -> None:
    words = "one two three four five six seven eight"
    voiced = speech("la la la la la")
    pause = silence(0.6)
    sandbox.hear({"text": words, "seconds": 2 * len(voiced) / 2 / RATE + 0.6})
    down, _ = await listen(sandbox, *frames((voiced + pause) * 2))
    assert len(finals(down)) == 2
    assert " ".join(finals(down)) == words


async def test_a_refused_key_is_a_permanent_error(sandbox: Sandbox) -> None:
    sandbox.fail("deepgram", "status", status=401)
    _, up = await listen(sandbox, *frames(silence(0.1)))
    errors = [frame.error for frame in up if isinstance(frame, ErrorFrame)]
    assert len(errors) == 1
    assert errors[0].startswith("Deepgram rejected the connection (status 401)")


async def test_after_a_dropped_connection_the_service_comes_back_and_hears(sandbox: Sandbox) -> None:
    sandbox.fail("deepgram", "close")
    sandbox.hear(ANSWER)
    # The service waits up to four seconds before it connects again.
    heard = [*frames(silence(0.1)), SleepFrame(5), *frames(speech(ANSWER) + silence(0.6))]
    down, _ = await listen(sandbox, *heard)
    assert finals(down) == [ANSWER]
    assert [entry["event"] for entry in sandbox.log("deepgram") if entry.get("event") == "connect"] == ["connect"] * 2


async def test_finals_can_be_late(sandbox: Sandbox) -> None:
    sandbox.fail("deepgram", "latency", seconds=30)
    sandbox.hear(ANSWER)
    early, _ = await listen(sandbox, *frames(speech(ANSWER) + silence(0.6)))
    assert finals(early) == []
    sandbox.fail("deepgram", "latency", seconds=0.5)
    sandbox.hear(ANSWER)
    late, _ = await listen(sandbox, *frames(speech(ANSWER) + silence(0.6)), SleepFrame(1))
    assert finals(late) == [ANSWER]
