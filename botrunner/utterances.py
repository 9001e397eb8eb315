"""What the bot has still to say, and whether what it asked was heard."""

from __future__ import annotations

import asyncio
import time


class Utterances:
    """Follows the bot's words from "say this" to "this was heard".

    The prompt is the question or follow-up that is to be answered. It is `heard` once it was spoken to its
    end, and `cut` when an interruption came first; `heard_for` is then how many seconds of it were spoken.
    """

    def __init__(self) -> None:
        self.prompt = ""
        self.prompt_heard = False
        self.prompt_cut = False
        self.heard_for = 0.0
        self.asked_at = 0.0
        self.all_spoken = asyncio.Event()
        self.all_spoken.set()
        self._waiting: list[str] = []
        self._speaking = False
        self._head_since = 0.0

    @property
    def prompt_waiting(self) -> bool:
        """Whether the prompt is being spoken, or about to be."""
        return _normalise(self.prompt) in self._waiting

    def ask(self, prompt: str) -> None:
        self.prompt, self.prompt_heard, self.prompt_cut = prompt, False, False
        self.asked_at = time.monotonic()

    def add(self, *texts: str) -> None:
        self._waiting.extend(_normalise(text) for text in texts)
        self.all_spoken.clear()

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
            prompt_spoken = prompt_spoken or head == _normalise(self.prompt)
            if spoken.endswith(head):
                break
        self._head_since = time.monotonic()
        if not self._waiting:
            self.all_spoken.set()
        if prompt_spoken:
            self.mark_heard()
        return prompt_spoken

    def drop(self) -> None:
        """An interruption: what is left will not be spoken."""
        if self._waiting and not self.prompt_heard:
            begun = self._speaking and self._waiting[0] == _normalise(self.prompt)
            self.prompt_cut = True
            self.heard_for = time.monotonic() - self._head_since if begun else 0.0
        self._waiting.clear()
        self.all_spoken.set()

    def mark_heard(self) -> None:
        self.prompt_heard, self.prompt_cut = True, False


def _normalise(text: str) -> str:
    return " ".join(text.split())
