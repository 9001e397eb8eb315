"""The hosts that candidates' pages of a tenant are served on, beside the installation's own."""

from __future__ import annotations

import ipaddress
import re
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models.tenant import Tenant

#: What a label of a host name may be (RFC 1123, 2.1); two at least make a domain.
HOST = re.compile(r"\A(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")


def validate_host(host: str) -> None:
    """A public name, in lower case and punycode, that is not the installation's own."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        raise ValidationError(_("Give a name such as interviews.example.com, not an address."))
    if not HOST.match(host):
        raise ValidationError(_("Give the host name alone, such as interviews.example.com."))
    own = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"]
    if any(host == name or host.endswith(f".{name}") for name in own):
        raise ValidationError(_("This name belongs to the installation. Give one of your own."))


def make_proof() -> str:
    return secrets.token_hex(16)


class Domain(models.Model):
    """Which tenant a host name stands for. Shared: it is looked up before a tenant is known.

    Several tenants may claim a name; the one whose `proof` stands in the DNS gets it, and only a verified one is
    answered.
    """

    host = models.CharField(_("host name"), max_length=253, validators=[validate_host])
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    proof = models.CharField(max_length=32, default=make_proof, editable=False)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True, editable=False)
    check_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("what is missing"), max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ("host",)
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "host"],
                name="domain_once_a_tenant",
                violation_error_message=_("This domain is in your list already."),
            ),
            models.UniqueConstraint(
                fields=["host"], condition=Q(verified_at__isnull=False), name="domain_verified_once"
            ),
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def record_name(self) -> str:
        """Where the TXT record that proves it belongs."""
        return f"_vivavoce.{self.host}"

    @property
    def record_value(self) -> str:
        return f"vivavoce-verification={self.proof}"

    @property
    def state(self) -> str:
        if self.check_asked_at and (self.checked_at is None or self.checked_at < self.check_asked_at):
            return "checking"
        if self.verified_at:
            return "verified"
        return "failed" if self.last_error else "new"
