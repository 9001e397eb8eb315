"""Row 4: speech to text stops reading and sending, or drops the line. The candidate is heard again, or may type."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from botrunner.phrases import ENGLISH
from tests.botrunner.failures.conftest import ANSWER, Tell, hear_question, hear_turn
from tests.botrunner.relay_server import RelayServer
from tests.evals.candidate import join

Seen = Callable[[str], Awaitable[list[dict[str, Any]]]]

pytestmark = pytest.mark.parametrize("stt", ["deepgram", "deepgram-flux"], indirect=True)


async def test_a_dead_connection_offers_typing_and_hears_again(
    bot_url: str, relay: RelayServer, tell: Tell, seen: Seen, speech: bytes
) -> None:
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        await tell("faults", service="deepgram", kind="stall")
        candidate.speak(speech)
        await candidate.wait_for("typing.offered")
        await hear_turn(candidate, ENGLISH.offer_typing)
        await reconnected(seen)
        await tell("heard", utterances=[ANSWER])
        candidate.speak(speech)
        accepted = await candidate.wait_for("answer.accepted")
    assert (accepted["text"], accepted["modality"]) == (ANSWER, "voice")


async def test_typing_works_while_nothing_is_heard(bot_url: str, relay: RelayServer, tell: Tell, speech: bytes) -> None:
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        await tell("faults", service="deepgram", kind="stall", count=None)
        candidate.speak(speech)
        await candidate.wait_for("typing.offered")
        await candidate.say(ANSWER)
        accepted = await candidate.wait_for("answer.accepted")
        await candidate.wait_for("question.started")
    assert (accepted["text"], accepted["modality"]) == (ANSWER, "text")


async def test_a_dropped_line_is_taken_up_again(
    bot_url: str, relay: RelayServer, tell: Tell, seen: Seen, speech: bytes
) -> None:
    await tell("heard", utterances=[ANSWER])
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        await tell("faults", service="deepgram", kind="close")
        await reconnected(seen)
        candidate.speak(speech)
        accepted = await candidate.wait_for("answer.accepted")
    assert (accepted["text"], accepted["modality"]) == (ANSWER, "voice")


async def reconnected(seen: Seen) -> None:
    """Wait until the bot has a line again after one that failed."""
    async with asyncio.timeout(60):
        while True:
            steps = [entry.get("fault") or entry.get("event") for entry in await seen("deepgram")]
            if any(step in ("stall", "close") for step in steps) and steps[-1] == "connect":
                return
            await asyncio.sleep(0.05)
