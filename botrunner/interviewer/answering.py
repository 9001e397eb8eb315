"""From the candidate's words to an accepted answer, by way of at most a few follow-ups."""

from __future__ import annotations

import time
from dataclasses import dataclass

from loguru import logger

from botrunner.contract import CompletionReason, Modality, WaitOffered
from botrunner.follow_up import word_follow_up
from botrunner.interviewer.asking import Asking
from botrunner.interviewer.closing import Closing
from botrunner.interviewer.floor import Floor, Phase
from botrunner.progress import AcceptReason, SpokenTurn

#: A question cut off by fewer words than these is asked again, however few would do for an answer.
CUT_IN_WORDS = 6
#: Nobody answers a question of which less than this was heard, in seconds: they go on with what they were saying.
HEARD_ENOUGH = 2.0


@dataclass
class Settling:
    """An answer about to be accepted, or decided upon, as soon as the words still on their way are in."""

    until: float
    reason: AcceptReason
    then: CompletionReason | None = None
    turn_ended: bool = False
    undecided: bool = False  # whether there may be a follow-up first


class Answering:
    """`typed_words_wait` says that a typed turn is to be heard as soon as the spoken one before it was."""

    def __init__(self, floor: Floor, *, asking: Asking, closing: Closing) -> None:
        self._floor = floor
        self._asking = asking
        self._closing = closing
        self._decide_by: float | None = None
        self._settling: Settling | None = None
        self._acknowledged = 0
        self._wait_offered = False
        self.typed_words_wait = False

    # --- Words ----------------------------------------------------------------------------------------

    async def hear(self, turn: SpokenTurn) -> None:
        """Record a turn, and credit it to what was asked."""
        floor = self._floor
        if self._goes_on(turn):
            await self._add_to_previous(turn)
            return
        await floor.record_candidate_turn(turn, question_id=floor.question_id)
        if not floor.progress.awaiting_answer:
            return
        floor.progress.add_turn(turn)
        if floor.phase is not Phase.ASKING:
            return
        utterances, typed = floor.utterances, turn.modality is Modality.TEXT
        floor.unfinished = True
        if self._settling:
            await self._close(self._settling)
        elif floor.clock.paused:
            pass  # the beginning of an answer that goes on after the pause
        elif not typed and not floor.until_done and (self.typed_words_wait or floor.clock.candidate_typing):
            floor.undecided = True
        elif utterances.prompt_cut and not typed and len(turn.text.split()) < CUT_IN_WORDS:
            await floor.ask_again()
        elif floor.until_done and not typed:
            floor.undecided = False
            self._count_as_heard()
        else:
            await self.decide()

    def _goes_on(self, turn: SpokenTurn) -> bool:
        """Whether these words belong to what was asked before: said before the prompt, or over its first words."""
        floor, utterances = self._floor, self._floor.utterances
        if turn.modality is Modality.TEXT or floor.phase is Phase.OVER:
            return False
        said_after = floor.voiced_at - floor.moved_on_at
        may_be_late = floor.voiced_at > 0 and time.monotonic() - floor.moved_on_at < floor.pacing.late_words
        if not floor.progress.awaiting_answer:
            return may_be_late and said_after < HEARD_ENOUGH
        if floor.phase is Phase.CLOSING or floor.progress.answered_last:
            return False
        talked_over = utterances.prompt_cut and not utterances.prompt_known and utterances.heard_for < HEARD_ENOUGH
        return talked_over or (may_be_late and said_after < 0)

    async def _add_to_previous(self, turn: SpokenTurn) -> None:
        """Nothing that was said is lost, and what talked over a prompt is no answer to it."""
        floor = self._floor
        if floor.voiced_at > floor.moved_on_at and floor.progress.has_previous and not floor.until_done:
            await self._learn_patience()
        answer = floor.progress.add_to_previous(turn)
        await floor.record_candidate_turn(turn, question_id=answer.question_id if answer else floor.question_id)
        if answer:
            await floor.stage.emit(answer)
        if floor.phase is Phase.ASKING and floor.utterances.prompt_cut:
            await floor.ask_again()

    async def _learn_patience(self) -> None:
        """An answer was taken for over too early: the next ones are left more silence, and the candidate a choice."""
        floor = self._floor
        floor.patience.note_talked_over()
        if floor.phase is Phase.ASKING and not self._wait_offered:
            self._wait_offered = True
            await floor.stage.emit(WaitOffered())

    # --- Follow up, or accept -------------------------------------------------------------------------

    @property
    def deciding(self) -> bool:
        """Whether the model is asked about the answer just now."""
        return self._decide_by is not None

    @property
    def settling(self) -> bool:
        """Whether the question is about to be closed, whatever is still to come in."""
        return self._settling is not None

    async def decide(self) -> None:
        """Let the model decide on a follow-up when there is one left; else the answer is complete."""
        floor = self._floor
        floor.undecided, floor.unfinished = False, False
        self._count_as_heard()
        if floor.progress.follow_ups_left <= 0:
            await self.accept("complete")
            return
        self._decide_by = time.monotonic() + floor.pacing.decision
        floor.clock.busy = True
        await floor.stage.ask_model(floor.progress)

    def _count_as_heard(self) -> None:
        """What was answered was asked, though perhaps not heard to its end."""
        if not self._floor.utterances.prompt_heard:
            self._floor.mark_heard()

    def drop_decision(self) -> None:
        """Whatever the model comes up with is not wanted any more."""
        self._decide_by = None
        self._floor.clock.busy = False

    def interrupt_decision(self) -> None:
        """The model's reply is lost; the answer still waits for a decision."""
        if self._decide_by is not None:
            self.drop_decision()
            self._floor.undecided = True

    async def on_follow_up(self, raw: str) -> None:
        """The model wants to ask something."""
        if self._decide_by is None:
            return
        self.drop_decision()
        progress, question = self._floor.progress, self._floor.progress.current
        text = word_follow_up(raw, question=question, language=self._floor.plan.language) if question else ""
        asked = progress.ask_follow_up(text) if text else None
        if asked is None:
            await self.accept("complete")
            return
        self._floor.move_on()
        await self._floor.stage.emit(asked)
        # Its audio is at hand, and covers the wait for the follow-up's, which nobody could make ahead.
        await self._floor.speak(self._acknowledge())
        await self._floor.say_prompt(text)

    async def on_accepted(self) -> None:
        """The model is content, or could not be asked."""
        if self._decide_by is not None:
            await self.accept("complete")

    async def accept(self, reason: AcceptReason, *, then: CompletionReason | None = None) -> None:
        """Close the question and go on. The next one starts once the relay has the answer, or soon after."""
        floor = self._floor
        if reason in ("complete", "done") and floor.progress.words_missing:
            await self._ask_for_more()
            return
        if floor.utterances.owed and then is None and not floor.client_gone:
            if not floor.clock.candidate_speaking:
                await floor.disclose()  # once that was heard the answer counts
            self._settling = self._settling or Settling(until=0.0, reason=reason)
            return
        answer = floor.progress.accept(reason)
        if answer is None:
            return
        self.drop_decision()
        self._settling, floor.undecided, floor.unfinished = None, False, False
        floor.clock.end_question()
        floor.move_on()
        seq = await floor.stage.emit(answer)
        if then is not None or not floor.progress.has_next:
            self._closing.begin(then or CompletionReason.ALL_ANSWERED)
            return
        await floor.speak(floor.phrases.question_time_over if reason == "time_limit" else self._acknowledge())
        if seq is not None and not await floor.stage.wait_acked(seq, floor.pacing.answer_ack):
            logger.warning("interviewer: the relay has not acknowledged the answer yet, going on")
        await self._asking.begin_next()

    async def _ask_for_more(self) -> None:
        """A required question is not done with by less than its plan asks for, unless the candidate insists."""
        self.drop_decision()
        self._settling, self._floor.undecided, self._floor.unfinished = None, False, False
        progress, phrases = self._floor.progress, self._floor.phrases
        progress.hinted = True
        await self._floor.speak(phrases.too_short if progress.turns else phrases.nothing_said)

    def _acknowledge(self) -> str:
        choices = self._floor.phrases.acknowledgements
        phrase = choices[self._acknowledged % len(choices)]
        self._acknowledged += 1
        return phrase

    # --- Until the candidate is done ------------------------------------------------------------------

    def wait_until_done(self, wait: bool) -> None:
        """Whether spoken words wait for `finish`, those included that were about to be decided upon."""
        floor = self._floor
        if wait == floor.until_done:
            return
        floor.until_done = wait
        if wait and (self.deciding or floor.undecided):
            self.drop_decision()
            floor.undecided, floor.unfinished = False, True
        elif not wait and floor.unfinished and not self.settling:
            floor.undecided = True

    def finish(self) -> None:
        """The candidate is done. Words that waited for it may bring a follow-up, as those of others do."""
        self.settle("done", undecided=self._floor.until_done and not self.deciding)

    # --- The last words -------------------------------------------------------------------------------

    def settle(self, reason: AcceptReason, *, then: CompletionReason | None = None, undecided: bool = False) -> None:
        """Accept what there is, once a sentence being spoken has had a moment to come in.

        One that is settling already keeps its reason, but nothing may keep the interview from ending with it.
        """
        floor = self._floor
        if self._settling:
            if then is not None or self._settling.undecided:
                self._settling.reason, self._settling.then, self._settling.undecided = reason, then, undecided
        elif floor.progress.awaiting_answer:
            wait = floor.pacing.settle if floor.clock.candidate_speaking else 0.0
            self._settling = Settling(time.monotonic() + wait, reason, then, undecided=undecided)

    async def keep_time(self, *, waited: bool) -> bool:
        """Do what is due now; False when nothing is. `waited` says that both have been quiet for a moment."""
        now = time.monotonic()
        if self._settling:
            await self._finish_settling(self._settling, now)
        elif self._decide_by is not None and now > self._decide_by:
            logger.warning("interviewer: the model did not decide in time, the answer is accepted")
            await self.accept("complete")
        elif self._floor.undecided and waited:
            await self.decide()
        else:
            return False
        return True

    async def _finish_settling(self, settling: Settling, now: float) -> None:
        speaking = self._floor.clock.candidate_speaking
        if now < settling.until and speaking:
            return
        if speaking and not settling.turn_ended:
            settling.turn_ended, settling.until = True, now + self._floor.pacing.settle / 3
            await self._floor.stage.end_turn()
            return
        await self._close(settling)

    async def _close(self, settling: Settling) -> None:
        if settling.undecided and self._floor.unfinished:
            self._settling = None
            await self.decide()
        else:
            await self.accept(settling.reason, then=settling.then)
