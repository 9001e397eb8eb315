"""The sandbox's Azure Speech, spoken to by the official service over Microsoft's own SDK."""

from __future__ import annotations

from pipecat.frames.frames import ErrorFrame, TTSAudioRawFrame, TTSSpeakFrame
from pipecat.services.azure.tts import AzureTTSService

from botrunner.sandbox.voice import speak_pcm
from tests.botrunner.conftest import Sandbox
from tests.botrunner.test_gtts import QUESTION, RATE, say, texts_of


def azure(sandbox: Sandbox) -> AzureTTSService:
    endpoint = f"{sandbox.url.replace('http', 'ws')}/azure/speech"
    voice = AzureTTSService.Settings(voice="fr-FR-DeniseNeural", language="fr-FR")
    return AzureTTSService(api_key="any", private_endpoint=endpoint, settings=voice)


async def test_text_becomes_speech_with_its_words_at_their_times(sandbox: Sandbox) -> None:
    down, up = await say(azure(sandbox), TTSSpeakFrame(QUESTION))
    pcm = b"".join(frame.audio for frame in down if isinstance(frame, TTSAudioRawFrame))
    assert pcm == speak_pcm(QUESTION, "fr", RATE)
    assert " ".join(texts_of(down)) == QUESTION
    assert [frame for frame in up if isinstance(frame, ErrorFrame)] == []
    [asked] = sandbox.log("azure-speech")
    assert (asked["text"], asked["language"], asked["voice"]) == (QUESTION, "fr-FR", "fr-FR-DeniseNeural")


async def test_a_refused_connection_is_told(sandbox: Sandbox) -> None:
    sandbox.fail("azure-speech", "status", status=401, count=None)
    down, up = await say(azure(sandbox), TTSSpeakFrame(QUESTION))
    assert [frame for frame in down if isinstance(frame, TTSAudioRawFrame)] == []
    assert any("canceled" in frame.error for frame in up if isinstance(frame, ErrorFrame))
