"""Whose data is it: the tenant, how it presents itself, and the hosts it answers on."""

from __future__ import annotations

from pathlib import PurePath
from uuid import uuid4
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenants.models.wall import TenantModel

#: Suffix -> content type. No other logo is taken or served.
LOGO_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "svg": "image/svg+xml"}
LOGO_MAX_BYTES = 512 * 1024

validate_colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write the colour as #rrggbb."))


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("Choose a time zone such as Europe/Berlin."))


def validate_logo_size(file: models.fields.files.FieldFile) -> None:
    if file.size > LOGO_MAX_BYTES:
        raise ValidationError(_("Choose a logo of at most 512 KB."))


def logo_path(brand: Brand, filename: str) -> str:
    return f"tenants/{brand.tenant_id}/logo-{uuid4().hex}{PurePath(filename).suffix.lower()}"


class Tenant(models.Model):
    """A company. Shared, because it must be found before it can be in scope."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), unique=True, help_text=_("Names the company in addresses; it can't be changed."))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name


class Brand(TenantModel):
    """How a tenant looks and sounds to candidates. Every tenant has exactly one."""

    display_name = models.CharField(_("display name"), max_length=120)
    logo = models.FileField(
        _("logo"),
        upload_to=logo_path,
        blank=True,
        validators=[FileExtensionValidator(list(LOGO_TYPES)), validate_logo_size],
        help_text=_("PNG, JPG, WebP or SVG, at most 512 KB."),
    )
    primary_colour = models.CharField(
        _("primary colour"), max_length=7, default="#1f4fd8", validators=[validate_colour]
    )
    accent_colour = models.CharField(_("accent colour"), max_length=7, default="#0f766e", validators=[validate_colour])
    interviewer_name = models.CharField(_("interviewer's name"), max_length=60, default="Vivi")
    sender_name = models.CharField(_("sender's name in e-mails"), max_length=120, blank=True)
    reply_to = models.EmailField(_("reply-to address"), blank=True)
    welcome_text = models.TextField(_("welcome text"), max_length=2000, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("brand")
        verbose_name_plural = _("brand")
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_brand_per_tenant")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def logo_url(self) -> str:
        """The address of the logo as it is now; empty without one."""
        if not self.logo.name:
            return ""
        return f"{reverse('tenants:logo', args=[self.tenant.slug])}?v={PurePath(self.logo.name).stem[-8:]}"


class Domain(models.Model):
    """Which tenant a host name stands for. Shared: it is looked up before a tenant is known."""

    host = models.CharField(_("host name"), max_length=253, unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")

    class Meta:
        ordering = ("host",)
        verbose_name = _("domain")
        verbose_name_plural = _("domains")

    def __str__(self) -> str:
        return self.host
