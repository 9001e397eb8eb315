"""Usage by month: a company's own, for its owners; and of all companies, for platform staff. Both as CSV too."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interviews.domain.exports import plain
from interviews.domain.limits import HOUR, RUNNING
from interviews.domain.usage import Usage, minutes_this_month, monthly_usage, usage_of_all
from interviews.models import Invitation, Session
from tenants.console import actor_of
from tenants.domain.audit import record, record_for_platform
from tenants.middleware import role_of
from tenants.roles import Action, may

COLUMNS = (
    "company",
    "month",
    "interviews",
    "sessions",
    "minutes",
    "prompt_tokens",
    "completion_tokens",
    "scoring_tokens",
    "characters",
)

View = Callable[[HttpRequest], HttpResponse]


def for_owners(view: View) -> View:
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not may(role_of(request), Action.MANAGE_TENANT):
            raise PermissionDenied
        return view(request)

    return guarded


def for_platform_staff(view: View) -> View:
    """The middleware has opened no tenant for it."""

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not getattr(request.user, "is_platform_staff", False):
            raise PermissionDenied
        return view(request)

    return guarded


@for_owners
def show_own(request: HttpRequest) -> HttpResponse:
    context = {"rows": monthly_usage(), "limits": list_limits(request), "export": "usage:own-csv"}
    return show(request, _("Usage"), context)


@for_owners
def export_own(request: HttpRequest) -> HttpResponse:
    rows = monthly_usage()
    record(verb="exported the usage", details={"rows": len(rows)})
    return as_csv(rows, "usage.csv")


@for_platform_staff
def show_all(request: HttpRequest) -> HttpResponse:
    context = {"rows": usage_of_all(), "of_all": True, "export": "usage:all-csv"}
    return show(request, _("Usage of all companies"), context)


@for_platform_staff
def export_all(request: HttpRequest) -> HttpResponse:
    rows = usage_of_all()
    if (person := actor_of(request)) is not None:
        record_for_platform(
            verb="exported the usage of all companies", actor=person, ip=request.META.get("REMOTE_ADDR")
        )
    return as_csv(rows, "usage-of-all.csv")


def list_limits(request: HttpRequest) -> list[dict[str, Any]]:
    """What the company has used of what it may use, where there is a limit."""
    tenant = request.tenant  # type: ignore[attr-defined]
    lately = Invitation.objects.filter(rehearsal=False, created_at__gt=timezone.now() - HOUR)
    found = [
        (_("Interviews at once"), Session.objects.filter(status__in=RUNNING).count, tenant.max_concurrent_sessions),
        (_("Minutes this month"), lambda: round(minutes_this_month(tenant=tenant)), tenant.max_monthly_minutes),
        (_("Invitations in the last hour"), lately.count, tenant.max_hourly_invitations),
    ]
    return [{"name": name, "used": count(), "limit": limit} for name, count, limit in found if limit is not None]


def show(request: HttpRequest, title: str, context: dict[str, Any]) -> HttpResponse:
    site = admin.site.each_context(request)
    return TemplateResponse(request, "console/usage.html", site | {"title": title} | context)


def as_csv(rows: Iterable[Usage], name: str) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for row in rows:
        figures = (getattr(row, name) for name in COLUMNS[2:])
        writer.writerow((plain(row.tenant), f"{row.month:%Y-%m}", *figures))
    return response
