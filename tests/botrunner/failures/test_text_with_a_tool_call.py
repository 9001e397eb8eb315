"""Row 7: text and tool calls in one response of the model. Each takes effect once, and text takes none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.conversation import hold
from tests.botrunner.plans import make_plan, make_question

__all__ = ["sandbox", "sandbox_server"]

PLAN = make_plan(make_question(max_follow_ups=1))
TEXT = "Interesting! Shall we go on with the next question?"
ANSWER = "I run the databases of a bank."
FOLLOW_UP = {"tool": "ask_follow_up", "arguments": {"question": "Which ones?"}}


@pytest.mark.parametrize("text", [None, TEXT])
async def test_a_follow_up_is_asked_once(sandbox: Sandbox, text: str | None) -> None:
    sandbox.reply({"text": text, **FOLLOW_UP})
    async with hold(PLAN, sandbox_url=sandbox.url) as talk:
        await talk.asked(1)
        talk.type(ANSWER)
        await talk.until(lambda: "Which ones?" in talk.said())
        talk.type("Postgres.")
        await talk.until(lambda: talk.events("interview.completed"))
    assert [event["text"] for event in talk.events("follow_up.asked")] == ["Which ones?"]
    assert accepted(talk.events("answer.accepted")) == [(f"{ANSWER} Postgres.", 1)]
    assert TEXT not in " ".join(talk.said())


@pytest.mark.parametrize("text", [None, TEXT])
async def test_an_answer_is_accepted_once(sandbox: Sandbox, text: str | None) -> None:
    sandbox.reply({"text": text, "tool": "accept_answer", "arguments": {}})
    async with hold(PLAN, sandbox_url=sandbox.url) as talk:
        await talk.asked(1)
        talk.type(ANSWER)
        await talk.until(lambda: talk.events("interview.completed"))
    assert accepted(talk.events("answer.accepted")) == [(ANSWER, 0)]
    assert TEXT not in " ".join(talk.said())


def accepted(answers: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(answer["text"], answer["follow_ups"]) for answer in answers]
