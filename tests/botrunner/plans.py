"""Small plans for the tests of the bot."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from botrunner.contract import Checkpoint, InterviewPlan, Persona, PlannedQuestion

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))


def make_question(id: UUID = FIRST, text: str = "What do you do?", **fields: Any) -> PlannedQuestion:
    return PlannedQuestion(id=id, text=text, **fields)


def make_plan(*questions: PlannedQuestion, checkpoint: Checkpoint | None = None, **fields: Any) -> InterviewPlan:
    """A plan of the questions, by default two: one that may be followed up once, one that may not."""
    return InterviewPlan(
        title="Platform engineer",
        persona=Persona(company="Acme"),
        intro="Hello.",
        disclosure="I am an AI.",
        outro="Goodbye.",
        questions=list(questions)
        or [make_question(), make_question(SECOND, "What are you proud of?", max_follow_ups=0, required=False)],
        checkpoint=checkpoint,
        **fields,
    )
