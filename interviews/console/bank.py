"""Question banks, their questions in order."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import ConsoleAdmin
from interviews.models import InterviewQuestion, Question, QuestionBank
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

    def get_extra(self, request: HttpRequest, obj: QuestionBank | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1


@admin.register(QuestionBank)
class QuestionBankAdmin(ConsoleAdmin):
    edit_action = Action.EDIT_INTERVIEWS
    list_display = ("name", "language", "question_count", "is_default", "created_at")
    search_fields = ("name", "questions__text")
    fields = (("name", "language"), "description", "is_default")
    inlines = (QuestionInline,)
    empty_text = _("A question bank holds the questions your interviews choose from. Start with one.")

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
