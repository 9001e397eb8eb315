from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from botrunner.mp3 import LeadTrimmer, Mp3Decoder
from botrunner.sandbox.voice import GOOGLE_SAMPLE_RATE, encode_mp3

TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(GOOGLE_SAMPLE_RATE) / GOOGLE_SAMPLE_RATE)).astype(np.int16)


def decode(mp3: bytes, *, rate: int, size: int) -> NDArray[np.int16]:
    decoder = Mp3Decoder(rate)
    pcm = b"".join(decoder.decode(mp3[start : start + size]) for start in range(0, len(mp3), size))
    return np.frombuffer(pcm + decoder.finish(), np.int16)


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 48000])
def test_a_second_of_tone_is_a_second_of_that_tone_at_any_rate(rate: int) -> None:
    samples = decode(encode_mp3(TONE, GOOGLE_SAMPLE_RATE), rate=rate, size=4096)
    assert 1.0 <= len(samples) / rate <= 1.15  # the encoder pads by up to three frames
    spectrum = np.abs(np.fft.rfft(samples))
    assert round(np.fft.rfftfreq(len(samples), 1 / rate)[spectrum.argmax()]) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
def test_where_the_stream_is_cut_makes_no_difference(size: int) -> None:
    mp3 = encode_mp3(TONE, GOOGLE_SAMPLE_RATE)
    assert np.array_equal(decode(mp3, rate=16000, size=size), decode(mp3, rate=16000, size=len(mp3)))


def test_bytes_that_are_no_mp3_are_skipped() -> None:
    assert decode(b"this is no music" * 50, rate=16000, size=64).size == 0


@pytest.mark.parametrize("size", [2, 100, 5000, 100_000])
def test_silence_before_the_first_sound_is_cut_to_a_breath(size: int) -> None:
    pcm = np.concatenate([np.zeros(4000, np.int16), np.full(100, 150, np.int16), TONE[:8000]]).tobytes()
    trimmer = LeadTrimmer(16000)
    trimmed = b"".join(trimmer.trim(pcm[start : start + size]) for start in range(0, len(pcm), size))
    first_audible = int((np.abs(TONE) > 200).argmax())
    assert trimmed == pcm[2 * (4100 + first_audible - 160) :]


def test_silence_alone_leaves_nothing() -> None:
    assert LeadTrimmer(16000).trim(bytes(64000)) == b""
