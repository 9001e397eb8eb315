"""Candidates. They come with their first invitation and stay as long as their interviews."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import WithoutRehearsals, count_of
from interviews.console.candidate_steps import CandidateSteps, describe_rights
from interviews.domain.candidates import change_candidate
from interviews.models import Candidate, Invitation
from tenants.roles import Action


class CandidateForm(forms.ModelForm):
    def clean_email(self) -> str:
        """As `change_candidate` stores it."""
        address: str = self.cleaned_data["email"].strip().lower()
        if Candidate.objects.filter(email=address).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("Another candidate has this e-mail address already."))
        return address


@admin.register(Candidate)
class CandidateAdmin(CandidateSteps, WithoutRehearsals):
    change_action = Action.INVITE
    list_display = ("name", "email", "invitation_count", "created_at")
    search_fields = ("name", "email")
    form = CandidateForm
    fields = (("name", "email"), ("locale", "time_zone"))
    change_form_template = "console/candidate.html"
    empty_text = _("Candidates appear here with their first invitation.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        candidates: QuerySet[Candidate] = super().get_queryset(request)
        return candidates.annotate(invitation_count=count_of(Invitation.objects.all(), "candidate"))

    @display(description=_("Invitations"), ordering="invitation_count")
    def invitation_count(self, candidate: Candidate) -> int:
        count: int = candidate.invitation_count  # type: ignore[attr-defined]
        return count

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        candidate = self.get_object(request, object_id)
        invitations = candidate.invitations.select_related("interview") if candidate else []
        context = {"invitations": invitations} | describe_rights(request, candidate)
        return super().change_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Candidate, form: forms.ModelForm, change: bool) -> None:
        change_candidate(candidate=obj, **{name: form.cleaned_data[name] for name in form.changed_data})
