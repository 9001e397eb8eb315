"""The sandbox's speech endpoint, spoken to by the gTTS library itself."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from gtts import gTTS, gTTSError

from botrunner.sandbox import voice
from tests.botrunner.conftest import Sandbox


@pytest.fixture
def _gtts_asks_the_sandbox(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gtts.tts._translate_url", lambda tld, path: f"{sandbox.url}/{path}")


def decode(mp3: bytes) -> np.ndarray:
    with av.open(io.BytesIO(mp3), mode="r", format="mp3") as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def speak(text: str, language: str = "en") -> np.ndarray:
    sound = io.BytesIO()
    gTTS(text, lang=language).write_to_fp(sound)
    return decode(sound.getvalue())


@pytest.mark.usefixtures("_gtts_asks_the_sandbox")
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Tell me about yourself."),
        ("de", "Erzählen Sie von sich."),
        ("fr", "Parlez-moi de vous."),
        ("es", "Hábleme de usted."),
        ("pt", "Fale sobre você."),
        ("hi", "अपने बारे में बताइए।"),
        ("zh-CN", "请介绍一下你自己"),
    ],
)
def test_the_library_gets_audible_speech_in_its_language(sandbox: Sandbox, language: str, text: str) -> None:
    samples = speak(text, language)
    assert len(samples) > 24000 * 0.5
    assert np.abs(samples).max() > 0.1
    assert [(entry["text"], entry["language"]) for entry in sandbox.log("tts")] == [(text, language)]


@pytest.mark.usefixtures("_gtts_asks_the_sandbox")
def test_the_same_word_sounds_different_in_another_language() -> None:
    assert len(speak("Transport information", "en")) != len(speak("Transport information", "fr"))


@pytest.mark.usefixtures("_gtts_asks_the_sandbox")
def test_longer_text_is_longer_speech() -> None:
    assert len(speak("One two three four five six.")) > 2 * len(speak("One two."))


@pytest.mark.usefixtures("_gtts_asks_the_sandbox")
def test_the_library_splits_at_100_characters_and_each_part_is_spoken(sandbox: Sandbox) -> None:
    assert len(speak("x" * 101)) > 0
    assert [len(entry["text"]) for entry in sandbox.log("tts")] == [100, 1]


@pytest.mark.usefixtures("_gtts_asks_the_sandbox")
def test_more_than_100_characters_in_one_request_get_no_audio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gTTS, "GOOGLE_TTS_MAX_CHARS", 200)
    with pytest.raises(gTTSError, match="200 "):
        speak("x" * 101)


@pytest.mark.usefixtures("_gtts_asks_the_sandbox")
def test_a_status_is_what_the_library_reports(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "status", status=429)
    with pytest.raises(gTTSError, match="429 "):
        speak("Hello.")


def test_nothing_to_hear_is_a_moment_of_silence() -> None:
    assert np.abs(decode(voice.encode_mp3(np.empty(0, np.int16), 22050))).max() == 0


def test_without_espeak_there_are_tones_one_a_word() -> None:
    short, long = voice.speak_tones("one two"), voice.speak_tones("one two three four")
    assert len(long) > 1.8 * len(short)
    decoded = decode(voice.encode_mp3(long, voice.GOOGLE_SAMPLE_RATE))
    assert np.abs(decoded).max() > 0.2
