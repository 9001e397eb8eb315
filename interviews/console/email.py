"""Outgoing mail: what was sent to whom, and what went wrong."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import ReadOnlyAdmin
from interviews.console.marks import EMAIL_MARKS
from interviews.models import OutgoingEmail


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ReadOnlyAdmin):
    list_display = ("subject", "recipient", "status_mark", "attempts", "created_at", "sent_at")
    list_filter = ("status", "kind", "created_at")
    search_fields = ("recipient", "subject")
    fields = (
        ("recipient", "status_mark"),
        ("sender", "reply_to"),
        "subject",
        "text_body",
        ("created_at", "sent_at"),
        ("attempts", "last_error"),
    )
    empty_text = _("E-mails appear here when candidates are invited.")

    @display(description=_("Status"), ordering="status", label=EMAIL_MARKS)
    def status_mark(self, email: OutgoingEmail) -> tuple[str, str]:
        return email.status, email.get_status_display()

    def get_readonly_fields(self, request: object, obj: object = None) -> tuple[str, ...]:
        return ("status_mark",)
