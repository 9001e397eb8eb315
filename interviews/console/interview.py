"""Interviews: what is said, which questions, under which limits."""

from typing import Any

from django.contrib import admin
from django.db.models import Field, ForeignKey, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import count_of
from interviews.console.durations import duration_of
from interviews.console.interview_charts import InterviewCharts
from interviews.console.interview_steps import InterviewSteps
from interviews.console.marks import INTERVIEW_MARKS
from interviews.console.question_picker import InterviewQuestionInline, describe_picker
from interviews.console.services import FIELDS as SERVICE_FIELDS
from interviews.console.services import explain_choice
from interviews.console.translation import make_interview_form
from interviews.domain.languages import name_language
from interviews.models import Interview, InterviewQuestion, Invitation, ResultRecipient
from interviews.models.languages import INTERVIEW_FIELDS
from tenants.console import TenantInline
from tenants.models import Membership
from tenants.roles import Action


class RecipientFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """Each is told once: compared with each other, and with rows stored since the page was opened."""
        super().clean()
        opened = [form.instance.pk for form in self.initial_forms]
        stored = ResultRecipient.objects.filter(interview=self.instance.pk).exclude(pk__in=opened)
        seen = {(row.member_id, row.email.lower()) for row in stored}
        for form in self.forms:
            told = (form.instance.member_id, form.instance.email.lower())
            if form.errors or form.cleaned_data.get("DELETE") or not any(told):
                continue
            if told in seen:
                form.add_error(None, _("This person is in the list already."))
            seen.add(told)


class ResultRecipientInline(TenantInline):
    model = ResultRecipient
    formset = RecipientFormSet
    edit_action = Action.EDIT_INTERVIEWS
    fields = ("member", "email")
    hide_title = True

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "member":
            # Read once for all rows; what is sent is still looked up among the tenant's members.
            members = Membership.objects.select_related("user").order_by("user__name")
            field.choices = [
                ("", _("Choose a member")),
                *((row.pk, f"{row.user.name or row.user.email}") for row in members),
            ]
        return field


@admin.register(Interview)
class InterviewAdmin(InterviewSteps, InterviewCharts):
    edit_action = Action.EDIT_INTERVIEWS
    list_display = ("title", "status_mark", "question_count", "invitation_count", "created_at")
    list_filter = ("status",)
    search_fields = ("title",)
    inlines = (InterviewQuestionInline, ResultRecipientInline)
    readonly_fields = ("consent_version",)
    change_form_template = "console/interview.html"
    fieldsets = (
        (None, {"fields": ("title", ("interviewer_name", "tone"), ("language", "more_languages"))}),
        (
            _("Limits"),
            {"fields": (("total_limit", "retries"), ("window_days", "retention_days"), "typing_allowed", "record")},
        ),
        (_("Judging"), {"fields": ("blind_review", "ask_categories")}),
        (_("What is said"), {"fields": ("intro", "outro", "next_steps"), "classes": ("collapse",)}),
        (
            _("Disclosure and consent"),
            {
                "fields": ("disclosure", "consent_text", "recording_consent_text", "consent_version"),
                "description": _(
                    "Publishing other words of the disclosure or a consent gives the consent a new version, and each "
                    "candidate's version is kept with what they agreed to."
                ),
            },
        ),
        (_("Voice and services"), {"fields": SERVICE_FIELDS, "classes": ("collapse",)}),
    )
    empty_text = _("An interview is a list of questions with limits. Create one, then invite candidates to it.")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return super().changeform_view(
            request, object_id, form_url, {"picker": describe_picker()} | (extra_context or {})
        )

    def get_form(self, request: HttpRequest, obj: Interview | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs | {"form": make_interview_form(obj)})

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "total_limit":
            return duration_of(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        return explain_choice(db_field, field, label=_("As the company"))

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
            question_count=count_of(InterviewQuestion.objects.all(), "interview"),
            invitation_count=count_of(Invitation.objects.real(), "interview"),
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
