"""Row 8: a barge-in during the voice's first byte, with the result of a tool under way. The next turn speaks."""

from __future__ import annotations

import asyncio

from tests.botrunner.failures.conftest import ANSWER, Tell, hear_question, hear_turn
from tests.botrunner.relay_server import RelayServer
from tests.evals.candidate import join

SHORT = "Engineer."


async def test_after_a_barge_in_before_the_first_byte_the_bot_speaks_on(
    bot_url: str, relay: RelayServer, tell: Tell, speech: bytes
) -> None:
    await tell("llm", replies=[{"tool": "ask_follow_up", "arguments": {"question": "Which of them, number eight?"}}])
    await tell("heard", utterances=[SHORT, ANSWER])
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        for service in ("tts", "aura"):
            await tell("faults", service=service, kind="latency", seconds=3)
        candidate.speak(speech[:32_000])  # For one word, a second: whoever goes on without words is not understood.
        asked = await candidate.wait_for("follow_up.asked")
        await asyncio.sleep(0.6)  # Or it would be the end of what was said before, to the sandbox's ear.
        candidate.speak(speech)  # Nothing of the follow-up has been heard yet, so it is asked again.
        await hear_turn(candidate, asked["text"])
        await candidate.say("Eight it is.")
        accepted = await candidate.wait_for("answer.accepted")
        second = await hear_question(candidate)
    assert asked["text"] == "Which of them, number eight?"
    assert accepted["text"] == f"{SHORT} {ANSWER} Eight it is."
    assert second.startswith("Which strength")


async def test_barge_ins_one_after_the_other_leave_a_bot_that_speaks(
    bot_url: str, relay: RelayServer, tell: Tell, speech: bytes
) -> None:
    async with join(bot_url, by_voice=True) as candidate:
        await hear_question(candidate)
        for number in range(4):
            await tell("faults", service="tts", kind="latency", seconds=0.5)
            await candidate.send("client-message", {"t": "interview.repeat", "d": None})
            await asyncio.sleep(0.2 * number)
            candidate.speak(speech[:32_000])
            await asyncio.sleep(1.5)
        await candidate.say(ANSWER)
        await candidate.wait_for("answer.accepted")
        assert (await hear_question(candidate)).startswith("Which strength")
