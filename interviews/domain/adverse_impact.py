"""Adverse impact: how groups of candidates fared, by what they said of their own sex and race or ethnicity.

Two measures, each for sex, for race or ethnicity and for both together; `impact_ratios` has the formulas and sources:

- decisions: who was advanced, of those about whom somebody has decided, whatever the decision;
- scores: who scored above the median, of those with a score: the mean of their levels in the current scoring.

Candidates were promised that they are only counted together with many others. So a period is made of whole months
that are over, and of so many that at least BATCH people who said something of themselves are in it: no two periods
differ by one person, and figures do not move with a decision just made. Rehearsals are in none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product
from statistics import median
from typing import Any

from django.db.models import Avg, Count, DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from interviews.categories import Race, Sex
from interviews.domain.impact_ratios import Key, Table, Tally, compare_crossed, compare_groups
from interviews.enums import Decision
from interviews.models import CompetencyScore, Interview, InterviewVersion, Result, ScoreSet

BATCH = 10

SEXES = [one.value for one in Sex if one != Sex.DECLINED]
RACES = [one.value for one in Race if one != Race.DECLINED]
LABELS = {one.value: one.label for kind in (Sex, Race) for one in kind}
#: The way to what its candidate said.
OF_RESULT, OF_SCORES = "invitation__self_identification__", "result__invitation__self_identification__"


@dataclass(frozen=True)
class Period:
    """Whole months in the company's time zone: from the day `first` until the day before `end`."""

    first: date
    end: date

    @property
    def last_month(self) -> date:
        return move(self.end, -1)


@dataclass(frozen=True)
class Measure:
    """The same people by sex, by race or ethnicity, and by both: there a group's key is (race, sex)."""

    sexes: Table
    races: Table
    both: Table


@dataclass(frozen=True)
class Report:
    """`median` is that of all scores; None without any."""

    period: Period
    decisions: Measure
    scores: Measure
    median: float | None


def interviews_that_ask() -> QuerySet[Interview]:
    """Those of which a version has asked its candidates. Whoever was interviewed before is of no known group."""
    asking = InterviewVersion.objects.filter(interview=OuterRef("pk"), snapshot__interview__ask_categories=True)
    return Interview.objects.filter(Exists(asking)).order_by("title", "pk")


def decided(interviews: QuerySet[Interview]) -> QuerySet[Result]:
    return Result.objects.real().filter(invitation__interview__in=interviews, decided_at__isnull=False).order_by()


def scored(interviews: QuerySet[Interview]) -> QuerySet[ScoreSet]:
    """Current scorings with at least one level."""
    levels = CompetencyScore.objects.filter(score_set=OuterRef("pk"), level__isnull=False)
    current = ScoreSet.objects.filter(Exists(levels), is_current=True, finished_at__isnull=False).order_by()
    return current.filter(result__invitation__rehearsal=False, result__invitation__interview__in=interviews)


def list_batches(*, interviews: QuerySet[Interview]) -> list[Period]:
    """The periods there are, one after the other, the oldest first; a report is of one or of several in a row."""
    counted = [
        count_by_month(decided(interviews), "decided_at", OF_RESULT),
        count_by_month(scored(interviews), "finished_at", OF_SCORES),
    ]
    months = {month for counts in counted for month in counts}
    batches: list[Period] = []
    first = month = min(months, default=this_month())
    while month < this_month():
        month = move(month, 1)
        numbers = [sum(number for at, number in counts.items() if first <= at < month) for counts in counted]
        if any(numbers) and all(number == 0 or number >= BATCH for number in numbers):
            batches.append(Period(first=first, end=month))
            first = month
    return batches


def choose_period(batches: list[Period], *, first: date | None, last_month: date | None) -> Period | None:
    """From the batch that begins with `first` to the one that ends with `last_month`; without, the last twelve months.

    None while there is nothing to choose from.
    """
    if not batches:
        return None
    recent = next((batch for batch in batches if batch.first >= move(this_month(), -12)), batches[-1])
    begin = next((batch for batch in batches if batch.first == first), recent)
    end = next((batch for batch in batches if batch.last_month == last_month), batches[-1])
    return Period(first=begin.first, end=max(begin.end, end.end))


def count_by_month(rows: QuerySet[Any], moment: str, prefix: str) -> dict[date, int]:
    """How many who named a sex or a race were decided on, or scored, in each month."""
    named = Q(**{f"{prefix}sex__in": SEXES}) | Q(**{f"{prefix}race__in": RACES})
    months = rows.filter(named).annotate(month=TruncMonth(moment, output_field=DateField())).values("month")
    return {row["month"]: row["number"] for row in months.annotate(number=Count("pk"))}


def report(*, interviews: QuerySet[Interview], period: Period) -> Report:
    decisions = within(decided(interviews), "decided_at", period).values_list(f"{OF_RESULT}sex", f"{OF_RESULT}race")
    advanced = Count("pk", filter=Q(decision=Decision.ADVANCE))
    by_decision = decisions.annotate(people=Count("pk"), favoured=advanced)
    scores = within(scored(interviews), "finished_at", period).annotate(score=Avg("scores__level"))
    by_score = list(scores.values_list(f"{OF_SCORES}sex", f"{OF_SCORES}race", "score"))
    middle = median(score for _, _, score in by_score) if by_score else None
    return Report(
        period=period,
        decisions=measure((sex, race, Tally(people, favoured)) for sex, race, people, favoured in by_decision),
        scores=measure((sex, race, Tally(1, int(score > middle))) for sex, race, score in by_score),
        median=middle,
    )


def within(rows: QuerySet[Any], moment: str, period: Period) -> QuerySet[Any]:
    return rows.filter(**{f"{moment}__date__gte": period.first, f"{moment}__date__lt": period.end})


def measure(rows: Iterable[tuple[str | None, str | None, Tally]]) -> Measure:
    """From (sex, race, how many), where None, an empty text and "declined" are unknown."""
    sexes: dict[Key, Tally] = {(sex,): Tally() for sex in SEXES}
    races: dict[Key, Tally] = {(race,): Tally() for race in RACES}
    both: dict[Key, Tally] = {pair: Tally() for pair in product(RACES, SEXES)}
    everybody = Tally()
    for sex, race, tally in rows:
        everybody += tally
        keys: list[Key] = [(sex or "",), (race or "",), (race or "", sex or "")]
        for tallies, key in zip((sexes, races, both), keys, strict=True):
            if key in tallies:
                tallies[key] += tally
    unknown = [everybody.people - sum(tally.people for tally in tallies.values()) for tallies in (sexes, races, both)]
    return Measure(
        sexes=compare_groups(sexes, unknown=unknown[0]),
        races=compare_groups(races, unknown=unknown[1]),
        both=compare_crossed(both, unknown=unknown[2], margins=(races, sexes)),
    )


def name_group(key: Key) -> str:
    return ", ".join(str(LABELS[category]) for category in key)


def this_month() -> date:
    return timezone.localdate().replace(day=1)


def move(month: date, by: int) -> date:
    """The first day of the month that many later."""
    years, index = divmod(month.month - 1 + by, 12)
    return date(month.year + years, index + 1, 1)
