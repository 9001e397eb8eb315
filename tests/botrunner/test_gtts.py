"""The gTTS service against the sandbox's stand-in of Google's endpoint, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InterruptionFrame,
    MetricsFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData, TTSUsageMetricsData
from pipecat.pipeline.worker import PipelineParams
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.utils.errors import ErrorCategory

from botrunner.gtts import GTTSService
from botrunner.speech_cache import SpeechCache
from tests.botrunner.conftest import Sandbox

RATE = 16000
GREETING = "Hello, and welcome to your interview."
QUESTION = "Please tell me about a hard problem you solved."


async def say(tts: GTTSService, *frames: Frame, metrics: bool = False) -> tuple[Sequence[Frame], Sequence[Frame]]:
    params = PipelineParams(audio_out_sample_rate=RATE, enable_metrics=metrics, enable_usage_metrics=metrics)
    return await run_test(tts, frames_to_send=frames, pipeline_params=params, start_timeout=5)


def audio_of(frames: Sequence[Frame]) -> np.ndarray:
    pcm = b"".join(frame.audio for frame in frames if isinstance(frame, TTSAudioRawFrame))
    return np.frombuffer(pcm, np.int16)


def texts_of(frames: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, TTSTextFrame)]


def errors_of(frames: Sequence[Frame]) -> list[str]:
    return [frame.error for frame in frames if isinstance(frame, ErrorFrame) and frame.error.startswith("Not spoken")]


def parts_asked(sandbox: Sandbox) -> list[str]:
    return [entry["text"] for entry in sandbox.log("tts") if "text" in entry]


def is_speech(samples: np.ndarray) -> bool:
    """Voice is in it: some of it is loud."""
    return bool(np.abs(samples.astype(np.int32)).max(initial=0) > 3000)


async def test_text_becomes_one_utterance_of_real_audio_at_the_pipelines_rate(sandbox: Sandbox) -> None:
    down, _ = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame(GREETING))

    kinds = [type(frame) for frame in down if isinstance(frame, (TTSStartedFrame, TTSStoppedFrame, TTSTextFrame))]
    assert kinds == [TTSStartedFrame, TTSTextFrame, TTSStoppedFrame]
    assert {frame.sample_rate for frame in down if isinstance(frame, TTSAudioRawFrame)} == {RATE}
    assert {frame.num_channels for frame in down if isinstance(frame, TTSAudioRawFrame)} == {1}
    assert is_speech(audio_of(down))
    assert texts_of(down) == [GREETING]
    assert parts_asked(sandbox) == [GREETING]


async def test_longer_text_is_longer_audio(sandbox: Sandbox) -> None:
    short, _ = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame("One."))
    long, _ = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame("One, two, three, four, five, six, seven."))
    assert len(audio_of(long)) > 3 * len(audio_of(short))
