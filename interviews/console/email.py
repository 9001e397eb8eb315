"""Outgoing mail: what was sent to whom, and what went wrong."""

import re
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import display

from interviews.console.base import ReadOnlyAdmin
from interviews.console.marks import EMAIL_MARKS
from interviews.domain import emails
from interviews.models import OutgoingEmail
from tenants.mail_admin import list_events
from tenants.middleware import role_of
from tenants.roles import Action, may

#: Where the mail leads, which only whom it was sent to may follow.
LINKS = re.compile(r' href="[^"]*"')


def hidden_link() -> str:
    return gettext("(their personal link) ")


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ReadOnlyAdmin):
    list_display = ("subject", "recipient", "status_mark", "attempts", "created_at", "sent_at")
    list_filter = ("status", "kind", "created_at")
    search_fields = ("recipient", "subject")
    fields = (
        "recipient",
        ("sender", "reply_to"),
        "subject",
        "text",
        "letter",
        "status",
        ("created_at", "sent_at"),
        ("attempts", "last_error"),
        "history",
    )
    change_form_template = "console/email.html"
    empty_text = _("E-mails appear here when candidates are invited.")

    @display(description=_("Status"), ordering="status", label=EMAIL_MARKS)
    def status_mark(self, email: OutgoingEmail) -> tuple[str, str]:
        return email.status, email.get_status_display()

    def get_readonly_fields(self, request: object, obj: object = None) -> tuple[str, ...]:
        return ("history", "text", "letter")

    @display(description=_("Text"))
    def text(self, email: OutgoingEmail) -> str:
        """Line by line, as it is sent."""
        said = email.text_body.replace(OutgoingEmail.LINK_PLACEHOLDER, hidden_link())
        return format_html('<div class="vv-prose">{}</div>', said)

    @display(description=_("As most read it"))
    def letter(self, email: OutgoingEmail) -> str:
        """The HTML in a frame of its own, in which nothing runs and no link leads anywhere."""
        if not email.html_body:
            return "-"
        address = reverse("admin:interviews_outgoingemail_html", args=[email.pk])
        frame = '<iframe class="vv-preview__frame" sandbox src="{}" title="{}"></iframe>'
        return format_html(frame, address, gettext("The e-mail as HTML"))

    @display(description=_("What became of it"))
    def history(self, email: OutgoingEmail) -> str:
        return list_events((event.at, event.get_status_display(), event.detail) for event in email.events.all())

    # --- Sending again --------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        again = path(
            "<uuid:object_id>/resend/",
            self.admin_site.admin_view(require_POST(self.resend)),
            name="interviews_outgoingemail_resend",
        )
        html = path(
            "<uuid:object_id>/html/", self.admin_site.admin_view(self.show_html), name="interviews_outgoingemail_html"
        )
        return [again, html, *super().get_urls()]

    @method_decorator([require_safe, xframe_options_sameorigin, csp_replace({"frame-ancestors": [SELF]})])
    def show_html(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """The mail's HTML without its link; for the frame on its page."""
        email: OutgoingEmail | None = self.get_object(request, str(object_id))
        if email is None:
            raise Http404(f"There is no e-mail {object_id}.")
        if not self.has_view_permission(request, email):
            raise PermissionDenied
        return HttpResponse(LINKS.sub("", email.html_body).replace(OutgoingEmail.LINK_PLACEHOLDER, hidden_link()))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {"may_invite": may(role_of(request), Action.INVITE)}
        return super().change_view(request, object_id, form_url, extra)

    def resend(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        email: OutgoingEmail | None = self.get_object(request, str(object_id))
        if email is None:
            raise Http404(f"There is no e-mail {object_id}.")
        if not may(role_of(request), Action.INVITE):
            raise PermissionDenied
        try:
            email = emails.resend_email(email=email)
        except emails.EmailRefused as error:
            messages.error(request, str(error))
        else:
            self.log_change(request, email, "sent again")
            messages.success(request, gettext("A new e-mail is on its way to %s.") % email.recipient)
        return HttpResponseRedirect(reverse("admin:interviews_outgoingemail_change", args=[email.pk]))
