"""Candidates. They come with their first invitation and stay as long as their interviews."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import ConsoleAdmin
from interviews.models import Candidate
from tenants.roles import Action


@admin.register(Candidate)
class CandidateAdmin(ConsoleAdmin):
    change_action = Action.INVITE
    list_display = ("name", "email", "invitation_count", "created_at")
    search_fields = ("name", "email")
    fields = (("name", "email"), ("locale", "time_zone"))
    change_form_template = "console/candidate.html"
    empty_text = _("Candidates appear here with their first invitation.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        candidates: QuerySet[Candidate] = super().get_queryset(request)
        return candidates.annotate(invitation_count=Count("invitations"))

    @display(description=_("Invitations"), ordering="invitation_count")
    def invitation_count(self, candidate: Candidate) -> int:
        count: int = candidate.invitation_count  # type: ignore[attr-defined]
        return count

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        candidate = self.get_object(request, object_id)
        invitations = candidate.invitations.select_related("interview") if candidate else []
        return super().change_view(request, object_id, form_url, {"invitations": invitations})
