"""What time and silence bring: warnings, moving on, a reprompt, the offer to type, a pause."""

from __future__ import annotations

import time

from botrunner.clock import Due
from botrunner.contract import CompletionReason, InterviewPaused, InterviewResumed, TimeWarning, TypingOffered
from botrunner.interviewer.answering import Answering
from botrunner.interviewer.asking import Asking
from botrunner.interviewer.floor import Floor, Phase


class Timekeeping:
    def __init__(self, floor: Floor, *, asking: Asking, answering: Answering) -> None:
        self._floor = floor
        self._asking = asking
        self._answering = answering
        self._typing_offered = False

    async def keep_time(self) -> None:
        """Called every `Pacing.tick`."""
        floor = self._floor
        if floor.phase is not Phase.ASKING:
            return
        due, now = floor.clock.read_due(), time.monotonic()
        quiet = not floor.clock.candidate_speaking and not floor.clock.bot_speaking
        waited = quiet and now - floor.candidate_stopped_at > floor.pacing.settle
        if await self._answering.keep_time(waited=waited):
            pass
        elif floor.utterances.prompt_cut and waited:
            await floor.ask_again()
        elif not floor.utterances.prompt_heard and quiet and now - floor.utterances.asked_at > floor.pacing.unheard:
            await self._asking.recover_unheard()
        for what in due:
            await self._act_on(what)

    async def resume(self) -> None:
        if self._floor.clock.paused:
            self._floor.clock.paused = False
            await self._floor.stage.emit(InterviewResumed())

    async def offer_typing_once(self) -> None:
        if self._floor.phase is Phase.ASKING and not self._typing_offered:
            await self._offer_typing()

    async def _act_on(self, due: Due) -> None:
        floor, clock = self._floor, self._floor.clock
        speak = not (clock.candidate_speaking or clock.bot_speaking or clock.busy)
        match due:
            case Due.QUESTION_OVER:
                self._answering.settle("time_limit")
            case Due.INTERVIEW_OVER:
                self._answering.settle("time_limit", then=CompletionReason.TIME_LIMIT)
            case Due.QUESTION_WARNING:
                question_id = floor.progress.current.id if floor.progress.current else None
                await floor.stage.emit(
                    TimeWarning(scope="question", question_id=question_id, seconds_left=clock.question_left)
                )
                if speak:
                    await floor.speak(floor.phrases.question_time_warning)
            case Due.INTERVIEW_WARNING:
                await floor.stage.emit(TimeWarning(scope="interview", seconds_left=clock.interview_left))
                if speak:
                    await floor.speak(floor.phrases.interview_time_warning)
            case Due.REPROMPT:
                await floor.speak(floor.phrases.reprompt)
            case Due.OFFER_TYPING:
                await self._offer_typing()
            case Due.PAUSE if floor.progress.turns:
                await self._answering.accept("silence")
            case Due.PAUSE:
                clock.paused = True
                await floor.speak(floor.phrases.pausing)
                await floor.stage.emit(InterviewPaused(reason="silence"))

    async def _offer_typing(self) -> None:
        floor = self._floor
        if floor.plan.typing_allowed and floor.progress.current:
            self._typing_offered = True
            await floor.stage.emit(TypingOffered(question_id=floor.progress.current.id))
            await floor.speak(floor.phrases.offer_typing)
