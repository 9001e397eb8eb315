"""Charts of one interview: how its candidates' levels are spread, and where people leave. Rehearsals count nowhere."""

from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, Max, Min
from django.db.models.functions import Cast

from interviews.domain.reviews import results_open_to
from interviews.enums import InvitationStatus
from interviews.models import CompetencyScore, Event, Interview, Invitation, Result, Session
from interviews.models.rubric import LEVELS
from tenants.models import User

COMPLETED = (InvitationStatus.PROCESSING, InvitationStatus.COMPLETED)


@dataclass(frozen=True)
class Bar:
    """`share` is a whole percentage of what the chart counts from."""

    label: str
    count: int
    share: int
    detail: str = ""
    lost: int = 0


@dataclass(frozen=True)
class Spread:
    """One competency: a bar for each level from 1 to 5 and one for those without a score."""

    competency: str
    total: int
    bars: list[Bar]


@dataclass(frozen=True)
class Spreads:
    """`results` are counted; `hidden` are not, because the reader still has to review them blind."""

    results: int
    hidden: int
    spreads: list[Spread]


def spread_levels(*, interview: Interview, reader: User) -> Spreads:
    """How many candidates have which level, of the results whose judgement the reader may know."""
    every = Result.objects.real().filter(invitation__interview=interview)
    known = results_open_to(reader=reader).filter(pk__in=every.values("pk"))
    scores = CompetencyScore.objects.filter(score_set__is_current=True, score_set__result__in=known.values("pk"))
    rows = (
        scores.values("competency", "level")
        .annotate(count=Count("pk"), place=Min("position"))
        .order_by("place", "competency")
    )
    names: dict[str, str] = {}
    counts: dict[str, dict[int | None, int]] = {}
    for row in rows:
        key = row["competency"].casefold()
        names.setdefault(key, row["competency"])
        levels = counts.setdefault(key, {})
        levels[row["level"]] = levels.get(row["level"], 0) + row["count"]
    shown = known.count()
    return Spreads(
        results=shown,
        hidden=every.count() - shown,
        spreads=[make_spread(name, counts[key]) for key, name in names.items()],
    )


def make_spread(name: str, counts: dict[int | None, int]) -> Spread:
    total = sum(counts.values())
    bars = [
        Bar(f"Level {level}", counts.get(int(level), 0), percent(counts.get(int(level), 0), total)) for level in LEVELS
    ]
    none = counts.get(None, 0)
    return Spread(competency=name, total=total, bars=[*bars, Bar("No score", none, percent(none, total))])


def drop_off(*, interview: Interview) -> list[Bar]:
    """How many came how far: invited, consented, started, each question, completed. Shares are of the invited.

    `lost` are those who came to the stage before and not to this one. Those whose data was deleted are left out at
    every stage: how far they came is gone with it.
    """
    invited = Invitation.objects.real().filter(interview=interview, forgotten_at=None)
    total = invited.count()
    begun = Session.objects.real().filter(invitation__interview=interview, started_at__isnull=False)
    stages = [
        ("Invited", total, ""),
        ("Agreed to the interview", invited.filter(consented_at__isnull=False).count(), ""),
        ("Started", begun.aggregate(people=Count("invitation", distinct=True))["people"], ""),
        *((f"Question {number}", people, text) for number, people, text in questions_reached(interview)),
        ("Completed", invited.filter(status__in=COMPLETED).count(), ""),
    ]
    bars, before = [], total
    for label, count, detail in stages:
        bars.append(Bar(label, count, percent(count, total), detail, max(0, before - count)))
        before = count
    return bars


def count_forgotten(*, interview: Interview) -> int:
    """How many invitations `drop_off` leaves out because their data was deleted."""
    return Invitation.objects.real().filter(interview=interview, forgotten_at__isnull=False).count()


def questions_reached(interview: Interview) -> list[tuple[int, int, str]]:
    """(number, people who came that far, its words in the newest session) for each question asked of anybody."""
    asked = Event.objects.filter(
        name="question.started", session__invitation__interview=interview, session__invitation__rehearsal=False
    )
    number = Cast(F("message__data__index"), IntegerField())
    furthest = [
        row["furthest"] for row in asked.values("session__invitation").annotate(furthest=Max(number)) if row["furthest"]
    ]
    newest = Session.objects.real().filter(invitation__interview=interview).order_by("-requested_at").first()
    texts = [question["text"] for question in newest.plan["questions"]] if newest else []
    return [
        (index, sum(reached >= index for reached in furthest), texts[index - 1] if index <= len(texts) else "")
        for index in range(1, max(furthest, default=0) + 1)
    ]


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
