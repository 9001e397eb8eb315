"""Interviews: what is said, which questions, under which limits."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, ForeignKey, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import ConsoleAdmin
from interviews.console.marks import INTERVIEW_MARKS
from interviews.console.services import FIELDS as SERVICE_FIELDS
from interviews.console.services import name_the_default
from interviews.console.translation import AskedQuestionsFormSet, make_interview_form
from interviews.domain.languages import name_language
from interviews.models import Interview, InterviewQuestion, Invitation, Question
from interviews.models.languages import INTERVIEW_FIELDS
from tenants.console import TenantInline
from tenants.roles import Action


def question_choices(*, interview_id: UUID | None) -> Iterator[tuple[str, Any]]:
    """The questions by bank, the default bank first, archived ones only where this interview asks them; one query."""
    yield "", _("Choose a question")
    asked = InterviewQuestion.objects.filter(interview=interview_id).values("question")
    questions = Question.objects.filter(Q(archived_at=None) | Q(pk__in=asked)).select_related("bank")
    in_order = questions.order_by("-bank__is_default", "bank__name", "bank_id", "position", "id")
    for bank, members in groupby(in_order, key=lambda question: question.bank):
        yield bank.name, [(question.pk, str(question)) for question in members]


class InterviewQuestionInline(TenantInline):
    model = InterviewQuestion
    formset = AskedQuestionsFormSet
    edit_action = Action.EDIT_INTERVIEWS
    fields = ("question", "position")
    ordering = ("position", "id")
    ordering_field = "position"
    hide_ordering_field = True
    hide_title = True
    verbose_name = _("question")
    verbose_name_plural = _("questions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewQuestion]:
        rows: QuerySet[InterviewQuestion] = super().get_queryset(request)
        return rows.select_related("question")

    def get_extra(self, request: HttpRequest, obj: Interview | None = None, **kwargs: Any) -> int:
        return 0 if obj else 3

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "question":
            # Read once for all rows; what is sent is still looked up in the tenant's questions.
            object_id = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            field.choices = list(question_choices(interview_id=UUID(object_id) if object_id else None))
        return field


@admin.register(Interview)
class InterviewAdmin(ConsoleAdmin):
    edit_action = Action.EDIT_INTERVIEWS
    list_display = ("title", "status_mark", "question_count", "invitation_count", "created_at")
    list_filter = ("status",)
    search_fields = ("title",)
    inlines = (InterviewQuestionInline,)
    fieldsets = (
        (None, {"fields": (("title", "status"), ("interviewer_name", "tone"), ("language", "more_languages"))}),
        (_("Limits"), {"fields": (("total_limit", "retries"), "typing_allowed", "record")}),
        (_("What is said"), {"fields": ("intro", "outro"), "classes": ("collapse",)}),
        (
            _("Disclosure and consent"),
            {
                "fields": ("disclosure", ("consent_version", "consent_text"), "recording_consent_text", "next_steps"),
                "classes": ("collapse",),
            },
        ),
        (_("Voice and services"), {"fields": SERVICE_FIELDS, "classes": ("collapse",)}),
    )
    empty_text = _("An interview is a list of questions with limits. Create one, then invite candidates to it.")

    def get_form(self, request: HttpRequest, obj: Interview | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs | {"form": make_interview_form(obj)})

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        return name_the_default(db_field, field, label=_("As the company"))

    def get_fieldsets(self, request: HttpRequest, obj: Interview | None = None) -> Any:
        """One more section for each further language."""
        further = obj.languages[1:] if obj else []
        sections = [
            (
                name_language(language),
                {"fields": [f"{text}_{language}" for text in INTERVIEW_FIELDS], "classes": ("collapse",)},
            )
            for language in further
        ]
        return [*super().get_fieldsets(request, obj), *sections]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interview]:
        interviews: QuerySet[Interview] = super().get_queryset(request)
        return interviews.annotate(
            question_count=count_rows(InterviewQuestion), invitation_count=count_rows(Invitation)
        )

    @display(description=_("Status"), ordering="status", label=INTERVIEW_MARKS)
    def status_mark(self, interview: Interview) -> tuple[str, str]:
        return interview.status, interview.get_status_display()

    @display(description=_("Questions"), ordering="question_count")
    def question_count(self, interview: Any) -> int:
        count: int = interview.question_count
        return count

    @display(description=_("Invitations"), ordering="invitation_count")
    def invitation_count(self, interview: Any) -> int:
        count: int = interview.invitation_count
        return count

    def has_history(self, obj: Interview) -> bool:
        return obj.invitations.exists()


def count_rows(model: type[InterviewQuestion] | type[Invitation]) -> Coalesce:
    """How many rows of `model` belong to the interview."""
    rows = model.objects.filter(interview=OuterRef("pk")).order_by().values("interview")
    return Coalesce(Subquery(rows.annotate(total=Count("pk")).values("total")), 0)
