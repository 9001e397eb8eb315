"""What Ashby sends and reads."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpResponse, JsonResponse
from pydantic import Field

from interviews.ats.door import Dialect, Shape, read_basic, read_bearer
from interviews.domain.ats_outcomes import Outcome
from interviews.enums import AtsSystem, InvitationStatus


class AshbyCandidate(Shape):
    first_name: str | None = None
    last_name: str | None = None
    email: str = Field(max_length=254)


class AshbyObject(Shape):
    ashby_id: str = Field(min_length=1)


class StartAssessment(Shape):
    assessment_type_id: str
    candidate: AshbyCandidate
    application: AshbyObject
    job: AshbyObject


class CancelAssessment(Shape):
    assessment_id: str


def write_value(identifier: str, label: str, kind: str, value: str | int | bool) -> dict[str, Any]:
    """`kind` is one of numeric_score, numeric_duration_minutes, url, string, boolean_success."""
    return {"identifier": identifier, "label": label, "type": kind, "value": value}


def write_update(assessment_id: str, outcome: Outcome) -> dict[str, Any]:
    """The status "Started" has Ashby note the time; an `assessment_result` completes it, a `cancelled_reason` ends it.

    Without scores the result is a plain text, because Ashby needs one to know that it is complete.
    """
    label = str(InvitationStatus(outcome.status).label)
    update: dict[str, Any] = {
        "assessment_id": assessment_id,
        "timestamp": time.time_ns() // 1_000_000,
        "assessment_profile_url": write_value("profile", "Interview", "url", outcome.url),
    }
    if outcome.is_closed:
        return update | {"cancelled_reason": write_value("cancelled", "Cancelled", "string", label)}
    started = outcome.status == InvitationStatus.IN_PROGRESS
    update["assessment_status"] = write_value("status", "Status", "string", "Started" if started else label)
    if outcome.is_complete:
        update["assessment_result"] = (
            write_value("result", "Result", "string", "Ready for review")
            if outcome.score is None
            else write_value("score", "Score (0 to 100)", "numeric_score", outcome.score)
        )
    facts = [
        write_value(f"competency-{number}", competency, "numeric_score", level)
        for number, (competency, level) in enumerate(sorted(outcome.levels.items()), start=1)
    ]
    if outcome.decision:
        facts.append(write_value("decision", "Decided by a person", "string", outcome.decision))
    if outcome.started_at and outcome.completed_at:
        minutes = round((outcome.completed_at - outcome.started_at).total_seconds() / 60)
        facts.append(write_value("duration", "From start to result", "numeric_duration_minutes", minutes))
    return update | {"metadata": facts}


def read_key(request: Any) -> str:
    """As the user name of Basic, as in Ashby's own API. How Ashby shows a partner's key is not published in so many
    words, so Bearer is taken too."""
    return read_basic(request) or read_bearer(request)


def write_error(status: int, sentence: str) -> HttpResponse:
    """Ashby shows its user the `message` of a 422. `success` and `errors` are how its own API says no."""
    body = {"success": False, "message": sentence, "errors": [sentence]}
    return JsonResponse(body, status=422 if status in (400, 404, 409) else status)


ASHBY = Dialect(system=AtsSystem.ASHBY, read_key=read_key, error=write_error)
