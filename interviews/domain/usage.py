"""What companies use: interviews, minutes, tokens and characters by month, out of sessions' figures.

A session counts in the month in which it began, in its company's time zone, once it has ended, and goes on counting
when its candidate's data is erased. A rehearsal is no interview, but what it takes is used all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, F, Func, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from interviews.models import SessionFigures
from tenants.models import Tenant
from tenants.platform import platform_scope


@dataclass(frozen=True)
class Usage:
    """One company's month. `month` is its first day; tokens and characters are as in `Figures`."""

    tenant: str
    month: date
    interviews: int
    sessions: int
    minutes: float
    prompt_tokens: int
    completion_tokens: int
    characters: int


def monthly_usage() -> list[Usage]:
    """Of the tenant in scope, the newest month first."""
    return list(add_up(SessionFigures.objects.all()))


def usage_of_all() -> list[Usage]:
    """Of every company; across tenants. The newest month first, then by company."""
    with platform_scope():
        return list(add_up(SessionFigures.across_tenants.all()))


def minutes_this_month(*, tenant: Tenant) -> float:
    """Of the tenant in scope."""
    begun = SessionFigures.objects.filter(started_at__gte=first_of_month(tenant=tenant))
    seconds: float = begun.aggregate(total=Coalesce(Sum("seconds"), Value(0.0)))["total"]
    return seconds / 60


def first_of_month(*, tenant: Tenant) -> datetime:
    """The moment at which the present month began at the company's place."""
    now = timezone.now().astimezone(ZoneInfo(tenant.time_zone))
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def add_up(figures: QuerySet[SessionFigures]) -> Iterator[Usage]:
    local = Func(F("tenant__time_zone"), F("started_at"), function="timezone")
    month = Cast(Func(Value("month"), local, function="date_trunc"), DateField())
    rows: QuerySet[Any, Any] = (
        figures.filter(started_at__isnull=False)
        .annotate(month=month)
        .values("month", "tenant__name", "tenant_id")
        .annotate(
            interviews=Count("invitation", distinct=True, filter=Q(invitation__rehearsal=False)),
            sessions=Count("pk"),
            total_seconds=Sum("seconds"),
            read=Sum("prompt_tokens"),
            written=Sum("completion_tokens"),
            characters=Sum("spoken_characters"),
        )
        .order_by("-month", "tenant__name", "tenant_id")
    )
    for row in rows:
        yield Usage(
            tenant=row["tenant__name"],
            month=row["month"],
            interviews=row["interviews"],
            sessions=row["sessions"],
            minutes=round(row["total_seconds"] / 60, 1),
            prompt_tokens=row["read"],
            completion_tokens=row["written"],
            characters=row["characters"],
        )
