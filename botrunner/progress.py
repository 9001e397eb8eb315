"""How far one interview has come: which question, what was answered, what may come next.

Plain state without clocks, frames or network. The order of the questions, the number of follow-ups and
what counts as an answer are decided here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from botrunner.contract import (
    AnswerAccepted,
    FollowUpAsked,
    InterviewPlan,
    Modality,
    PlannedQuestion,
    PriorExchange,
    PriorTurn,
    QuestionStarted,
    Role,
)

AcceptReason = Literal["complete", "done", "time_limit", "skipped", "silence"]

#: Far beyond what anybody says or types in ten minutes, and well within a relay frame.
ANSWER_MAX_CHARS = 200_000


@dataclass(frozen=True)
class SpokenTurn:
    """Something the candidate said or typed in answer to the current question or follow-up."""

    text: str
    modality: Modality
    started_at: datetime
    ended_at: datetime


@dataclass
class Exchange:
    """One thing asked (the question or a follow-up) and what was answered to it."""

    asked: str
    turns: list[SpokenTurn] = field(default_factory=list)


class Progress:
    """The state of one interview.

    `current` is the question being asked, None before the first and after the last; `hinted` says that its answer was
    found too short once. `accepted_last` is the answer accepted last, as far as it has come.
    """

    def __init__(self, plan: InterviewPlan) -> None:
        self.plan = plan
        self.current: PlannedQuestion | None = None
        self.exchanges: list[Exchange] = []
        self.hinted = False
        self.accepted_last: AnswerAccepted | None = None
        self.transcript: list[PriorTurn] = list(plan.checkpoint.transcript) if plan.checkpoint else []
        self._accepted: set[UUID] = set(plan.checkpoint.accepted) if plan.checkpoint else set()
        self._started_at = datetime.now(UTC)

    @property
    def resumed(self) -> bool:
        return self.plan.checkpoint is not None

    def has_heard(self, text: str) -> bool:
        """Whether the bot said it, to its end, in this session or an earlier one."""
        words = " ".join(text.split())
        return any(turn.role is Role.BOT and words in " ".join(turn.text.split()) for turn in self.transcript)

    @property
    def follow_ups(self) -> int:
        """Follow-ups asked for the current question."""
        return max(0, len(self.exchanges) - 1)

    @property
    def follow_ups_left(self) -> int:
        return self.current.max_follow_ups - self.follow_ups if self.current else 0

    @property
    def turns(self) -> list[SpokenTurn]:
        """All the candidate's turns for the current question."""
        return [turn for exchange in self.exchanges for turn in exchange.turns]

    @property
    def words_missing(self) -> int:
        """How many words the answer to a required question lacks, as long as nothing more was asked for."""
        if self.current is None or not self.current.required or self.exchanges[1:] or self.hinted:
            return 0
        return max(0, self.current.min_words - sum(count_words(turn.text) for turn in self.turns))

    @property
    def prompt(self) -> str:
        """What the candidate was last asked, word for word."""
        return self.exchanges[-1].asked if self.exchanges else ""

    @property
    def answered_last(self) -> bool:
        """Whether there is an answer to what was last asked."""
        return bool(self.exchanges and self.exchanges[-1].turns)

    def begin_next(self) -> QuestionStarted | None:
        """Move to the next question that has no answer yet; None when there is none.

        The first call after a resume goes to the checkpoint's `current`, as far as it had come.
        """
        checkpoint = self.plan.checkpoint
        waiting = [question for question in self.plan.questions if question.id not in self._accepted]
        first = self._broken_off if self.current is None else None
        self.current = first or (waiting[0] if waiting else None)
        if self.current is None:
            self.exchanges = []
            return None
        self.exchanges, self.hinted = [Exchange(asked=self.current.text)], False
        if first and checkpoint:
            self.exchanges = [_read_exchange(prior) for prior in checkpoint.exchanges] or self.exchanges
        self._started_at = datetime.now(UTC)
        return QuestionStarted(
            question_id=self.current.id,
            index=self.plan.questions.index(self.current) + 1,
            count=len(self.plan.questions),
            text=self.current.text,
            time_limit=self.current.time_limit,
            time_left=checkpoint.question_left if first and checkpoint else None,
            required=self.current.required,
        )

    @property
    def texts_ahead(self) -> list[str]:
        """What is going to be asked, in order, as far as it is known before the interview."""
        broken_off, checkpoint = self._broken_off, self.plan.checkpoint
        waiting = [q.text for q in self.plan.questions if q.id not in self._accepted and q is not broken_off]
        if broken_off is None or checkpoint is None:
            return waiting
        return [checkpoint.exchanges[-1].asked if checkpoint.exchanges else broken_off.text, *waiting]

    @property
    def _broken_off(self) -> PlannedQuestion | None:
        """The question that an earlier session had open."""
        current = self.plan.checkpoint.current if self.plan.checkpoint else None
        return next((q for q in self.plan.questions if q.id == current and q.id not in self._accepted), None)

    def add_turn(self, turn: SpokenTurn) -> None:
        """Credit the candidate's words to the current question."""
        if self.exchanges:
            self.exchanges[-1].turns.append(turn)

    @property
    def has_previous(self) -> bool:
        """Whether an answer came before what is being asked."""
        return self.accepted_last is not None or (self.awaiting_answer and self.follow_ups > 0)

    def add_to_previous(self, turn: SpokenTurn) -> AnswerAccepted | None:
        """Credit words to what was asked before the prompt; the whole answer anew where that was accepted already.

        Before the first prompt nothing was asked, and nothing is credited.
        """
        if self.awaiting_answer and self.follow_ups:
            self.exchanges[-2].turns.append(turn)
            return None
        if self.accepted_last is None:
            return None
        before = self.accepted_last
        self.accepted_last = before.model_copy(
            update={
                "text": f"{before.text} {turn.text}".strip()[:ANSWER_MAX_CHARS],
                "modality": before.modality if before.modality is turn.modality else Modality.MIXED,
                "ended_at": turn.ended_at,
            }
        )
        return self.accepted_last

    def ask_follow_up(self, text: str) -> FollowUpAsked | None:
        """Open a follow-up; None when the question has none left."""
        if self.current is None or self.follow_ups_left <= 0:
            return None
        self.exchanges.append(Exchange(asked=text))
        return self.follow_up

    @property
    def follow_up(self) -> FollowUpAsked | None:
        """The follow-up asked last; None while there is only the question."""
        if self.current is None or not self.follow_ups:
            return None
        return FollowUpAsked(question_id=self.current.id, number=self.follow_ups, text=self.prompt)

    def accept(self, reason: AcceptReason) -> AnswerAccepted | None:
        """Close the current question with all that was said; None when it is closed already."""
        if self.current is None or self.current.id in self._accepted:
            return None
        self._accepted.add(self.current.id)
        turns = self.turns
        modalities = {turn.modality for turn in turns}
        self.accepted_last = AnswerAccepted(
            question_id=self.current.id,
            text=" ".join(turn.text for turn in turns)[:ANSWER_MAX_CHARS],
            modality=modalities.pop() if len(modalities) == 1 else Modality.MIXED if modalities else Modality.VOICE,
            reason=reason,
            follow_ups=self.follow_ups,
            started_at=turns[0].started_at if turns else self._started_at,
            ended_at=turns[-1].ended_at if turns else datetime.now(UTC),
        )
        return self.accepted_last

    @property
    def has_next(self) -> bool:
        """Whether a question is left to ask after the current one."""
        return any(question.id not in self._accepted for question in self.plan.questions)

    @property
    def awaiting_answer(self) -> bool:
        """Whether the current question is open."""
        return self.current is not None and self.current.id not in self._accepted

    def record(self, role: Role, text: str, *, question_id: UUID | None) -> None:
        """Add to the transcript from which the interview is summed up."""
        self.transcript.append(PriorTurn(role=role, text=text, question_id=question_id))


def _read_exchange(prior: PriorExchange) -> Exchange:
    return Exchange(
        asked=prior.asked,
        turns=[
            SpokenTurn(answer.text, answer.modality, answer.started_at, answer.ended_at) for answer in prior.answers
        ],
    )


def count_words(text: str) -> int:
    """Words between blanks; of scripts that put none, every sign is a word."""
    signs = re.findall(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]", text)
    return len(signs) or len(text.split())
