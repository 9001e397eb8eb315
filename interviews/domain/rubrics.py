"""What answers are judged on: frozen with each session, and put together again for a result."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from interviews.models import Interview, Invitation
from interviews.models.rubric import GENERAL_RUBRIC


@dataclass(frozen=True)
class QuestionRubric:
    """One question's part: its words, which competency its answer shows, and level -> what that sounds like."""

    question_id: UUID
    text: str
    competency: str
    levels: dict[str, str]


def freeze_rubric(*, interview: Interview) -> dict[str, Any]:
    """For a new session: question id -> {"competency", "levels", "version"}. Questions without a competency are out.

    `version` is a hash of the other two, so that the same rubric has the same version wherever it is found.
    """
    frozen = {}
    for question in interview.asked_questions():
        if competency := " ".join(question.competency.split()):
            part = {"competency": competency, "levels": question.rubric or GENERAL_RUBRIC}
            frozen[str(question.pk)] = part | {"version": digest(part)}
    return frozen


def rubric_of(*, invitation: Invitation) -> list[QuestionRubric]:
    """What this invitation's answers are judged on, in the order of the questions.

    An answer goes with the session it was given in; a question that was never answered with the last session.
    """
    sessions = list(invitation.sessions.order_by("number"))
    if not sessions:
        return []
    by_id = {session.pk: session for session in sessions}
    answered_in = dict(invitation.answers.values_list("question_id", "session_id"))
    found = {}
    for session in sessions:
        for question in session.plan["questions"]:
            judge = by_id[answered_in.get(UUID(question["id"]), sessions[-1].pk)]
            if part := judge.rubric.get(question["id"]):
                found[question["id"]] = QuestionRubric(
                    question_id=UUID(question["id"]),
                    text=question["text"],
                    competency=part["competency"],
                    levels=part["levels"],
                )
    return list(found.values())


def version_of(rubric: list[QuestionRubric]) -> str:
    """The version of a whole rubric, by its content."""
    return digest([[part.text, part.competency, part.levels] for part in rubric])


def digest(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
