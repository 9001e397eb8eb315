"""From the candidate's words to an accepted answer, by way of at most a few follow-ups."""

from __future__ import annotations

import time
from dataclasses import dataclass

from loguru import logger

from botrunner.contract import CompletionReason, Modality
from botrunner.follow_up import word_follow_up
from botrunner.interviewer.asking import Asking
from botrunner.interviewer.closing import Closing
from botrunner.interviewer.floor import Floor, Phase
from botrunner.progress import AcceptReason, SpokenTurn

#: A question cut off by fewer words than these, or within HEARD_ENOUGH seconds, is asked again.
ANSWER_WORDS = 6
HEARD_ENOUGH = 2.0


@dataclass
class Settling:
    """An answer about to be accepted, as soon as the words still on their way are in."""

    until: float
    reason: AcceptReason
    then: CompletionReason | None = None
    turn_ended: bool = False


class Answering:
    def __init__(self, floor: Floor, *, asking: Asking, closing: Closing) -> None:
        self._floor = floor
        self._asking = asking
        self._closing = closing
        self._decide_by: float | None = None
        self._settling: Settling | None = None

    # --- Words ----------------------------------------------------------------------------------------

    async def hear(self, turn: SpokenTurn) -> None:
        """Credit a turn, already recorded, to what was asked."""
        floor = self._floor
        if floor.phase is not Phase.ASKING or not floor.progress.awaiting_answer:
            return
        utterances, typed = floor.utterances, turn.modality is Modality.TEXT
        if utterances.prompt_cut and not typed and utterances.heard_for < HEARD_ENOUGH:
            await floor.ask_again()
            return
        floor.progress.add_turn(turn)
        if self._settling:
            await self.accept(self._settling.reason, then=self._settling.then)
        elif floor.clock.paused:
            pass  # the beginning of an answer that goes on after the pause
        elif utterances.prompt_cut and not typed and len(turn.text.split()) < ANSWER_WORDS:
            await floor.ask_again()
        else:
            await self.decide()

    # --- Follow up, or accept -------------------------------------------------------------------------

    @property
    def deciding(self) -> bool:
        """Whether the model is asked about the answer just now."""
        return self._decide_by is not None

    async def decide(self) -> None:
        """Let the model decide on a follow-up when there is one left; else the answer is complete."""
        floor = self._floor
        floor.undecided = False
        if not floor.utterances.prompt_heard:
            floor.mark_heard()
        if floor.progress.follow_ups_left <= 0:
            await self.accept("complete")
            return
        self._decide_by = time.monotonic() + floor.pacing.decision
        floor.clock.busy = True
        await floor.stage.ask_model(floor.progress)

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
        await self._floor.stage.emit(asked)
        await self._floor.say_prompt(text)

    async def on_accepted(self) -> None:
        """The model is content, or could not be asked."""
        if self._decide_by is not None:
            await self.accept("complete")

    async def accept(self, reason: AcceptReason, *, then: CompletionReason | None = None) -> None:
        """Close the question and go on. The next one starts once the relay has the answer, or soon after."""
        floor = self._floor
        if reason in ("complete", "done") and floor.progress.is_thin:
            await self._ask_for_more()
            return
        answer = floor.progress.accept(reason)
        if answer is None:
            return
        self.drop_decision()
        self._settling, floor.undecided = None, False
        floor.clock.end_question()
        seq = await floor.stage.emit(answer)
        if then is not None or not floor.progress.has_next:
            self._closing.begin(then or CompletionReason.ALL_ANSWERED)
            return
        await floor.speak(self._acknowledgement(reason))
        if seq is not None and not await floor.stage.wait_acked(seq, floor.pacing.answer_ack):
            logger.warning("interviewer: the relay has not acknowledged the answer yet, going on")
        await self._asking.begin_next()

    async def _ask_for_more(self) -> None:
        """A required question is not done with by a word, unless the candidate insists."""
        self.drop_decision()
        self._settling, self._floor.undecided = None, False
        progress, phrases = self._floor.progress, self._floor.phrases
        progress.hinted = True
        await self._floor.speak(phrases.too_short if progress.turns else phrases.nothing_said)

    def _acknowledgement(self, reason: AcceptReason) -> str:
        floor = self._floor
        if reason == "time_limit":
            return floor.phrases.question_time_over
        choices = floor.phrases.acknowledgements
        return choices[floor.plan.questions.index(floor.progress.current) % len(choices)]  # type: ignore[arg-type]

    # --- The last words -------------------------------------------------------------------------------

    def settle(self, reason: AcceptReason, *, then: CompletionReason | None = None) -> None:
        """Accept what there is, once a sentence being spoken has had a moment to come in."""
        floor = self._floor
        if floor.progress.awaiting_answer and self._settling is None:
            wait = floor.pacing.settle if floor.clock.candidate_speaking else 0.0
            self._settling = Settling(until=time.monotonic() + wait, reason=reason, then=then)

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
        await self.accept(settling.reason, then=settling.then)
