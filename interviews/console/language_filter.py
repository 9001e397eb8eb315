"""Invitations by the language in which their candidate is, or would be, interviewed."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from interviews.domain.languages import name_language
from interviews.models import Interview, Invitation


class LanguageFilter(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that an interview is offered in."""
        offered = {code for codes in Interview.objects.values_list("languages", flat=True) for code in codes}
        return [(code, name_language(code)) for code, _name in settings.LANGUAGES if code in offered]

    def has_output(self) -> bool:
        """With a single language there is nothing to choose."""
        return len(self.lookup_choices) > 1

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
        code = self.value() or ""
        return queryset.filter(speaks(code)) if code in dict(settings.LANGUAGES) else queryset


def speaks(code: str) -> Q:
    """As `domain.languages.choose_language` would have it, but for what the candidate's browser adds."""
    known = {one: Q(candidate__locale=one, interview__languages__contains=[one]) for one, _name in settings.LANGUAGES}
    by_default = Q(interview__languages__0=code) & ~reduce(or_, known.values())
    return Q(language=code) | Q(language="") & (known[code] | by_default)
