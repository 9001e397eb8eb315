"""What a candidate notices when the model, or Django, misbehaves: nothing."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.botrunner.relay_server import RelayServer
from tests.evals.candidate import Candidate, join

SECRET = "The rubric gives five points for naming a migration."
ANSWER = "I have been an engineer at a payments company for nine years now."


def told(sandbox_url: str, path: str, body: dict[str, Any]) -> None:
    httpx.post(f"{sandbox_url}/control/{path}", json=body, trust_env=False).raise_for_status()


async def answer_next(candidate: Candidate, text: str) -> dict[str, Any]:
    await candidate.wait_for("question.started")
    await candidate.say(text)
    return await candidate.wait_for("answer.accepted")


async def test_what_a_model_writes_is_neither_spoken_nor_shown(
    sandbox_url: str, bot_url: str, relay: RelayServer
) -> None:
    told(sandbox_url, "llm", {"replies": [{"text": SECRET}]})
    async with join(bot_url) as candidate:
        accepted = await answer_next(candidate, ANSWER)
        await candidate.wait_for("question.started")
    assert (accepted["text"], accepted["reason"]) == (ANSWER, "complete")
    assert [message for message in candidate.messages if "rubric" in json.dumps(message)] == []


async def test_text_and_a_tool_call_in_one_response_take_effect_once(
    sandbox_url: str, bot_url: str, relay: RelayServer
) -> None:
    reply = {"text": SECRET, "tool": "ask_follow_up", "arguments": {"question": "Which company? And why?"}}
    told(sandbox_url, "llm", {"replies": [reply]})
    async with join(bot_url) as candidate:
        await candidate.wait_for("question.started")
        await candidate.say(ANSWER)
        asked = await candidate.wait_for("follow_up.asked")
        await candidate.say("A large one.")
        accepted = await candidate.wait_for("answer.accepted")
    assert asked["text"] == "Which company?"
    assert (accepted["text"], accepted["follow_ups"]) == (f"{ANSWER} A large one.", 1)
    assert [message for message in candidate.messages if "rubric" in json.dumps(message)] == []


async def test_a_failing_model_does_not_hold_the_interview(sandbox_url: str, bot_url: str, relay: RelayServer) -> None:
    told(sandbox_url, "faults", {"service": "openai", "kind": "status", "status": 400})
    async with join(bot_url) as candidate:
        accepted = await answer_next(candidate, "Short and sweet.")
        started = await candidate.wait_for("question.started")
    assert (accepted["text"], accepted["reason"], started["index"]) == ("Short and sweet.", "complete", 2)


async def test_django_killed_and_restarted_loses_and_doubles_nothing(bot_url: str, relay: RelayServer) -> None:
    async with join(bot_url) as candidate:
        for number in range(1, 6):
            await answer_next(candidate, f"{ANSWER} That is answer number {number}.")
            if number in (2, 4):
                await relay.kill()
            if number in (3, 5):
                await relay.start()
        await candidate.wait_for("interview.completed")
    await relay.wait_for(lambda: relay.events() and relay.events()[-1]["type"] == "interview.completed")
    accepted = [event["text"] for event in relay.events() if event["type"] == "answer.accepted"]
    assert accepted == [f"{ANSWER} That is answer number {number}." for number in range(1, 6)]
    sent = [message["data"] for message in candidate.messages if message["type"] == "server-message"]
    assert relay.events() == sent


async def test_a_bot_leaves_when_the_interview_is_over(bot_url: str, relay: RelayServer) -> None:
    async with join(bot_url) as candidate:
        await candidate.wait_for("question.started")
        await candidate.send("client-message", {"t": "interview.leave", "d": None})
        completed = await candidate.wait_for("interview.completed")
        await candidate.bot_left.wait()
    assert completed == {"type": "interview.completed", "reason": "left"}


async def test_a_bot_that_django_refuses_leaves_at_once(bot_url: str, relay: RelayServer) -> None:
    async with join(bot_url) as candidate:
        await candidate.wait_for("question.started")
        await relay.close_with(4409)
        await candidate.bot_left.wait()
