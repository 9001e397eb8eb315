"""What staff does with an invitation: send it again, move its deadline, cancel it; some for several at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from interviews.console.base import ConsoleAdmin
from interviews.console.invitation_form import validate_deadline
from interviews.domain import choices, invitations
from interviews.enums import TransitionError
from interviews.models import Invitation

#: Rows that an action takes at once; each is a transaction with a mail, and the browser waits for all of them.
AT_ONCE = 500
#: Refusals that are told one by one.
REFUSALS_SHOWN = 5


def try_step(step: Callable[..., None], invitation: Invitation) -> str:
    """Empty when it is done, else a sentence that says why it can't be."""
    try:
        step(invitation=invitation)
    except invitations.InvitationClosed as closed:
        return str(closed)
    except TransitionError:
        return gettext("This invitation is closed already: %s.") % invitation.get_status_display().lower()
    except ValueError as error:
        return str(error)
    return ""


class DeadlineForm(forms.Form):
    #: As an <input type="datetime-local"> writes it, in the company's time zone.
    expires_at = forms.DateTimeField(
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[validate_deadline],
        error_messages=dict.fromkeys(("required", "invalid"), _("Enter the new deadline's date and time.")),
    )


class AddressForm(forms.Form):
    email = forms.EmailField(max_length=254)


class InvitationSteps(ConsoleAdmin):
    """Each step is a POST by somebody who may invite, one call of the domain, and an entry in the audit log."""

    actions = ("resend_selected", "cancel_selected")

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_urls(self) -> list[URLPattern]:
        steps = self.step_urls(
            link=self.show_link,
            resend=self.resend,
            extend=self.extend,
            retry=self.grant_retry,
            correct=self.correct_address,
            settle=self.settle_wish,
            cancel=self.cancel,
        )
        return steps + super().get_urls()

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

    def extend(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        invitation = self.find(request, object_id)
        form = DeadlineForm(request.POST)
        if not form.is_valid():
            return self.back(request, invitation, messages.ERROR, str(form.errors["expires_at"][0]))
        until = form.cleaned_data["expires_at"]
        if problem := try_step(partial(invitations.extend, expires_at=until), invitation):
            return self.back(request, invitation, messages.ERROR, problem)
        self.log_change(request, invitation, f"deadline moved to {until.isoformat(timespec='minutes')}")
        return self.back(request, invitation, messages.SUCCESS, gettext("The deadline is moved."))

    def grant_retry(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        invitation = self.find(request, object_id)
        if problem := try_step(invitations.grant_retry, invitation):
            return self.back(request, invitation, messages.ERROR, problem)
        self.log_change(request, invitation, "one more start granted")
        return self.back(request, invitation, messages.SUCCESS, gettext("The candidate may start once more."))

    def correct_address(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        invitation = self.find(request, object_id)
        form = AddressForm(request.POST)
        if not form.is_valid():
            return self.back(request, invitation, messages.ERROR, gettext("Enter a valid e-mail address."))
        if problem := try_step(partial(invitations.correct_address, email=form.cleaned_data["email"]), invitation):
            return self.back(request, invitation, messages.ERROR, problem)
        self.log_change(request, invitation, "address corrected and sent again")
        text = gettext("A new e-mail is on its way to %s.") % invitation.candidate.email
        return self.back(request, invitation, messages.SUCCESS, text)

    def settle_wish(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        invitation = self.find(request, object_id)
        choices.settle_wish(invitation=invitation)
        self.log_change(request, invitation, "candidate's request settled")
        return self.back(request, invitation, messages.SUCCESS, gettext("The request is settled."))

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
        """How many took the step; the first few of the others get a sentence each."""
        if rows.count() > AT_ONCE:
            messages.error(request, gettext("That is more than %d at once. Narrow the list down first.") % AT_ONCE)
            return 0
        done, refused = 0, 0
        for invitation in rows:
            if problem := try_step(step, invitation):
                refused += 1
                if refused <= REFUSALS_SHOWN:
                    messages.warning(request, f"{invitation}: {problem}")
            else:
                self.log_change(request, invitation, audit)
                done += 1
        if (more := refused - REFUSALS_SHOWN) > 0:
            messages.warning(request, ngettext("And %d more.", "And %d more.", more) % more)
        return done
