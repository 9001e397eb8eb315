"""What companies use: interviews, minutes, tokens and characters by month, out of sessions' figures.

A session counts in the month in which it began, in its company's time zone, once it has ended; what its scoring
takes, in the month in which the model was asked. Both go on counting when the candidate's data is erased. A rehearsal
is no interview, but what it takes is used all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, F, Func, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from interviews.models import ScoringTokens, SessionFigures
from tenants.models import Tenant
from tenants.platform import platform_scope


@dataclass(frozen=True)
class Usage:
    """One company's month. `month` is its first day; characters are as in `Figures`.

    Tokens are the interviewers' and the scorings' together; `scoring_tokens` are the scorings' of both kinds.
    """

    tenant: str
    month: date
    interviews: int
    sessions: int
    minutes: float
    prompt_tokens: int
    completion_tokens: int
    scoring_tokens: int
    characters: int


def monthly_usage() -> list[Usage]:
    """Of the tenant in scope, the newest month first."""
    return add_up(figures=SessionFigures.objects.all(), scorings=ScoringTokens.objects.all())


def usage_of_all() -> list[Usage]:
    """Of every company; across tenants. The newest month first, then by company."""
    with platform_scope():
        return add_up(figures=SessionFigures.across_tenants.all(), scorings=ScoringTokens.across_tenants.all())


def minutes_this_month(*, tenant: Tenant) -> float:
    """Of the tenant in scope."""
    begun = SessionFigures.objects.filter(started_at__gte=first_of_month(tenant=tenant))
    seconds: float = begun.aggregate(total=Coalesce(Sum("seconds"), Value(0.0)))["total"]
    return seconds / 60


def first_of_month(*, tenant: Tenant) -> datetime:
    """The moment at which the present month began at the company's place."""
    now = timezone.now().astimezone(ZoneInfo(tenant.time_zone))
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


#: A month without conversations, or without scorings.
NOTHING = dict.fromkeys(("interviews", "sessions", "seconds", "read", "written", "characters"), 0)


def add_up(*, figures: QuerySet[SessionFigures], scorings: QuerySet[ScoringTokens]) -> list[Usage]:
    """A line for each company's month that has either."""
    tokens = {"read": Sum("prompt_tokens"), "written": Sum("completion_tokens")}
    held = by_month(figures.filter(started_at__isnull=False), "started_at").annotate(
        interviews=Count("invitation", distinct=True, filter=Q(invitation__rehearsal=False)),
        sessions=Count("pk"),
        seconds=Sum("seconds"),
        characters=Sum("spoken_characters"),
        **tokens,
    )
    scored = by_month(scorings, "asked_at").annotate(**tokens)
    conversations = {(row["month"], row["tenant__name"], row["tenant_id"]): row for row in held}
    judgements = {(row["month"], row["tenant__name"], row["tenant_id"]): row for row in scored}
    found = []
    for key in sorted(conversations | judgements, key=lambda key: (-key[0].toordinal(), key[1], key[2])):
        held_then, scored_then = conversations.get(key, NOTHING), judgements.get(key, NOTHING)
        found.append(
            Usage(
                tenant=key[1],
                month=key[0],
                interviews=held_then["interviews"],
                sessions=held_then["sessions"],
                minutes=round(held_then["seconds"] / 60, 1),
                prompt_tokens=held_then["read"] + scored_then["read"],
                completion_tokens=held_then["written"] + scored_then["written"],
                scoring_tokens=scored_then["read"] + scored_then["written"],
                characters=held_then["characters"],
            )
        )
    return found


def by_month(rows: QuerySet[Any], moment: str) -> QuerySet[Any, Any]:
    """Grouped by company and, at its place, the month of `moment`."""
    local = Func(F("tenant__time_zone"), F(moment), function="timezone")
    month = Cast(Func(Value("month"), local, function="date_trunc"), DateField())
    return rows.annotate(month=month).order_by().values("month", "tenant__name", "tenant_id")
