"""What Workable sends and reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from pydantic import Field

from interviews.ats.door import Dialect, Shape, read_bearer
from interviews.domain.ats_outcomes import Outcome
from interviews.enums import AtsSystem, Decision

#: By what a person has decided. `excelled` says more than any decision does.
GRADES = {Decision.ADVANCE: "passed", Decision.REJECT: "failed"}


class WorkableCandidate(Shape):
    first_name: str | None = None
    last_name: str | None = None
    email: str = Field(max_length=254)


class CreateAssessment(Shape):
    test_id: str
    job_shortcode: str | None = None
    callback_url: str = Field(min_length=1)
    candidate: WorkableCandidate


def write_result(outcome: Outcome) -> dict[str, Any]:
    """`rejected` is never sent: what Workable makes of it is not known, and nothing here rejects anybody."""
    if outcome.is_closed:
        return {"status": "expired"}
    if not outcome.is_complete:
        return {"status": "pending"}
    levels = ", ".join(f"{competency}: {level} of 5" for competency, level in sorted(outcome.levels.items()))
    assessment: dict[str, Any] = {"summary": "The interview is ready for review.", "details": levels}
    if outcome.score is not None:
        assessment["score"] = outcome.score
    if grade := GRADES.get(outcome.decision):  # type: ignore[call-overload]
        assessment["grade"] = grade
    if outcome.started_at and outcome.completed_at:
        assessment["duration"] = round((outcome.completed_at - outcome.started_at).total_seconds())
    return {"status": "completed", "results_url": outcome.url, "assessment": assessment, "attachments": []}


def write_error(status: int, sentence: str) -> HttpResponse:
    return JsonResponse({"status": status, "message": sentence}, status=status)


WORKABLE = Dialect(system=AtsSystem.WORKABLE, read_key=read_bearer, error=write_error)
