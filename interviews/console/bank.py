"""Question banks, their questions in order."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import EmptyFieldListFilter
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from interviews.console.bank_steps import BankSteps
from interviews.console.durations import duration_of
from interviews.console.question_form import RUBRIC_FIELDS, make_question_form
from interviews.domain.bank_reviews import concerns_of, review_bank
from interviews.models import Interview, InterviewQuestion, Question, QuestionBank
from interviews.models.languages import QUESTION_FIELDS
from tenants.console import TenantStackedInline
from tenants.models.tenant import list_languages
from tenants.roles import Action


class QuestionInline(TenantStackedInline):
    """A question that an interview asks can't be deleted: Django says so, and which interview it is."""

    model = Question
    edit_action = Action.EDIT_INTERVIEWS
    ordering = ("position", "id")
    ordering_field = "position"
    collapsible = True

    def get_fieldsets(self, request: HttpRequest, obj: QuestionBank | None = None) -> Any:
        further = [[f"{text}_{language}" for text in QUESTION_FIELDS] for language in further_languages(obj)]
        asked = [
            ("text", "follow_up_guidance"),
            *further,
            ("competency", "tags"),
            ("max_follow_ups", "min_words"),
            ("time_limit", "position"),
            ("required", "archived"),
        ]
        rubric = {
            "fields": RUBRIC_FIELDS,
            "classes": ("collapse",),
            "description": _("For those who judge the answers; the interviewer never sees it. Empty: the general one."),
        }
        return [(None, {"fields": asked}), (_("Rubric"), rubric)]

    def get_formset(self, request: HttpRequest, obj: QuestionBank | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **kwargs | {"form": make_question_form(further_languages(obj))})

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "time_limit":
            return duration_of(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_extra(self, request: HttpRequest, obj: QuestionBank | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1


def further_languages(bank: QuestionBank | None) -> list[str]:
    """The languages a bank's questions may be needed in beside its own: those that interviews are offered in."""
    offered = {
        language for languages in Interview.objects.values_list("languages", flat=True) for language in languages
    }
    return [code for code, _name in list_languages() if code in offered and code != (bank.language if bank else None)]


class BankForm(forms.ModelForm):
    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if QuestionBank.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("There is a question bank of this name already. Choose another name."))
        return name


@admin.register(QuestionBank)
class QuestionBankAdmin(BankSteps):
    edit_action = Action.EDIT_INTERVIEWS
    list_display = ("name", "language", "question_count", "is_default", "archived_mark", "created_at")
    list_filter = (("archived_at", EmptyFieldListFilter), "language")
    change_form_template = "console/bank.html"
    search_fields = ("name", "questions__text")
    form = BankForm
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

    @display(description=_("State"), label={"in use": "success", "archived": None})
    def archived_mark(self, bank: QuestionBank) -> tuple[str, Any]:
        return ("archived", _("Archived")) if bank.archived_at else ("in use", _("In use"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        bank: QuestionBank | None = self.get_object(request, object_id)
        context = {"bank": bank, "reviewed": review_bank(bank=bank)} if bank else {}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What is asked is the company's to decide; it is told what courts may think of it."""
        super().save_related(request, form, formsets, change)
        for row in formsets[0].forms:
            if row.has_changed() and row.instance.pk and not row.cleaned_data.get("DELETE"):
                for concern in concerns_of(question=row.instance, bank=form.instance):
                    messages.warning(request, f"“{row.instance}”: {concern}")

    def has_history(self, obj: QuestionBank) -> bool:
        return InterviewQuestion.objects.filter(question__bank=obj).exists()
