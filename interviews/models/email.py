"""Outgoing mail, a row first and sent after commit, and what became of it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.enums import EmailKind, EmailStatus
from interviews.models.invitation import Invitation
from tenants.models import TenantModel


class OutgoingEmail(TenantModel):
    """The rendered mail. Where the candidate's link goes, the bodies hold LINK_PLACEHOLDER: the token itself
    is minted when the mail is sent and is stored nowhere."""

    LINK_PLACEHOLDER = "[[link]]"

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="emails", verbose_name=_("invitation"), null=True, blank=True
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EmailKind)
    recipient = models.EmailField(_("to"))
    sender = models.CharField(_("from"), max_length=200)
    reply_to = models.EmailField(_("reply to"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text_body = models.TextField(_("text"))
    html_body = models.TextField(_("HTML"))
    calendar = models.TextField(_("calendar entry"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=EmailStatus, default=EmailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    message_id = models.CharField(_("message id"), max_length=255, blank=True, db_index=True)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("outgoing e-mail")
        verbose_name_plural = _("outgoing e-mails")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="email_newest_first"),
            models.Index(
                fields=["due_at"], name="email_to_send", condition=models.Q(status__in=["queued", "sending", "failed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"


class EmailEvent(TenantModel):
    """One try to send a mail, or one thing its provider reported about it later."""

    email = models.ForeignKey(
        OutgoingEmail, on_delete=models.CASCADE, related_name="events", verbose_name=_("outgoing e-mail")
    )
    status = models.CharField(_("status"), max_length=10, choices=EmailStatus)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("event of an e-mail")
        verbose_name_plural = _("events of an e-mail")
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.detail}".strip()
