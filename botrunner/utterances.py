"""What the bot has still to say, and whether what it asked was heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Utterances:
    """Follows the bot's words from "say this" to "this was heard".

    The prompt is the question or follow-up that is to be answered. It is `heard` once it was spoken to its
    end, and `cut` when an interruption came first; `heard_for` is then how many seconds of it were spoken. It is
    `known` once it was heard, even while it is being repeated. What is `owed` must be heard to its end,
    whatever cuts in.
    """

    def __init__(self) -> None:
        self.prompt = ""
        self.prompt_heard = False
        self.prompt_cut = False
        self.prompt_known = False
        self.heard_for = 0.0
        self.asked_at = 0.0
        self.owed = ""
        self.owed_at = 0.0
        self.all_spoken = asyncio.Event()
        self.all_spoken.set()
        self._waiting: list[str] = []
        self._followed: dict[str, asyncio.Future[bool]] = {}
        self._speaking = False
        self._head_since = 0.0

    @property
    def prompt_waiting(self) -> bool:
        """Whether the prompt is being spoken, or about to be."""
        return _normalise(self.prompt) in self._waiting

    def ask(self, prompt: str) -> None:
        self.prompt_known = self.prompt_known and prompt == self.prompt
        self.prompt, self.prompt_heard, self.prompt_cut = prompt, False, False
        self.asked_at = time.monotonic()

    def owe(self, text: str) -> None:
        self.owed = text

    @property
    def owed_waiting(self) -> bool:
        """Whether what is owed is being spoken, or about to be."""
        return _normalise(self.owed) in self._waiting

    def add(self, *texts: str) -> None:
        self._waiting.extend(_normalise(text) for text in texts)
        if self.owed in texts:
            self.owed_at = time.monotonic()
        self.all_spoken.clear()

    def follow(self, text: str) -> asyncio.Future[bool]:
        """Whether a text that is about to be added will have been heard to its end, once that is known."""
        return self._followed.setdefault(_normalise(text), asyncio.get_running_loop().create_future())

    def note_started(self) -> None:
        self._speaking, self._head_since = True, time.monotonic()

    def note_stopped(self) -> None:
        self._speaking = False

    def note_spoken(self, text: str) -> bool:
        """A turn of the bot was spoken to its end; True when the prompt was in it.

        A turn may be several texts together.
        """
        spoken, prompt_spoken = _normalise(text), False
        while self._waiting:
            head = self._waiting.pop(0)
            self._settle(head, heard=True)
            if head == _normalise(self.owed):
                self.owed = ""
            prompt_spoken = prompt_spoken or head == _normalise(self.prompt)
            if spoken.endswith(head):
                break
        self._head_since = time.monotonic()
        if not self._waiting:
            self.all_spoken.set()
        if prompt_spoken:
            self.mark_heard()
        return prompt_spoken

    def drop(self, heard_of: Callable[[str], str] = lambda text: "") -> str:
        """An interruption: what is left will not be spoken. Returns what was heard of the text being spoken."""
        heard = heard_of(self._waiting[0]) if self._waiting else ""
        if self._waiting and not self.prompt_heard:
            begun = self._speaking and self._waiting[0] == _normalise(self.prompt)
            self.prompt_cut = True
            self.heard_for = time.monotonic() - self._head_since if begun else 0.0
        for text in self._waiting:
            self._settle(text, heard=False)
        self._waiting.clear()
        self.all_spoken.set()
        return heard

    def _settle(self, text: str, *, heard: bool) -> None:
        if followed := self._followed.pop(text, None):
            followed.set_result(heard)

    def mark_heard(self) -> None:
        self.prompt_heard, self.prompt_known, self.prompt_cut = True, True, False


def _normalise(text: str) -> str:
    return " ".join(text.split())
