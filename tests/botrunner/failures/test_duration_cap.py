"""Row 2: the interview's limit holds although a step never returns, and nothing of it reaches the next session."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from botrunner.contract import Checkpoint
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.conversation import PACING, Conversation, hold
from tests.botrunner.plans import make_plan

__all__ = ["sandbox", "sandbox_server"]

HURRIED = type(PACING)(**{**vars(PACING), "overrun": 0.2})


async def never(*arguments: Any) -> None:
    await asyncio.Event().wait()


async def test_a_step_that_never_returns_is_ended_with_its_bot(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.botrunner.conversation.PACING", HURRIED)
    nearly_over = make_plan(total_limit=30, checkpoint=Checkpoint(elapsed=29))
    stuck = Conversation(nearly_over, sandbox_url=sandbox.url)
    monkeypatch.setattr(stuck.interview, "put_question", never)
    stuck.session.note_client_ready()
    async with asyncio.timeout(20):
        await stuck.run()
    assert stuck.worker.has_finished()
    assert stuck.events("interview.completed") == []

    async with hold(make_plan(), sandbox_url=sandbox.url) as following:
        await following.asked(1)
        following.type("I look after the databases of a bank, all of them.")
        await following.asked(2)
        following.type("Of keeping calm when all the others do not.")
        await following.until(lambda: following.events("interview.completed"))
    [started] = following.events("interview.started")
    assert (started["elapsed"], started["total_limit"], started["resumed"]) == (0, 1800, False)
    assert [answer["text"] for answer in following.events("answer.accepted")] == [
        "I look after the databases of a bank, all of them.",
        "Of keeping calm when all the others do not.",
    ]
    assert [event["reason"] for event in following.events("interview.completed")] == ["all_answered"]
