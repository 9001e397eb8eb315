"""A candidate who holds their interview in writing, from its link to its end, and comes back whatever breaks.

What is typed and what is accepted goes into a journal, a line of JSON each, written before anything else happens: it
outlives the process, which is killed now and then.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from botrunner.rehearsal.caller import Caller, CallFailed, Message
from botrunner.rehearsal.candidate import events_of

ANSWER = "This is what I did, with whom and why, and what came of it, in words that need no further question: {}."
ASKS = ("question.started", "follow_up.asked")
#: Seconds without a word from the bot after which the connection is made anew.
PATIENCE = 25.0
PAUSE = 0.5
OVER = ("processing", "completed")


class Candidate:
    def __init__(self, url: str, journal: Path) -> None:
        self._url = url
        self._journal = journal
        self._client = httpx.AsyncClient(trust_env=False, timeout=20, headers={"Accept": "application/json"})
        self._config: Message = {}

    async def attend(self) -> None:
        """Return once the interview is over, be it that a life before this one ended it."""
        if (await self._ask("GET", "state"))["invitation"]["status"] in OVER:
            return
        await self._open()
        while True:
            state = await self._ask("GET", "state")
            session = state["session"]
            if state["invitation"]["status"] in OVER:
                return
            if session is None or session["status"] == "ended":
                await self._ask(
                    "POST", "start", consent=True, consent_version=self._config["consent_version"], mode="text"
                )
            elif session["status"] == "live":
                # Whoever was here before has lost it.
                await self._ask("POST", "leave", lost=True)
            elif session["connect"]:
                await self._talk(session["connect"]["offer_url"])
            await asyncio.sleep(PAUSE)

    async def _open(self) -> None:
        page = await self._insist(lambda: self._client.get(self._url, headers={"Accept": "text/html"}))
        found = re.search(r'<script id="interview-config" type="application/json">(.*?)</script>', page.text, re.S)
        if found is None:
            raise RuntimeError(f"There is no lobby: HTTP {page.status_code}")
        self._config = json.loads(found[1])
        self._client.headers["X-CSRFToken"] = self._config["csrf"]

    async def _ask(self, method: str, what: str, **body: Any) -> Message:
        answer = await self._insist(lambda: self._client.request(method, f"{self._url}{what}", json=body or None))
        return answer.json() if answer.is_success else await self._ask("GET", "state")

    async def _insist(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """The web server may be away, or coming back."""
        while True:
            try:
                answer = await send()
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code < 500:
                return answer
            await asyncio.sleep(PAUSE)

    async def _talk(self, offer_url: str) -> None:
        """Answer what is asked until this connection has nothing more to give."""
        caller = Caller(on_message=self._note)

        async def exchange(offer: Message) -> Message:
            answer = await self._client.post(str(httpx.URL(self._url).join(offer_url)), json=offer)
            content: Message = answer.raise_for_status().json()
            return content

        try:
            await caller.connect(exchange)
            answered = 0
            while await wait_for_more(caller, than=answered):
                answered = count_asked(caller)
                text = ANSWER.format(uuid4())
                self._write(typed=text)
                caller.type(text)
            if is_over(caller):
                await caller.wait_for(caller.bot_left.is_set, within=PATIENCE)
        except CallFailed:
            return
        finally:
            await caller.hang_up()

    def _note(self, message: Message) -> None:
        for event in events_of([message]):
            if event["type"] == "answer.accepted":
                self._write(accepted=event["text"], question=event["question_id"])

    def _write(self, **line: str) -> None:
        with self._journal.open("a") as journal:
            journal.write(json.dumps(line) + "\n")


async def wait_for_more(caller: Caller, *, than: int) -> bool:
    """Whether another thing is asked; not when the interview is over, or nothing comes for long."""
    await caller.wait_for(lambda: count_asked(caller) > than or is_over(caller), within=PATIENCE)
    return count_asked(caller) > than and not is_over(caller)


def count_asked(caller: Caller) -> int:
    return sum(event["type"] in ASKS for event in events_of(caller.messages))


def is_over(caller: Caller) -> bool:
    return caller.bot_left.is_set() or any(
        event["type"] == "interview.completed" for event in events_of(caller.messages)
    )


def attend(url: str, journal: Path) -> None:
    """The whole life of the candidate's process."""
    asyncio.run(Candidate(url, journal).attend())
