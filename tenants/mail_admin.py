"""Mails with a secret link, as the console shows them: what they say, what became of them, and never the link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from tenants.console import TenantAdmin, ask_first, is_platform_staff
from tenants.domain.password_mails import ask_for_password
from tenants.models import PasswordMail
from tenants.models.mail import LinkMail

MARKS = {"sent": "success", "waiting": "info", "failed": "danger"}


def show_text(mail: LinkMail) -> str:
    """Line by line, as it is sent, but for the link."""
    said = mail.text_body.replace(LinkMail.LINK_PLACEHOLDER, gettext("(their personal link)"))
    return format_html('<div class="vv-prose">{}</div>', said) if said else "-"


def show_tries(mail: LinkMail) -> str:
    tries = mail.tries.all()  # type: ignore[attr-defined]  # of its concrete models
    return list_events((one.at, gettext("Sent") if one.sent else gettext("Failed"), one.error) for one in tries)


def list_events(events: Iterable[tuple[datetime, str, str]]) -> str:
    """What became of a mail, a line for each: when, what, and in which words."""
    said = ((date_format(timezone.localtime(at), "j M Y, H:i"), what, detail) for at, what, detail in events)
    return format_html_join(mark_safe("<br>"), "{} · {} {}", said) or "-"


@admin.register(PasswordMail)
class PasswordMailAdmin(TenantAdmin):
    """For platform staff alone: a person may belong to several companies or to none."""

    list_display = ("email", "state", "attempts", "created_at", "sent_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = ("email", "subject", "text", ("attempts", "last_error"), "history", "created_at", "sent_at")
    readonly_fields = ("email", "text", "history")
    actions_detail = ("send_another",)

    @display(description=_("To"), ordering="user__email")
    def email(self, mail: PasswordMail) -> str:
        return mail.user.email

    @display(description=_("State"), label=MARKS)
    def state(self, mail: PasswordMail) -> tuple[str, str]:
        if mail.sent_at:
            return "sent", gettext("Sent")
        return ("failed", gettext("Failed")) if mail.last_error else ("waiting", gettext("On its way"))

    @display(description=_("Text"))
    def text(self, mail: PasswordMail) -> str:
        return show_text(mail)

    @display(description=_("What became of it"))
    def history(self, mail: PasswordMail) -> str:
        return show_tries(mail)

    @action(description=_("Send another"), url_path="again", permissions=["send"])
    def send_another(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET asks, POST does."""
        mail = self.get_object(request, object_id)
        if mail is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=_("Send {} another mail?").format(mail.user.email),
                explanation=_("It has a link of its own, with which they set a new password."),
                button=_("Send it"),
                variant="primary",
            )
        if ask_for_password(user=mail.user) is None:
            messages.error(request, _("Several went to them within the hour. Wait a little, then send another."))
        else:
            self.log_change(request, mail, "sent another password mail")
            messages.success(request, gettext("A new mail is on its way to %s.") % mail.user.email)
        return self.response_post_save_change(request, mail)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request)

    def has_send_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return is_platform_staff(request)
