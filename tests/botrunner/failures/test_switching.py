"""From voice to typing and back in the middle of an answer: one answer, with all of its words in order."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from botrunner.contract import ClientMessageType
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.failures.spoken import PACING, SpokenInterview, interview
from tests.botrunner.plans import SECOND, make_plan, make_question

__all__ = ["sandbox", "sandbox_server"]

NEXT = make_question(SECOND, "What are you proud of?", max_follow_ups=0)
PLAN = make_plan(make_question(max_follow_ups=0), NEXT)
SPOKEN, TYPED, OTHER = "I run the databases of", "Kraftwerk GmbH, in Duesseldorf.", "Of keeping calm at night."


def answers(talk: SpokenInterview) -> list[tuple[str, str]]:
    """By question, what came last counts."""
    told = {event["question_id"]: (event["text"], event["modality"]) for event in talk.events("answer.accepted")}
    return list(told.values())


async def test_a_name_is_typed_while_the_voice_is_open(sandbox: Sandbox, tmp_path: Path) -> None:
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path)) as talk:
        await talk.asked(1)
        await talk.begin_voice()
        await talk.hear(SPOKEN)
        await asyncio.sleep(0.1)
        await talk.type(TYPED)
        await talk.end_voice()
        await talk.asked(2)
        await talk.say(OTHER)
        await talk.until(lambda: talk.events("interview.completed"))
    assert answers(talk) == [(f"{SPOKEN} {TYPED}", "mixed"), (OTHER, "voice")]


async def test_the_voice_ends_while_the_rest_is_being_typed(sandbox: Sandbox, tmp_path: Path) -> None:
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path)) as talk:
        await talk.asked(1)
        await talk.press(ClientMessageType.TYPING)
        await talk.say("I run the databases of a company.")
        await talk.until(lambda: any(turn["role"] == "candidate" for turn in talk.events("turn.added")))
        await asyncio.sleep(10 * PACING.settle)
        assert answers(talk) == []
        await talk.type(TYPED)
        await talk.asked(2)
    assert answers(talk) == [(f"I run the databases of a company. {TYPED}", "mixed")]


async def test_what_was_being_typed_is_given_up(sandbox: Sandbox, tmp_path: Path) -> None:
    pacing = type(PACING)(**{**vars(PACING), "typing": 1})
    async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path), pacing=pacing) as talk:
        await talk.asked(1)
        await talk.press(ClientMessageType.TYPING)
        await talk.say("I run the databases of a company.")
        await talk.asked(2)
    assert answers(talk) == [("I run the databases of a company.", "voice")]


@pytest.mark.parametrize("follow_up", [None, "Which ones?"])
async def test_the_rest_of_a_typed_answer_is_spoken(sandbox: Sandbox, tmp_path: Path, follow_up: str | None) -> None:
    """While the model thinks about what was typed, or in answer to the follow-up that it words."""
    plan = make_plan(make_question(max_follow_ups=1), NEXT)
    accepts = {"tool": "accept_answer"}
    sandbox.reply({"tool": "ask_follow_up", "arguments": {"question": follow_up}} if follow_up else accepts, accepts)
    if not follow_up:
        sandbox.fail("openai", "latency", seconds=1)
    async with interview(plan, sandbox_url=sandbox.url, cache=str(tmp_path)) as talk:
        await talk.asked(1)
        await talk.type(TYPED)
        await talk.until(lambda: follow_up in talk.said() if follow_up else sandbox.log("openai"))
        await talk.say("I run all of their databases.")
        await talk.asked(2)
    assert answers(talk) == [(f"{TYPED} I run all of their databases.", "mixed")]
