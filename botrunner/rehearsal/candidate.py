"""The simulated candidate: waits until it has been asked, thinks for a moment, and answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from botrunner.phrases import phrases_for
from botrunner.rehearsal.caller import RATE, Caller, Message
from botrunner.sandbox.voice import speak_pcm

#: Between the end of a question and the answer.
THINK_SECONDS = 0.6
#: A bot that says nothing new for this long is given up.
PATIENCE_SECONDS = 90.0
ASKS = ("question.started", "follow_up.asked")


class BotSilent(RuntimeError):
    """The bot stopped talking; the message says where."""


class Candidate:
    """Answers each question, follow-up and wish for more with the next of `answers`; the last one is for good.

    By voice the sandbox at `sandbox_url` is told first what will be said, for it can't hear.
    """

    def __init__(
        self, caller: Caller, *, answers: Sequence[str], language: str, sandbox_url: str, typed: bool = False
    ) -> None:
        self._caller = caller
        self._answers = list(answers)
        self._language = language
        self._sandbox_url = sandbox_url
        self._typed = typed
        self._too_short = phrases_for(language).too_short
        self._given = 0

    async def attend(self) -> None:
        """Take part until the interview is over. Raises BotSilent."""
        while True:
            asked = await self._wait(lambda: self._count_asks() > self._given or self._is_over())
            if not asked:
                raise BotSilent(f"The bot said nothing for {PATIENCE_SECONDS:.0f} s after answer {self._given}.")
            if self._is_over():
                await self._caller.wait_for(self._caller.bot_left.is_set, within=PATIENCE_SECONDS)
                return
            self._given = self._count_asks()
            await self._wait(self._has_been_asked)
            await asyncio.sleep(THINK_SECONDS)
            await self._answer()

    async def _answer(self) -> None:
        text = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if self._typed:
            self._caller.type(text)
            return
        pcm = await asyncio.to_thread(speak_pcm, text, f"{self._language}+f3", RATE)
        if self._sandbox_url:
            await tell(self._sandbox_url, "heard", {"utterances": [{"text": text, "seconds": len(pcm) / 2 / RATE}]})
        self._caller.microphone.speak(pcm)
        await self._caller.microphone.wait_until_said()

    async def _wait(self, predicate: Callable[[], bool]) -> bool:
        return await self._caller.wait_for(
            lambda: predicate() or self._caller.bot_left.is_set(), within=PATIENCE_SECONDS
        )

    def _count_asks(self) -> int:
        return sum(
            event["type"] in ASKS or (event["type"] == "turn.added" and self._too_short in event["text"])
            for event in events_of(self._caller.messages)
        )

    def _has_been_asked(self) -> bool:
        """Whether the bot has fallen silent since it spoke the latest question."""
        asked = spoken = False
        text = ""
        for message in self._caller.messages:
            data: Any = message.get("data") or {}
            if message["type"] == "server-message" and data.get("type") in ASKS:
                asked, spoken, text = True, False, data["text"]
            elif message["type"] == "server-message" and data.get("type") == "turn.added" and text in data["text"]:
                spoken = asked
        return spoken or self._is_over()

    def _is_over(self) -> bool:
        ended = any(event["type"] == "interview.completed" for event in events_of(self._caller.messages))
        return ended or self._caller.bot_left.is_set()


def events_of(messages: Sequence[Message]) -> list[Message]:
    """The interview events among RTVI messages."""
    return [
        message["data"] for message in messages if message["type"] == "server-message" and "type" in message["data"]
    ]


async def tell(sandbox_url: str, what: str, body: Message) -> None:
    """Script the sandbox: `heard`, `llm` or `faults`."""
    async with httpx.AsyncClient(base_url=sandbox_url, trust_env=False) as client:
        (await client.post(f"/control/{what}", json=body)).raise_for_status()
