"""What time and silence bring: warnings, moving on, a reprompt, the offer to type, a pause."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

from botrunner.clock import Due
from botrunner.contract import (
    CompletionReason,
    InterviewPaused,
    InterviewResumed,
    TimeWarning,
    TypingOffered,
    VoiceUnavailable,
)
from botrunner.interviewer.answering import Answering
from botrunner.interviewer.asking import Asking
from botrunner.interviewer.closing import Closing
from botrunner.interviewer.floor import Floor, Phase


class Timekeeping:
    def __init__(self, floor: Floor, *, asking: Asking, answering: Answering, closing: Closing) -> None:
        self._floor = floor
        self._asking = asking
        self._answering = answering
        self._closing = closing
        self._typing_offered = False
        self._voiceless_at: UUID | None = None
        self._paused_at: set[UUID] = set()
        self._paused_since: datetime | None = None

    async def keep_time(self) -> None:
        """Called every `Pacing.tick`, when nothing else is to be done."""
        floor = self._floor
        if floor.phase is not Phase.ASKING or floor.progress.current is None:
            return
        due, now = floor.clock.read_due(), time.monotonic()
        if floor.clock.paused:
            if Due.PAUSE_OVER in due:
                await self._end_pause()
            return
        quiet = not floor.clock.candidate_speaking and not floor.clock.bot_speaking
        waited = quiet and not floor.clock.candidate_typing and now - floor.candidate_stopped_at > floor.pacing.settle
        if await self._answering.keep_time(waited=waited):
            pass
        elif floor.utterances.prompt_cut and waited:
            await floor.ask_again()
        elif not floor.utterances.prompt_heard and quiet and now - floor.utterances.asked_at > floor.pacing.unheard:
            await self._asking.recover_unheard()
        for what in due:
            await self._act_on(what)
        if floor.clock.elapsed - floor.reported >= floor.pacing.report:
            await floor.report_time()

    # --- Pauses ---------------------------------------------------------------------------------------

    async def pause(self) -> None:
        """The candidate asks for a moment: granted once for each question."""
        floor, question = self._floor, self._floor.progress.current
        if question is None or floor.clock.paused or question.id in self._paused_at:
            return
        self._paused_at.add(question.id)
        if floor.clock.candidate_speaking:
            await floor.stage.end_turn()
        self._answering.interrupt_decision()
        await self._pause("candidate")

    async def resume(self) -> None:
        """Go on after the candidate's moment, or after silence."""
        if not self._floor.clock.paused:
            return
        asked_for, self._paused_since = self._paused_since, None
        self._floor.clock.resume()
        await self._floor.stage.emit(InterviewResumed())
        if asked_for:
            await self._floor.speak(self._floor.phrases.welcome_back)

    async def resume_from_silence(self) -> None:
        """Somebody is there again. A moment that was asked for is not over because of a noise."""
        if self._paused_since is None:
            await self.resume()

    async def resume_to_hear(self, started_at: datetime) -> None:
        """Words of the candidate's: those from before a pause do not end it."""
        if self._paused_since is None or started_at > self._paused_since:
            self._paused_since = None
            await self.resume()

    async def _pause(self, reason: str) -> None:
        self._floor.clock.pause()
        self._paused_since = datetime.now(UTC) if reason == "candidate" else None
        await self._floor.report_time()
        await self._floor.stage.emit(InterviewPaused(reason=reason))

    async def _end_pause(self) -> None:
        if self._paused_since:
            await self.resume()
        else:
            self._closing.begin(CompletionReason.LEFT)

    # --- Time and silence -----------------------------------------------------------------------------

    async def offer_typing_once(self) -> None:
        if self._floor.phase is Phase.ASKING and not self._typing_offered:
            await self._offer_typing()

    async def tell_voiceless(self) -> None:
        """What was to be heard can only be read: said once for each question."""
        floor = self._floor
        if floor.phase in (Phase.ASKING, Phase.CLOSING) and self._voiceless_at != floor.question_id:
            self._voiceless_at = floor.question_id
            await floor.stage.emit(VoiceUnavailable(text=floor.phrases.voice_unavailable))

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
            case Due.REPROMPT | Due.OFFER_TYPING if floor.until_done and floor.unfinished:
                await floor.speak(floor.phrases.still_listening)
            case Due.REPROMPT:
                await floor.speak(floor.phrases.reprompt)
            case Due.OFFER_TYPING:
                await self._offer_typing()
            case Due.PAUSE if floor.progress.turns:
                await self._answering.accept("silence")
            case Due.PAUSE:
                await floor.speak(floor.phrases.pausing)
                await self._pause("silence")

    async def _offer_typing(self) -> None:
        floor = self._floor
        if floor.plan.typing_allowed and floor.progress.current:
            self._typing_offered = True
            await floor.stage.emit(TypingOffered(question_id=floor.progress.current.id))
            await floor.speak(floor.phrases.offer_typing)
