"""Question banks, their questions in order."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from interviews.console.base import ConsoleAdmin
from interviews.console.translation import list_languages, make_question_form
from interviews.models import Interview, InterviewQuestion, Question, QuestionBank
from interviews.models.languages import QUESTION_FIELDS
from tenants.console import TenantStackedInline
from tenants.roles import Action


class QuestionInline(TenantStackedInline):
    """A question that an interview asks can't be deleted: Django says so, and which interview it is."""

    model = Question
    edit_action = Action.EDIT_INTERVIEWS
    fields = (("text", "follow_up_guidance"), ("competency", "max_follow_ups", "time_limit"), ("position", "required"))
    ordering = ("position", "id")
    ordering_field = "position"
    collapsible = True

    def get_fields(self, request: HttpRequest, obj: QuestionBank | None = None) -> Any:
        text, *others = self.fields
        further = [[f"{text}_{language}" for text in QUESTION_FIELDS] for language in further_languages(obj)]
        return (text, *further, *others)

    def get_formset(self, request: HttpRequest, obj: QuestionBank | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **kwargs | {"form": make_question_form(further_languages(obj))})

    def get_extra(self, request: HttpRequest, obj: QuestionBank | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1


def further_languages(bank: QuestionBank | None) -> list[str]:
    """The languages a bank's questions may be needed in beside its own: those that interviews are offered in."""
    offered = {
        language for languages in Interview.objects.values_list("languages", flat=True) for language in languages
    }
    return [code for code, _name in list_languages() if code in offered and code != (bank.language if bank else None)]


@admin.register(QuestionBank)
class QuestionBankAdmin(ConsoleAdmin):
    edit_action = Action.EDIT_INTERVIEWS
    list_display = ("name", "language", "question_count", "is_default", "created_at")
    search_fields = ("name", "questions__text")
    fields = (("name", "language"), "description", "is_default")
    inlines = (QuestionInline,)
    empty_text = _("A question bank holds the questions your interviews choose from. Start with one.")

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "language":
            return forms.ChoiceField(
                label=capfirst(str(db_field.verbose_name)),
                choices=list_languages,
                widget=UnfoldAdminSelectWidget,
                help_text=db_field.help_text,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionBank]:
        asked = Count("questions", filter=Q(questions__archived_at=None), distinct=True)
        banks: QuerySet[QuestionBank] = super().get_queryset(request)
        return banks.annotate(question_count=asked)

    @display(description=_("Questions"), ordering="question_count")
    def question_count(self, bank: Any) -> int:
        count: int = bank.question_count
        return count

    def has_history(self, obj: QuestionBank) -> bool:
        return InterviewQuestion.objects.filter(question__bank=obj).exists()
