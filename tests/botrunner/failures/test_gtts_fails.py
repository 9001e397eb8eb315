"""Rows 9 and 10: Google refuses, fails or hangs, or is given long texts. What is to be said is heard, in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from botrunner.contract import RelayCommand
from botrunner.phrases import ENGLISH
from tests.botrunner.failures.conftest import Tell, hear_question, hear_turn
from tests.botrunner.relay_server import RelayServer
from tests.botrunner.test_gtts import FAULTS, WORDS_101
from tests.evals.candidate import join

#: Short enough to be said within the tests' patience; longer ones are in tests/botrunner/test_gtts.py.
ACCENTS_130 = " ".join(["déjà", "vu", "naïve", "café", "Zoë"] * 6)[:130].strip()

Seen = Callable[[str], Awaitable[list[dict[str, Any]]]]


async def say(relay: RelayServer, text: str) -> str:
    """As staff do from the live page: a text that is in no cache. What the bot makes of it is returned."""
    await relay.command(RelayCommand(id=uuid4(), name="say", args={"text": text}))
    return f"A message from the hiring team: {text}"


# One of each sort: more failures in a row would open the runner's breaker. All are in tests/botrunner/test_gtts.py.
@pytest.mark.parametrize(("kind", "details"), [FAULTS[2], FAULTS[0]], ids=["hang", "429"])
async def test_another_voice_speaks(
    bot_url: str, relay: RelayServer, tell: Tell, seen: Seen, kind: str, details: dict[str, Any]
) -> None:
    text = f"This is said by another voice, because of a {kind}."
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        await tell("faults", service="tts", kind=kind, **details)
        said = await say(relay, text)
        await hear_turn(candidate, said)
    assert [entry["text"] for entry in await seen("aura")] == [said]


@pytest.mark.parametrize("text", [WORDS_101, ACCENTS_130], ids=["101", "130 with accents"])
async def test_long_texts_without_a_place_to_cut_are_said_whole(bot_url: str, relay: RelayServer, text: str) -> None:
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        await hear_turn(candidate, await say(relay, text))


async def test_where_no_voice_is_left_what_is_said_can_be_read(bot_url: str, relay: RelayServer, tell: Tell) -> None:
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        await tell("faults", service="tts", kind="status", status=404)
        await tell("faults", service="aura", kind="status", status=500)
        said = await say(relay, "Nobody hears this.")
        told = await candidate.wait_for("voice.unavailable")
        await hear_turn(candidate, said)
    assert told["text"] == ENGLISH.voice_unavailable
    assert told in relay.events()
