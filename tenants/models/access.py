"""Who and what may act in a tenant: members, API keys, and the look-up of tokens."""

from __future__ import annotations

from ipaddress import ip_network

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.enums import Role, Scope, TokenKind
from tenants.models.mail import LinkMail, MailTry
from tenants.models.tenant import Tenant
from tenants.models.user import LowercaseEmailField, User
from tenants.models.wall import TenantModel


class Membership(TenantModel):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.VIEWER)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="one_membership_per_user")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class MemberInvitation(LinkMail, TenantModel):
    """Somebody asked by mail to join. Each mail mints a token of its own; only its hash is kept, the last one counts.

    The row is the mail's too.
    """

    email = LowercaseEmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.VIEWER)
    invited_by = models.CharField(_("invited by"), max_length=254, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    expires_at = models.DateTimeField(_("link works until"), editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ("-created_at",)
        verbose_name = _("member's invitation")
        verbose_name_plural = _("members' invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_member_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email} ({self.get_role_display()})"

    @property
    def is_pending(self) -> bool:
        """Neither accepted nor revoked; its link may have expired."""
        return self.accepted_at is None and self.revoked_at is None

    @property
    def is_open(self) -> bool:
        return self.is_pending and self.expires_at > timezone.now()


class MemberInvitationTry(MailTry, TenantModel):
    mail = models.ForeignKey(MemberInvitation, on_delete=models.CASCADE, related_name="tries", verbose_name=_("mail"))

    class Meta(TenantModel.Meta, MailTry.Meta):
        abstract = False


def validate_network(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise ValidationError(
            _("%(text)s is no network address. Write it like 203.0.113.0/24."), params={"text": text}
        ) from None


class ApiKey(TenantModel):
    """A key for the API. The key itself is shown once, when it is issued; only its hash is kept."""

    name = models.CharField(_("name"), max_length=120)
    prefix = models.CharField(_("begins with"), max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=40, choices=Scope), default=list, blank=True, verbose_name=_("scopes")
    )
    networks = ArrayField(
        models.CharField(max_length=50, validators=[validate_network]),
        default=list,
        blank=True,
        verbose_name=_("allowed networks"),
        help_text=_("Such as 203.0.113.0/24, separated by commas. Empty: from anywhere."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class TokenIndex(models.Model):
    """Which tenant a token belongs to. Shared: it is looked up before a tenant is known. Holds hashes only."""

    kind = models.CharField(max_length=16, choices=TokenKind.choices)
    digest = models.CharField(max_length=64, unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
