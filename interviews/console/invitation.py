"""Invitations: inviting somebody, and following what becomes of it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.attention import AttentionFilter, name_attention
from interviews.console.base import ReadOnlyAdmin, WithoutRehearsals
from interviews.console.invitation_form import InvitationForm
from interviews.console.invitation_steps import InvitationSteps
from interviews.console.language_filter import LanguageFilter
from interviews.console.marks import ATTENTION_MARKS, INVITATION_MARKS
from interviews.domain import invitations
from interviews.domain.letters import zone_of
from interviews.enums import InvitationStatus
from interviews.models import Invitation
from tenants.domain.audit import record
from tenants.roles import Action


@admin.register(Invitation)
class InvitationAdmin(InvitationSteps, WithoutRehearsals, ReadOnlyAdmin):
    """Written by the domain alone: adding calls `create_invitation`, and each button one function (InvitationSteps)."""

    add_action = Action.INVITE
    #: Sessions, answers and the result need more than looking at invitations.
    read_action = Action.READ_RESULTS
    list_display = ("candidate_header", "interview", "status_mark", "attention_mark", "expires_at", "created_at")
    list_display_links = ("candidate_header",)
    list_select_related = ("candidate", "interview")
    list_filter = ("status", AttentionFilter, "interview", LanguageFilter, "created_at")
    search_fields = ("candidate__name", "candidate__email", "interview__title")
    actions = ("resend_selected", "cancel_selected")
    change_form_template = "console/invitation.html"
    empty_text = _("Invite somebody: they get an e-mail with a link that opens the interview in their browser.")

    @display(description=_("Candidate"), ordering="candidate__name", header=True)
    def candidate_header(self, invitation: Invitation) -> tuple[str, str]:
        return invitation.candidate.name, invitation.candidate.email

    @display(description=_("Status"), ordering="status", label=INVITATION_MARKS)
    def status_mark(self, invitation: Invitation) -> tuple[str, str]:
        return invitation.status, invitation.get_status_display()

    @display(description=_("Note"), label=ATTENTION_MARKS)
    def attention_mark(self, invitation: Invitation) -> tuple[str, str]:
        return name_attention(invitation)

    # --- Inviting -------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Invitation | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else InvitationForm

    def get_fieldsets(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        if obj:
            return [(None, {"fields": []})]
        people, places = ("candidate_name", "candidate_email"), ("locale", "time_zone")
        limits, switches = ("extra_time", "other_time"), ("notify", "again")
        names = ("interview", people, places, "expires_at", limits, "personal_note", switches)
        return [(None, {"fields": names})]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without "save and continue editing": an invitation is not edited, and its page is where saving leads."""
        return super().add_view(request, form_url, {"show_save_and_continue": False})

    def save_form(self, request: HttpRequest, form: InvitationForm, change: bool) -> Invitation:
        return form.invite()

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """The domain has stored it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """An invitation has no inlines."""

    def response_add(self, request: HttpRequest, obj: Invitation, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, gettext("%(name)s is invited.") % {"name": obj.candidate.name})
        return HttpResponseRedirect(
            reverse("admin:interviews_invitation_add")
            if "_addanother" in request.POST
            else reverse("admin:interviews_invitation_change", args=[obj.pk])
        )

    # --- Following ------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        invitation = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if invitation is not None:
            kept = invitation.forgotten_at is None
            context = {
                "is_open": is_open(invitation),
                "may_extend": is_open(invitation) or (kept and invitation.status == InvitationStatus.EXPIRED),
                "may_retry": is_open(invitation) or (kept and invitation.status == InvitationStatus.FAILED),
                "zone": zone_of(invitation.candidate).key,
                "may_invite": self.has_add_permission(request),
                "may_read": self.allows(request, "read"),
                "sessions": invitation.sessions.order_by("-number"),
                "answers": invitation.answers.order_by("position"),
                "emails": invitation.emails.order_by("-created_at"),
                "result": getattr(invitation, "result", None),
            }
            if context["may_read"] and context["answers"] and request.method == "GET":
                record(verb="viewed the answers", target=invitation)
        return super().change_view(request, object_id, form_url, context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows: QuerySet[Invitation] = super().get_queryset(request)
        return rows.select_related("candidate", "interview", "result")


def is_open(invitation: Invitation) -> bool:
    try:
        invitations.check_open(invitation=invitation)
    except invitations.InvitationClosed:
        return False
    return True
