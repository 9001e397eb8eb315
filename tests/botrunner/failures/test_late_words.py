"""Row 5: final words that come 0.3 to 6 s late. Each lands in exactly one answer, the one it was said to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.failures.spoken import interview
from tests.botrunner.plans import SECOND, make_plan, make_question

__all__ = ["sandbox", "sandbox_server"]

DELAYS = (0.3, 1.0, 2.0, 3.5, 5.0, 6.0)
PLAN = make_plan(make_question(max_follow_ups=0), make_question(SECOND, "What are you proud of?", max_follow_ups=0))
FIRST_HALF, SECOND_HALF, NEXT = "I run the databases of a bank.", "Mostly Postgres.", "Of keeping calm at night."


@pytest.fixture
def cache(tmp_path: Path) -> str:
    return str(tmp_path)


async def test_all_words_of_an_answer_are_late(sandbox: Sandbox, cache: str) -> None:
    async def talk_with(delay: float) -> list[str]:
        async with interview(PLAN, sandbox_url=sandbox.url, cache=cache) as talk:
            await talk.asked(1)
            await talk.begin_voice()
            await asyncio.sleep(0.1)
            await talk.end_voice()
            await asyncio.sleep(delay)
            await talk.hear(FIRST_HALF)
            await talk.asked(2)
            await talk.say(NEXT)
            await talk.until(lambda: talk.events("interview.completed"))
            return talk.answers()

    assert await asyncio.gather(*map(talk_with, DELAYS)) == [[FIRST_HALF, NEXT]] * len(DELAYS)


async def test_the_end_of_an_answer_is_late(sandbox: Sandbox, cache: str) -> None:
    """The first words end the turn, and the next question has been asked when the rest comes in."""

    async def talk_with(delay: float) -> list[str]:
        async with interview(PLAN, sandbox_url=sandbox.url, cache=cache) as talk:
            await talk.asked(1)
            await talk.say(FIRST_HALF)
            await talk.asked(2)
            await asyncio.sleep(delay)
            await talk.hear(SECOND_HALF)
            await talk.until(lambda: len(talk.events("answer.accepted")) == 2)
            await talk.say(NEXT)
            await talk.until(lambda: talk.events("interview.completed"))
            return talk.answers()

    whole = f"{FIRST_HALF} {SECOND_HALF}"
    assert await asyncio.gather(*map(talk_with, DELAYS)) == [[whole, NEXT]] * len(DELAYS)
