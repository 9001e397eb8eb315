"""Adverse impact: how groups of candidates fared, for owners. Every look and every file is in the audit log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interviews.console.result_files import XLSX, attach
from interviews.domain import adverse_impact, adverse_impact_files
from interviews.domain.adverse_impact import BATCH, Measure, Period, Report, interviews_that_ask
from interviews.domain.impact_ratios import FEWEST, Group, Table
from interviews.models import Interview
from tenants.domain.audit import record
from tenants.middleware import role_of
from tenants.roles import Action, may


@dataclass(frozen=True)
class Choice:
    """What the address asks for: `interview` None is all that ask, `period` None that there is nothing to count yet."""

    asking: list[Interview]
    interview: Interview | None
    interviews: QuerySet[Interview]
    batches: list[Period]
    period: Period | None

    def report(self) -> Report | None:
        return adverse_impact.report(interviews=self.interviews, period=self.period) if self.period else None


def chosen(view: Callable[[HttpRequest, Choice], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """For who may, and with what they chose."""

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not may(role_of(request), Action.COUNT_GROUPS):
            raise PermissionDenied
        return view(request, read_choice(request))

    return guarded


def read_choice(request: HttpRequest) -> Choice:
    """Months that no batch begins or ends with are as none. Raises Http404 for an interview that is not there."""
    asking = list(interviews_that_ask())
    interviews, interview = interviews_that_ask(), None
    if wanted := request.GET.get("interview"):
        interview = next((one for one in asking if str(one.pk) == wanted), None)
        if interview is None:
            raise Http404("There is no such interview that asks.")
        interviews = Interview.objects.filter(pk=interview.pk)
    batches = adverse_impact.list_batches(interviews=interviews)
    first, last = (read_month(request.GET.get(name, "")) for name in ("from", "until"))
    period = adverse_impact.choose_period(batches, first=first, last_month=last)
    return Choice(asking=asking, interview=interview, interviews=interviews, batches=batches, period=period)


def read_month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return None


@chosen
def show(request: HttpRequest, choice: Choice) -> HttpResponse:
    report = choice.report()
    if report:
        details = adverse_impact_files.describe_period(report)
        record(verb="viewed adverse-impact figures", target=choice.interview, details=details)
    context = {
        "title": _("Adverse impact"),
        "choice": choice,
        "report": report,
        "measures": list_measures(report) if report else [],
        "fewest": FEWEST,
        "batch": BATCH,
    }
    return TemplateResponse(request, "console/adverse_impact.html", admin.site.each_context(request) | context)


def list_measures(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "id": "decisions",
            "title": _("Decisions: who was advanced"),
            "favoured": _("Advanced"),
            "rate": _("Selection rate"),
            "tables": list_tables(report.decisions),
        },
        {
            "id": "scores",
            "title": _("Scores: who is above the median"),
            "favoured": _("Above the median"),
            "rate": _("Scoring rate"),
            "tables": list_tables(report.scores),
        },
    ]


def list_tables(measure: Measure) -> list[dict[str, Any]]:
    """Of the groups of both kinds, which are many, only those that are shown."""
    return [
        make_table(_("Sex"), measure.sexes, with_few=True),
        make_table(_("Race or ethnicity"), measure.races, with_few=True),
        make_table(_("Race or ethnicity, and sex"), measure.both, with_few=False),
    ]


def make_table(title: str, table: Table, *, with_few: bool) -> dict[str, Any]:
    lines = [make_line(group) for group in table.groups if group.tally or with_few]
    return {"title": title, "table": table, "lines": lines, "left_out": len(table.groups) - len(lines)}


def make_line(group: Group) -> dict[str, Any]:
    """`mark` is "below", "first", "small", or empty."""
    line = {"label": adverse_impact.name_group(group.key), "group": group}
    if group.tally is None:
        return line
    mark = "below" if group.is_below else "first" if group.ratio == 1 else "small" if group.is_small_share else ""
    ratio = "" if group.ratio is None else f"{float(group.ratio):.3f}"
    return line | {"rate": f"{float(group.tally.rate):.1%}", "ratio": ratio, "mark": mark, "p": show_p(group)}


def show_p(group: Group) -> str:
    """To three digits; empty where nothing is compared."""
    if group.chance is None:
        return ""
    return f"p = {float(group.chance.p):.3f}" if group.chance.p >= Fraction(1, 1000) else "p < 0.001"


@chosen
def export_csv(request: HttpRequest, choice: Choice) -> HttpResponse:
    return send(choice, adverse_impact_files.export_csv, "text/csv; charset=utf-8", "csv")


@chosen
def export_xlsx(request: HttpRequest, choice: Choice) -> HttpResponse:
    return send(choice, adverse_impact_files.export_xlsx, XLSX, "xlsx")


def send(choice: Choice, export: Callable[..., bytes], content_type: str, suffix: str) -> HttpResponse:
    """Without figures back to the page, which says why there are none."""
    report = choice.report()
    if report is None:
        return redirect("adverse-impact:show")
    months = adverse_impact_files.describe_period(report)
    name = f"adverse-impact-{months['from']}-to-{months['until']}.{suffix}"
    return attach(export(interview=choice.interview, report=report), content_type, name)
