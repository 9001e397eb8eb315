"""When a spoken turn is over: not while the candidate visibly thinks.

Smart turn hears whether a sentence sounds finished; the words tell when it can't be. Pipecat's other ways were left
aside: a completeness check by the model would stand between every answer and the next question, and an eager end
of turn needs a service that offers it (Flux, which brings its own strategies).
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from pipecat.audio.turn.base_turn_analyzer import BaseTurnAnalyzer
from pipecat.frames.frames import VADUserStoppedSpeakingFrame
from pipecat.turns.user_stop import TurnAnalyzerUserTurnStopStrategy

#: Nobody ends an answer on one of these: they join, or fill a pause.
_JOINING = {
    "en": "and but or because so then which that if when with to of the a an my um uh er erm hmm well like",
    "es": "y pero o porque entonces que si cuando con de el la un una mi eh este pues",
    "fr": "et mais ou parce donc puis qui si quand avec du le les des euh ben alors",
    "de": "und aber oder weil also dann dass wenn mit zu der die das ein eine äh ähm",
    "pt": "e mas ou porque então quando com do da os as um uma é hum tipo",
    "hi": "और लेकिन या क्योंकि तो फिर कि अगर जब के की का",
}
_GOES_ON = frozenset(word for words in _JOINING.values() for word in words.split())


def is_unfinished(text: str) -> bool:
    """Whether more must come after these words: they end on a comma, a dash, dots, or a word that joins."""
    text = text.strip()
    if re.search(r"(?:[,;:\u2013\u2014-]|\.\.\.|…)$", text):
        return True
    if not text or re.search(r"[.!?\u0964\u3002\uff1f\uff01][\"'\u201d\u2019»]?$", text):
        return False
    return text.split()[-1].lower() in _GOES_ON


class ThinkingPauseStopStrategy(TurnAnalyzerUserTurnStopStrategy):
    """Ends a turn as its base does, but for an unfinished sentence only after `unfinished_pause` seconds of silence."""

    def __init__(self, *, turn_analyzer: BaseTurnAnalyzer, unfinished_pause: float, **kwargs: Any) -> None:
        super().__init__(turn_analyzer=turn_analyzer, **kwargs)
        self._unfinished_pause = unfinished_pause
        self._silent_since = 0.0
        self._waiting: asyncio.Task[None] | None = None

    async def trigger_user_turn_stopped(self, *, enable_user_speaking_frames: bool | None = None) -> None:
        left = self._silent_since + self._unfinished_pause - time.monotonic()
        if left <= 0 or not is_unfinished(self._text):
            await super().trigger_user_turn_stopped(enable_user_speaking_frames=enable_user_speaking_frames)
        elif self._waiting is None:
            self._waiting = self.task_manager.create_task(self._end_after(left), f"{self}::thinking_pause")

    async def cleanup(self) -> None:
        await super().cleanup()
        await self._stop_waiting()

    async def _handle_vad_user_stopped_speaking(self, frame: VADUserStoppedSpeakingFrame) -> None:
        self._silent_since = time.monotonic()
        await super()._handle_vad_user_stopped_speaking(frame)

    async def _discard_pending_end_of_turn(self) -> None:
        await super()._discard_pending_end_of_turn()
        await self._stop_waiting()

    async def _end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._waiting = None
        await super().trigger_user_turn_stopped()

    async def _stop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            await self.task_manager.cancel_task(waiting)
