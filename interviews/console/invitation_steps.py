"""What staff does with an invitation: a new link, the e-mail again, cancel. On one, or on several from the list."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from interviews.console.base import ConsoleAdmin
from interviews.domain import invitations
from interviews.enums import TransitionError
from interviews.models import Invitation


def try_step(step: Callable[..., None], invitation: Invitation) -> str:
    """Empty when it is done, else a sentence that says why it can't be."""
    try:
        step(invitation=invitation)
    except invitations.InvitationClosed as closed:
        return str(closed)
    except TransitionError:
        return gettext("This invitation is closed already: %s.") % invitation.get_status_display().lower()
    return ""


class InvitationSteps(ConsoleAdmin):
    """Each step is a POST by somebody who may invite, one call of the domain, and an entry in the audit log."""

    actions = ("resend_selected", "cancel_selected")

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_urls(self) -> list[URLPattern]:
        steps = [("link", self.show_link), ("resend", self.resend), ("cancel", self.cancel)]
        own = [
            path(
                f"<uuid:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"interviews_invitation_{name}",
            )
            for name, view in steps
        ]
        return own + super().get_urls()

    def show_link(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """A new link, shown this once."""
        invitation = self.find(request, object_id)
        if problem := try_step(invitations.check_open, invitation):
            return self.back(request, invitation, messages.ERROR, problem)
        self.log_change(request, invitation, "new link")
        link = format_html('<span class="vv-copy">{}</span>', invitations.mint_link(invitation=invitation))
        shown = format_html(gettext("Copy this link now, it is not shown again: {}"), link)
        return self.back(request, invitation, messages.SUCCESS, shown)

    def resend(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        invitation = self.find(request, object_id)
        if problem := try_step(invitations.resend, invitation):
            return self.back(request, invitation, messages.ERROR, problem)
        self.log_change(request, invitation, "sent again")
        text = gettext("A new e-mail is on its way to %s.") % invitation.candidate.email
        return self.back(request, invitation, messages.SUCCESS, text)

    def cancel(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        invitation = self.find(request, object_id)
        if problem := try_step(invitations.cancel, invitation):
            return self.back(request, invitation, messages.ERROR, problem)
        self.log_change(request, invitation, "canceled")
        return self.back(
            request, invitation, messages.SUCCESS, gettext("The invitation is canceled; its links are void.")
        )

    def find(self, request: HttpRequest, object_id: Any) -> Invitation:
        """The tenant's invitation, for somebody who may invite. Raises Http404 and PermissionDenied."""
        invitation: Invitation | None = self.get_object(request, str(object_id))
        if invitation is None:
            raise Http404(f"There is no invitation {object_id}.")
        if not self.has_invite_permission(request):
            raise PermissionDenied
        return invitation

    def back(self, request: HttpRequest, invitation: Invitation, level: int, text: str) -> HttpResponse:
        messages.add_message(request, level, text)
        return HttpResponseRedirect(reverse("admin:interviews_invitation_change", args=[invitation.pk]))

    @admin.action(description=_("Send the e-mail again"), permissions=["invite"])
    def resend_selected(self, request: HttpRequest, rows: QuerySet[Invitation]) -> None:
        done = self.do_to_each(request, rows, invitations.resend, "sent again")
        messages.info(request, ngettext("%d e-mail is on its way.", "%d e-mails are on their way.", done) % done)

    @admin.action(description=_("Cancel"), permissions=["invite"])
    def cancel_selected(self, request: HttpRequest, rows: QuerySet[Invitation]) -> None:
        done = self.do_to_each(request, rows, invitations.cancel, "canceled")
        messages.info(request, ngettext("%d invitation is canceled.", "%d invitations are canceled.", done) % done)

    def do_to_each(
        self, request: HttpRequest, rows: QuerySet[Invitation], step: Callable[..., None], audit: str
    ) -> int:
        """How many took the step; each of the others gets its own sentence."""
        done = 0
        for invitation in rows:
            if problem := try_step(step, invitation):
                messages.warning(request, f"{invitation}: {problem}")
            else:
                self.log_change(request, invitation, audit)
                done += 1
        return done
