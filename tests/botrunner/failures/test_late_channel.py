"""Row 11: the bot's first messages are lost, because the page's data channel opens late. Django has them all.

SmallWebRTC keeps 50 messages, and none for longer than 10 s. What a page shows that has heard nothing is rebuilt from
Django: tests/interviews/candidate/test_late_page.py goes on where this ends.
"""

from __future__ import annotations

import asyncio
from uuid import uuid4

from pipecat.evals.serializer import EvalConnectionFlags, eval_connect_message
from websockets.asyncio.client import connect

from botrunner.contract import RelayCommand
from tests.botrunner.relay_server import RelayServer
from tests.evals.candidate import Candidate

EARLY = [f"This is early message {number}." for number in range(1, 61)]
ANSWER = "I have been an engineer at a payments company for nine years now."


async def test_what_a_page_that_is_late_has_missed_is_with_django(bot_url: str, relay: RelayServer) -> None:
    async with connect(bot_url, max_size=None) as socket:
        await socket.send(eval_connect_message(EvalConnectionFlags(skip_tts=True)))
        # The page does not say that it is ready: the bot begins without it.
        await relay.wait_for(lambda: any(event["type"] == "question.started" for event in relay.events()))
        for text in EARLY:
            await relay.command(RelayCommand(id=uuid4(), name="say", args={"text": text}))

        def said() -> list[str]:
            return [event["text"] for event in relay.events() if event["type"] == "turn.added"]

        await relay.wait_for(lambda: EARLY[-1] in " ".join(said()))
        assert " ".join(said()).endswith(" ".join(f"A message from the hiring team: {text}" for text in EARLY))

        late = Candidate(socket)
        listening = asyncio.create_task(late.listen())
        await late.send("client-ready", {"version": "2.2.0", "about": {"library": "test"}})
        await late.wait_for("bot-ready")
        await late.say(ANSWER)
        accepted = await late.wait_for("answer.accepted")
        await late.wait_for("question.started")
        listening.cancel()
    assert accepted["text"] == ANSWER
    types = [event["type"] for event in relay.events()]
    assert types[:2] == ["interview.started", "question.started"]
    assert relay.received == list(range(1, len(relay.stored) + 1))
