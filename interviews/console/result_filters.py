"""What the list of results can be narrowed by. What judges a result finds only those that the reader may know."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from interviews.domain.reviews import is_open_to
from interviews.enums import Decision
from interviews.models import CompetencyScore, Result
from interviews.models.rubric import LEVELS
from tenants.console import actor_of
from tenants.distinct import distinct_values

NONE = "none"


class DayFilter(RangeDateFilter):
    """Whole days in the company's time zone, the last one included."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Result]) -> QuerySet[Result]:
        for end, lookup in (("from", "gte"), ("to", "lte")):
            typed = self.used_parameters.get(f"{self.parameter_name}_{end}") or ""
            if day := read_day(typed):
                queryset = queryset.filter(**{f"{self.parameter_name}__date__{lookup}": day})
        return queryset


def read_day(text: str) -> date | None:
    """As the browser's field or a person writes it; None for what is no day."""
    for field_format in formats.get_format("DATE_INPUT_FORMATS"):
        try:
            return datetime.strptime(text, field_format).date()
        except ValueError:
            continue
    return None


class DecisionFilter(DropdownFilter):
    title = _("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Decision.choices, (NONE, _("Not decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Result]) -> QuerySet[Result]:
        value = self.value()
        if value not in (*Decision.values, NONE):
            return queryset
        return queryset.filter(is_known_to(request), decision="" if value == NONE else value)


class CompetencyFilter(DropdownFilter):
    """Alone: those with a level for it. With a level: see LevelFilter."""

    title = _("competency")
    parameter_name = "competency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All that were ever judged: their names stand in the rubrics, and are no judgement."""
        names = distinct_values(CompetencyScore, "competency")
        return [(key, name) for key, name in {name.casefold(): name for name in names}.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Result]) -> QuerySet[Result]:
        return queryset if request.GET.get("level") else narrow(request, queryset, self.value(), None)


class LevelFilter(DropdownFilter):
    """Of the chosen competency, else of any."""

    title = _("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*((level, _("%s or more") % level) for level in LEVELS), (NONE, _("No score"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Result]) -> QuerySet[Result]:
        return narrow(request, queryset, request.GET.get("competency"), self.value())


def narrow(
    request: HttpRequest, queryset: QuerySet[Result], competency: str | None, level: str | None
) -> QuerySet[Result]:
    if not competency and level not in (*LEVELS, NONE):
        return queryset
    scores = scores_known_to(request)
    if competency:
        scores = scores.filter(competency__iexact=competency)
    if level == NONE:
        scores = scores.filter(level=None)
    else:
        scores = scores.filter(level__gte=int(level) if level in LEVELS else 1)
    return queryset.filter(pk__in=scores.values("score_set__result"))


def scores_known_to(request: HttpRequest) -> QuerySet[CompetencyScore]:
    return CompetencyScore.objects.filter(is_known_to(request, "score_set__result"), score_set__is_current=True)


def is_known_to(request: HttpRequest, result: str = "") -> Q:
    """A condition as `is_open_to` has it; nobody knows nothing."""
    person = actor_of(request)
    return is_open_to(reader=person, result=result) if person else Q(pk=None)
