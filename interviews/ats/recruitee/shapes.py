"""What Recruitee sends and reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from pydantic import Field

from interviews.ats.door import Dialect, Shape, read_bearer
from interviews.domain.ats_outcomes import Outcome
from interviews.enums import AtsSystem


class SendCandidate(Shape):
    first_name: str | None = None
    last_name: str | None = None
    email: str = Field(max_length=254)
    candidate_id: str | None = None
    report_id: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9-]+$")
    test_id: str


def write_report(outcome: Outcome) -> dict[str, Any]:
    """`failed` is never sent: it says that the candidate has failed, which is for people to decide, in Recruitee."""
    if outcome.is_closed:
        return {"status": "canceled"}
    if not outcome.is_complete:
        return {"status": "sent"}
    report: dict[str, Any] = {"status": "completed"}
    if outcome.score is not None:
        report["score"] = f"{outcome.score}%"
    if outcome.completed_at:
        report["completed_at"] = outcome.completed_at.isoformat().replace("+00:00", "Z")
    return report


def write_error(status: int, sentence: str) -> HttpResponse:
    """Any 4xx is an error, 401 an invalid token; the body's form could not be verified."""
    return JsonResponse({"error": sentence, "message": sentence}, status=status)


RECRUITEE = Dialect(system=AtsSystem.RECRUITEE, read_key=read_bearer, error=write_error)
