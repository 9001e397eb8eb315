"""A voice is noticed soon, and what is no voice is none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADState

from botrunner.sandbox.voice import open_espeak, speak_pcm
from botrunner.voice_detection import PromptVADAnalyzer

RATE = 16_000
SLICE = RATE // 50

Sound = NDArray[np.float64]


def hear(analyzer: VADAnalyzer, sound: Sound) -> float | None:
    """Seconds of `sound` until a voice is noticed, after two seconds of silence."""
    analyzer.set_sample_rate(RATE)
    heard = np.concatenate([np.zeros(2 * RATE), sound, np.zeros(RATE)]).clip(-32768, 32767).astype(np.int16)
    for start in range(0, len(heard) - SLICE, SLICE):
        if analyzer._run_analyzer(heard[start : start + SLICE].tobytes()) is VADState.SPEAKING:
            return (start + SLICE) / RATE - 2
    return None


class Notes:
    """Writes down lulls and what became of them, with the seconds of sound heard by then."""

    def __init__(self) -> None:
        self.position = 0.0
        self.lulls: list[float] = []
        self.breaths: list[float] = []

    async def note_lull(self) -> None:
        self.lulls.append(self.position)

    async def note_voice(self) -> None:
        self.breaths.append(self.position)


async def note_lulls(sound: Sound) -> Notes:
    analyzer, notes = PromptVADAnalyzer(), Notes()
    analyzer.listeners = [notes]
    analyzer.set_sample_rate(RATE)
    heard = sound.clip(-32768, 32767).astype(np.int16)
    for start in range(0, len(heard) - SLICE, SLICE):
        notes.position = (start + SLICE) / RATE
        await analyzer.analyze_audio(heard[start : start + SLICE].tobytes())
    return notes


def say(text: str) -> Sound:
    if open_espeak() is None:
        pytest.fail("espeak-ng is a dependency of the sandbox's voice")
    return np.frombuffer(speak_pcm(text, "en+f3", RATE), np.int16).astype(np.float64)


def test_a_voice_is_noticed_sooner_than_by_default() -> None:
    speech = say("I have led a team of four engineers.")
    prompt, default = hear(PromptVADAnalyzer(), speech), hear(SileroVADAnalyzer(), speech)
    assert prompt is not None
    assert default is not None
    assert prompt < 0.25
    assert default - prompt > 0.1


def burst(seconds: float, level: float) -> Sound:
    count = int(seconds * RATE)
    return np.random.default_rng(1).normal(0, level, count) * np.exp(-3 * np.arange(count) / count)


@pytest.mark.parametrize(
    "sound",
    [
        np.random.default_rng(0).normal(0, 500, 3 * RATE),
        3000 * np.sin(2 * np.pi * 100 * np.arange(3 * RATE) / RATE),
        np.tile(np.concatenate([burst(0.015, 8000), np.zeros(RATE // 5)]), 12),
        np.concatenate([burst(0.3, 9000), np.zeros(RATE), burst(0.4, 9000)]),
    ],
    ids=["a fan", "a hum", "typing", "a knock"],
)
def test_noise_is_no_voice(sound: Sound) -> None:
    assert hear(PromptVADAnalyzer(), sound) is None


def test_a_voice_far_away_is_none() -> None:
    speech = say("And then we went to the market, and bought some apples.")
    assert hear(PromptVADAnalyzer(), speech * 45 / np.sqrt(np.mean(speech**2))) is None


async def test_a_lull_is_noted_long_before_the_voice_counts_as_stopped() -> None:
    speech = say("I have led a team of four engineers.")
    last = np.flatnonzero(np.abs(speech) > 500)[-1] / RATE
    notes = await note_lulls(np.concatenate([speech, np.zeros(RATE)]))
    assert 0.09 < notes.lulls[-1] - last < 0.2
    assert len(notes.breaths) == len(notes.lulls) - 1


async def test_a_breath_is_a_lull_that_passes() -> None:
    speech = say("I have led a team.")
    speech = speech[: np.flatnonzero(np.abs(speech) > 500)[-1]]
    before = await note_lulls(np.concatenate([speech, np.zeros(RATE)]))
    notes = await note_lulls(np.concatenate([speech, np.zeros(RATE // 6), speech, np.zeros(RATE)]))
    assert len(notes.lulls) == 2 * len(before.lulls)
    assert len(notes.breaths) == len(notes.lulls) - 1
