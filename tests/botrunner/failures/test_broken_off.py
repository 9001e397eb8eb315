"""The line breaks, or the candidate leaves, in the middle of an answer. What was said until then is not lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

from botrunner.contract import ClientMessageType
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.failures.spoken import SpokenInterview, interview
from tests.botrunner.plans import make_plan, make_question

__all__ = ["sandbox", "sandbox_server"]

PLAN = make_plan(make_question(max_follow_ups=0))
BEGUN, REST = "I run the databases of", "a bank."


def heard(talk: SpokenInterview) -> list[str]:
    return [turn["text"] for turn in talk.events("turn.added") if turn["role"] == "candidate"]


async def test_the_line_breaks_in_mid_answer(sandbox: Sandbox, tmp_path: Path) -> None:
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path)) as talk:
        await talk.asked(1)
        await talk.begin_voice()
        await talk.hear(BEGUN)
        await asyncio.sleep(0.1)
        await talk.session.note_client_gone("disconnected")
        assert heard(talk) == [BEGUN]
        assert [event["reason"] for event in talk.events("interview.completed")] == ["connection_lost"]
        assert talk.answers() == []


async def test_the_candidate_leaves_in_mid_answer(sandbox: Sandbox, tmp_path: Path) -> None:
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path), aloud=True) as talk:
        await talk.asked(1)
        await talk.begin_voice()
        await talk.hear(BEGUN)
        await asyncio.sleep(0.1)
        await talk.press(ClientMessageType.LEAVE)
        await talk.until(lambda: heard(talk) == [BEGUN])
        await talk.hear(REST)
        await talk.until(lambda: talk.events("interview.completed"))
        assert heard(talk) == [BEGUN, REST]
        assert talk.answers() == []
