"""Mails that carry a secret link to whoever has, or gets, an account."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models.user import User


class LinkMail(models.Model):
    """The rendered mail and what became of it. Where the link goes, the bodies hold LINK_PLACEHOLDER: it is made anew
    at each try and stored nowhere, so nobody who reads the row can use it."""

    LINK_PLACEHOLDER = "[[link]]"

    subject = models.CharField(_("subject"), max_length=200, editable=False)
    text_body = models.TextField(_("text"), editable=False)
    html_body = models.TextField(_("HTML"), editable=False)
    due_at = models.DateTimeField(_("mail due"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("mail sent"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True


class MailTry(models.Model):
    """One try to send a mail: how it ended, in a few words of the mail server where it failed."""

    sent = models.BooleanField(_("sent"), editable=False)
    error = models.CharField(_("error"), max_length=300, blank=True, editable=False)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ("at",)
        verbose_name = _("try")
        verbose_name_plural = _("tries")

    def __str__(self) -> str:
        return self.error or str(_("Sent"))


class PasswordMail(LinkMail):
    """Lets somebody set a new password. Shared, because a person may belong to several companies or to none."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("user"))
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("password mail")
        verbose_name_plural = _("password mails")

    def __str__(self) -> str:
        return str(self.user)


class PasswordMailTry(MailTry):
    mail = models.ForeignKey(PasswordMail, on_delete=models.CASCADE, related_name="tries", verbose_name=_("mail"))
