"""A spoken answer and a barge-in through the real voice detection and smart turn; the sandbox is told what was said."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from botrunner.mp3 import Mp3Decoder
from botrunner.sandbox.voice import speak_mp3
from tests.botrunner.relay_server import RelayServer
from tests.evals.candidate import RATE, join

ANSWER = "I have been an engineer at a payments company for nine years now."


@pytest.fixture(scope="module")
def speech() -> bytes:
    decoder = Mp3Decoder(RATE)
    return decoder.decode(speak_mp3(ANSWER, "en")) + decoder.finish()


async def test_a_spoken_answer_is_heard_and_a_barge_in_silences_the_bot(
    sandbox_url: str, bot_url: str, relay: RelayServer, speech: bytes
) -> None:
    heard = {"utterances": [ANSWER, "Sorry, what?"]}
    await asyncio.to_thread(httpx.post, f"{sandbox_url}/control/heard", json=heard, trust_env=False)
    async with join(bot_url, by_voice=True) as candidate:
        asked = await candidate.wait_for("question.started")
        while (await candidate.wait_for("turn.added"))["text"] != asked["text"]:
            pass
        candidate.speak(speech)
        accepted = await candidate.wait_for("answer.accepted")
        second = await candidate.wait_for("question.started")
        candidate.speak(speech[: 2 * RATE])
        await candidate.wait_for("bot-interrupted")
        while (await candidate.wait_for("turn.added"))["text"] != second["text"]:
            pass
    assert (accepted["text"], accepted["modality"]) == (ANSWER, "voice")
    events = [message["data"] for message in candidate.messages if message["type"] == "server-message"]
    turns = [event for event in events if event["type"] == "turn.added"]
    assert "llm_inference" in next(event for event in events if event["type"] == "turn.latency")["parts"]
    assert [turn["text"] for turn in turns if turn["role"] == "candidate"] == [ANSWER, "Sorry, what?"]
    assert [event["type"] for event in events if event["type"] == "wait.offered"] == ["wait.offered"]
    answers = [event["text"] for event in relay.events() if event["type"] == "answer.accepted"]
    assert answers == [ANSWER, f"{ANSWER} Sorry, what?"]  # who cuts in that early goes on with the answer before
