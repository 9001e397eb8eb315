"""Row 3: a cough is no sign of life, and a long answer is one for as long as it lasts."""

from __future__ import annotations

import asyncio
from pathlib import Path

from botrunner.phrases import ENGLISH
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.failures.spoken import PACING, interview
from tests.botrunner.plans import make_plan, make_question

__all__ = ["sandbox", "sandbox_server"]

PLAN = make_plan(make_question(max_follow_ups=0))
HURRIED = type(PACING)(**{**vars(PACING), "reprompt_after": 0.8, "unfinished_pause": 0.2})
ANSWER = "I run the databases of a bank."


async def test_after_a_cough_the_reprompt_still_comes(sandbox: Sandbox, tmp_path: Path) -> None:
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path), pacing=HURRIED) as talk:
        await talk.asked(1)
        await talk.begin_voice()
        await asyncio.sleep(0.1)
        await talk.end_voice()
        await talk.until(lambda: ENGLISH.reprompt in talk.said())
        assert talk.answers() == []
        await talk.say(ANSWER)
        await talk.until(lambda: talk.events("interview.completed"))
    assert talk.answers() == [ANSWER]


async def test_a_long_answer_is_neither_cut_nor_talked_over(sandbox: Sandbox, tmp_path: Path) -> None:
    """It is longer than the silence after which a candidate is spoken to, and than any turn without a word may be."""
    parts = [f"This is part {number}." for number in range(1, 9)]
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path), pacing=HURRIED) as talk:
        await talk.asked(1)
        said = talk.said()
        await talk.begin_voice()
        for part in parts:
            await asyncio.sleep(0.5)
            await talk.hear(part)
        assert (talk.said(), talk.answers()) == (said, [])
        await talk.end_voice()
        await talk.until(lambda: talk.events("interview.completed"))
    assert talk.answers() == [" ".join(parts)]


async def test_a_long_silence_in_mid_voice_is_not_cut_either(sandbox: Sandbox, tmp_path: Path) -> None:
    """Speech to text may say nothing for long while a voice goes on."""
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path), pacing=HURRIED) as talk:
        await talk.asked(1)
        said = talk.said()
        await talk.begin_voice()
        await asyncio.sleep(3.5)
        assert (talk.said(), talk.answers()) == (said, [])
        await talk.hear(ANSWER)
        await talk.end_voice()
        await talk.until(lambda: talk.events("interview.completed"))
    assert talk.answers() == [ANSWER]
