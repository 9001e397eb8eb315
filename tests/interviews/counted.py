"""Candidates who were decided on, or scored, and said something of themselves; for what counts them."""

from datetime import UTC, datetime

from interviews.domain.versions import take_snapshot
from interviews.models import (
    Candidate,
    CompetencyScore,
    Interview,
    InterviewVersion,
    Invitation,
    Result,
    ScoreSet,
    SelfIdentification,
)
from tests.interviews.factories import CandidateFactory, InterviewFactory

MARCH = datetime(2026, 3, 10, tzinfo=UTC)


def make_asking(**fields: object) -> Interview:
    """A published interview that asks, in the tenant in scope."""
    interview: Interview = InterviewFactory.create(ask_categories=True, **fields)
    InterviewVersion.objects.create(interview=interview, number=1, snapshot=take_snapshot(interview=interview))
    return interview


def add_people(
    interview: Interview,
    count: int,
    sex: str = "",
    race: str = "",
    *,
    decision: str = "",
    levels: tuple[int, ...] = (),
    at: datetime = MARCH,
    rehearsal: bool = False,
) -> None:
    """`count` alike: decided on at `at` where there is a `decision`, and scored then where there are `levels`."""
    for _ in range(count):
        candidate: Candidate = CandidateFactory.create()
        invitation = Invitation.objects.create(
            interview=interview, candidate=candidate, expires_at=at, status="completed", rehearsal=rehearsal
        )
        result = Result.objects.create(
            invitation=invitation, decision=decision, decided_at=at if decision else None, decided_by="Ann"
        )
        if sex or race:
            SelfIdentification.objects.create(invitation=invitation, sex=sex, race=race)
        if levels:
            scores = ScoreSet.objects.create(
                result=result, number=1, status="done", is_current=True, rubric_version="v", due_at=at, finished_at=at
            )
            CompetencyScore.objects.bulk_create(
                CompetencyScore(score_set=scores, position=place, competency=f"Skill {place}", level=level)
                for place, level in enumerate(levels, start=1)
            )
