"""What Greenhouse sends and reads. Values that it does not have are null."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from pydantic import Field

from interviews.ats.door import Dialect, Shape, read_basic
from interviews.domain.ats_outcomes import Outcome
from interviews.enums import AtsSystem, InvitationStatus


class GreenhouseCandidate(Shape):
    first_name: str | None = None
    last_name: str | None = None
    preferred_name: str | None = None
    email: str = Field(max_length=254)


class SendTest(Shape):
    """`url` is where a PATCH says that there is news; it is different for each test that is sent."""

    partner_test_id: str
    candidate: GreenhouseCandidate
    url: str = Field(min_length=1)


class ResponseError(Shape):
    """Greenhouse could not use an answer of ours."""

    api_call: str | None = None
    errors: list[str] | None = None
    partner_test_id: str | None = None
    partner_interview_id: str | None = None


def write_status(outcome: Outcome) -> dict[str, Any]:
    """`complete` is the one value that Greenhouse knows; any other text is shown. `metadata` is flat."""
    facts: dict[str, str | int] = {}
    if outcome.started_at:
        facts["Started at"] = f"{outcome.started_at:%d %B %Y %H:%M} UTC"
    if outcome.completed_at:
        facts["Completed at"] = f"{outcome.completed_at:%d %B %Y %H:%M} UTC"
    facts |= {f"{competency} (1 to 5)": level for competency, level in outcome.levels.items()}
    if outcome.decision:
        facts["Decided by a person"] = outcome.decision
    return {
        "partner_status": "complete" if outcome.is_complete else InvitationStatus(outcome.status).label,
        "partner_profile_url": outcome.url,
        "partner_score": outcome.score,
        "metadata": facts,
    }


def write_error(status: int, sentence: str) -> HttpResponse:
    """The statuses 401 and 404 are documented, a body is not."""
    return JsonResponse({"errors": [sentence]}, status=status)


GREENHOUSE = Dialect(system=AtsSystem.GREENHOUSE, read_key=read_basic, error=write_error)
