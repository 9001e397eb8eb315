"""The questions of an interview, picked from the banks and put in order.

The formset stays the source of truth: each picked question is one of its rows, whose fields the page's script fills.
"""

from typing import Any

from django import forms
from django.db.models import Field, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviews.models import InterviewQuestion, Question, QuestionBank
from tenants.console import TenantInline
from tenants.roles import Action


class InterviewQuestionInline(TenantInline):
    model = InterviewQuestion
    edit_action = Action.EDIT_INTERVIEWS
    template = "console/parts/question_picker.html"
    fields = ("question", "position")
    ordering = ("position", "id")
    verbose_name = _("question")
    verbose_name_plural = _("questions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewQuestion]:
        rows: QuerySet[InterviewQuestion] = super().get_queryset(request)
        return rows.select_related("question")

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Hidden; what is sent is still looked up among the tenant's questions."""
        return db_field.formfield(widget=forms.HiddenInput)


def list_banks() -> list[QuestionBank]:
    """The banks that can be picked from, the default one first, each with its questions as `offered`."""
    questions = Question.objects.filter(archived_at=None).order_by("position", "id")
    banks = QuestionBank.objects.filter(archived_at=None).order_by("-is_default", "name")
    return list(banks.prefetch_related(Prefetch("questions", queryset=questions, to_attr="offered")))


def describe_picker() -> dict[str, Any]:
    """What the picker's template needs: the banks, what they can be narrowed down by, and the script's sentences."""
    banks = list_banks()
    questions = [question for bank in banks for question in getattr(bank, "offered", ())]
    return {
        "banks": banks,
        "competencies": sorted({question.competency for question in questions if question.competency}),
        "tags": sorted({tag for question in questions for tag in question.tags}, key=str.casefold),
        "words": {
            "add": gettext("Add"),
            "asked": gettext("Asked"),
            "added": gettext("Added as question {number}: {text}"),
            "moved": gettext("Now question {number}: {text}"),
            "removed": gettext("Removed: {text}"),
            "added_bank": gettext("Added from {bank}: {count}"),
            "found": gettext("Questions shown: {count}"),
        },
    }
