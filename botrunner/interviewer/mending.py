"""What follows when a step of the interviewer fails, or does not come to its end: nobody is left in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botrunner.contract import CompletionReason, InterviewTroubled
from botrunner.interviewer.answering import Answering
from botrunner.interviewer.asking import Asking
from botrunner.interviewer.closing import Closing
from botrunner.interviewer.floor import Floor, Phase

#: Troubles with one question after which the interview breaks off.
TROUBLES = 3


class Mending:
    def __init__(self, floor: Floor, *, asking: Asking, answering: Answering, closing: Closing) -> None:
        self._floor = floor
        self._asking = asking
        self._answering = answering
        self._closing = closing
        self._question: object = None
        self._troubles = 0

    def note_trouble(self, step: Callable[..., Any]) -> None:
        """A step has failed. What it left undone is made good after all that has happened meanwhile."""
        floor = self._floor
        if floor.phase is Phase.CLOSING:
            floor.post(self._closing.hasten)
        elif floor.phase is Phase.ASKING:
            if self._question != floor.question_id:
                self._question, self._troubles = floor.question_id, 0
            self._troubles += 1
            if self._troubles >= TROUBLES or step == self.mend:
                self._answering.drop_decision()
                self._closing.begin(CompletionReason.FAILED)
            else:
                floor.post(self.mend)

    async def mend(self) -> None:
        """Say that something went wrong, and go on from where the interview stands."""
        floor, answering, progress = self._floor, self._answering, self._floor.progress
        if floor.phase is not Phase.ASKING:
            return
        await floor.stage.emit(InterviewTroubled(text=floor.phrases.trouble))
        await floor.speak(floor.phrases.trouble)
        if progress.current is None:
            await self._asking.open()
        elif not progress.awaiting_answer:
            if progress.accepted_last:  # Django may not have it yet
                await floor.stage.emit(progress.accepted_last)
            await self._asking.begin_next()
        elif answering.deciding or answering.settling:
            pass  # both have a limit of their own
        elif progress.answered_last:
            floor.undecided, floor.unfinished = not floor.until_done, True
        else:
            await floor.ask_again()
