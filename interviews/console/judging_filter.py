"""Results by what is still to be done about them: a filter of their list, and figures on the first page."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from interviews.enums import ScoringStatus
from interviews.models import Result, Review, ScoreSet


def is_waiting() -> Q:
    """Nobody has reviewed it or decided."""
    return Q(decision="") & ~Q(Exists(Review.objects.filter(result=OuterRef("pk"))))


def is_unscored() -> Q:
    """Its scoring failed, and no other one has been done or is under way."""
    scorings = ScoreSet.objects.filter(result=OuterRef("pk"))
    failed = scorings.filter(status=ScoringStatus.FAILED)
    return Q(Exists(failed)) & ~Q(Exists(scorings.exclude(status=ScoringStatus.FAILED)))


STATES: dict[str, tuple[Any, Callable[[], Q]]] = {
    "waiting": (_("Waiting for review"), is_waiting),
    "unscored": (_("Scoring failed"), is_unscored),
}


class JudgingFilter(DropdownFilter):
    title = _("to do")
    parameter_name = "judging"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state, label) for state, (label, _condition) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Result]) -> QuerySet[Result]:
        state = self.value()
        return queryset.filter(STATES[state][1]()) if state in STATES else queryset
