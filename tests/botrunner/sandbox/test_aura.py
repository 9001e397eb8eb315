"""The sandbox's Aura, spoken to by the official service."""

from __future__ import annotations

import httpx
import pytest
from pipecat.frames.frames import ErrorFrame, TTSAudioRawFrame, TTSSpeakFrame

from botrunner.aura import AuraTTSService
from botrunner.sandbox.voice import speak_pcm
from tests.botrunner.conftest import Sandbox
from tests.botrunner.test_gtts import GREETING, QUESTION, RATE, failures_of, say, texts_of

VOICE = AuraTTSService.Settings(voice="aura-2-agathe-fr")


def aura(sandbox: Sandbox) -> AuraTTSService:
    return AuraTTSService(api_key="any", base_url=f"{sandbox.url}/deepgram", settings=VOICE)


async def test_text_becomes_the_voices_language_at_the_pipelines_rate(sandbox: Sandbox) -> None:
    down, up = await say(aura(sandbox), TTSSpeakFrame(GREETING), TTSSpeakFrame(QUESTION))
    pcm = b"".join(frame.audio for frame in down if isinstance(frame, TTSAudioRawFrame))
    assert pcm == speak_pcm(GREETING, "fr", RATE) + speak_pcm(QUESTION, "fr", RATE)
    assert texts_of(down) == [GREETING, QUESTION]
    assert [frame for frame in up if isinstance(frame, ErrorFrame)] == []
    assert [(entry["text"], entry["model"]) for entry in sandbox.log("aura")] == [
        (GREETING, "aura-2-agathe-fr"),
        (QUESTION, "aura-2-agathe-fr"),
    ]


async def test_a_failure_is_told_and_the_next_text_is_spoken(sandbox: Sandbox) -> None:
    sandbox.fail("aura", "status", status=503)
    down, up = await say(aura(sandbox), TTSSpeakFrame(GREETING), TTSSpeakFrame(QUESTION))
    assert failures_of(up) == []
    assert any("503" in frame.error for frame in up if isinstance(frame, ErrorFrame))
    pcm = b"".join(frame.audio for frame in down if isinstance(frame, TTSAudioRawFrame))
    assert pcm == speak_pcm(QUESTION, "fr", RATE)


@pytest.mark.parametrize(
    ("headers", "model", "text", "status"),
    [
        ({}, "aura-2-helena-en", "Hi.", 401),
        ({"Authorization": "Token any"}, "nova-3", "Hi.", 400),
        ({"Authorization": "Token any"}, "aura-2-helena-en", " ", 400),
        ({"Authorization": "Token any"}, "aura-2-helena-en", "x" * 2001, 413),
    ],
    ids=["no key", "no voice", "no text", "too long"],
)
def test_what_it_cannot_serve_is_refused(
    sandbox: Sandbox, headers: dict[str, str], model: str, text: str, status: int
) -> None:
    query = {"model": model, "encoding": "linear16", "container": "none"}
    url = f"{sandbox.url}/deepgram/v1/speak"
    assert httpx.post(url, params=query, headers=headers, json={"text": text}, trust_env=False).status_code == status
