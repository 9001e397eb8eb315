"""From the greeting to the question, and from each question to the next."""

from __future__ import annotations

from botrunner.contract import CompletionReason, InterviewStarted
from botrunner.interviewer.closing import Closing
from botrunner.interviewer.floor import Floor, Phase


class Asking:
    def __init__(self, floor: Floor, *, closing: Closing) -> None:
        self._floor = floor
        self._closing = closing
        self._asked_again = False

    @property
    def fixed_texts(self) -> list[str]:
        """Every text known before the interview, in the order in which it may be needed."""
        plan, phrases, progress = self._floor.plan, self._floor.phrases, self._floor.progress
        greeting = [phrases.welcome_back] if progress.resumed else [plan.intro]
        disclosure = [] if progress.has_heard(plan.disclosure) else [plan.disclosure]
        first, *later = progress.texts_ahead or [plan.outro]
        return [*greeting, *disclosure, first, *phrases.all_texts(), *later, plan.outro]

    async def greet(self) -> None:
        floor = self._floor
        if floor.phase is not Phase.WAITING:
            return
        floor.phase = Phase.ASKING
        await self.open()

    async def open(self) -> None:
        """Begin, or try to once more."""
        floor = self._floor
        await floor.stage.prepare()
        floor.clock.start()
        floor.utterances.owe("" if floor.progress.has_heard(floor.plan.disclosure) else floor.plan.disclosure)
        await floor.stage.emit(
            InterviewStarted(
                question_count=len(floor.plan.questions),
                total_limit=floor.plan.total_limit,
                elapsed=floor.clock.elapsed,
                resumed=floor.progress.resumed,
            )
        )
        if floor.progress.resumed:
            await self.begin_next(floor.phrases.welcome_back)
        else:
            await self.begin_next(floor.plan.intro, floor.plan.disclosure)

    async def begin_next(self, *greeting: str) -> None:
        floor = self._floor
        self._asked_again = False
        started = floor.progress.begin_next()
        question = floor.progress.current
        if started is None or question is None:
            self._closing.begin(CompletionReason.ALL_ANSWERED)
            return
        floor.move_on()
        floor.clock.begin_question(question.time_limit, left=started.time_left)
        await floor.stage.emit(started)
        if follow_up := floor.progress.follow_up:  # of an earlier session
            await floor.stage.emit(follow_up)
        if greeting:
            await floor.speak(*greeting)
        await floor.stage.put_question(question, floor.progress.prompt)

    async def recover_unheard(self) -> None:
        """A question whose speech never seems to have ended: ask it once more, then let the clock start."""
        if self._asked_again:
            self._floor.utterances.owe("")
            self._floor.mark_heard()
        else:
            self._asked_again = True
            await self._floor.ask_again()
