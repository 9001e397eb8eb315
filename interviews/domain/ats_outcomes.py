"""What an ATS is told of an interview that it has ordered: the same for all of them, each then says it its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from statistics import mean

from django.conf import settings
from django.db.models import Min
from django.urls import reverse

from interviews.enums import InvitationStatus
from interviews.models import CompetencyScore, Order, Result

#: No interview comes of these any more, unless somebody extends the deadline or grants one more start.
CLOSED = (
    InvitationStatus.DECLINED,
    InvitationStatus.EXPIRED,
    InvitationStatus.CANCELED,
    InvitationStatus.FAILED,
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`url` is the page of the admin that shows it, for those who log in. `score` is from 0 to 100 and None without
    scores; `levels` are competency -> 1 to 5. `decision` is what a person has decided, else empty."""

    status: InvitationStatus
    url: str
    score: int | None = None
    levels: dict[str, int] = field(default_factory=dict)
    decision: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        return self.status == InvitationStatus.COMPLETED

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED


def read_outcome(*, order: Order) -> Outcome:
    """As it stands now.

    Where an interview is reviewed blind first, no score, level or decision leaves: in the ATS reviewers would see them
    before they have judged for themselves.
    """
    invitation = order.invitation
    result = Result.objects.filter(invitation=invitation).first()
    page, pk = ("result", result.pk) if result else ("invitation", invitation.pk)
    levels: dict[str, int] = {}
    if result and not invitation.interview.blind_review:
        scores = CompetencyScore.objects.filter(score_set__result=result, score_set__is_current=True)
        levels = {score.competency: score.level for score in scores if score.level is not None}
    return Outcome(
        status=InvitationStatus(invitation.status),
        url=settings.BASE_URL + reverse(f"admin:interviews_{page}_change", args=[pk]),
        score=scale(levels),
        levels=levels,
        decision=result.decision if result and not invitation.interview.blind_review else "",
        started_at=invitation.sessions.aggregate(first=Min("started_at"))["first"],
        completed_at=invitation.completed_at,
    )


def scale(levels: dict[str, int]) -> int | None:
    """The mean of the levels, with 1 as 0 and 5 as 100."""
    return round((mean(levels.values()) - 1) * 25) if levels else None
