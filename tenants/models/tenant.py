"""Whose data is it: the tenant, and how it presents itself."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tenants.brand_texts import PLACEHOLDERS, validate_placeholders
from tenants.fonts import Font, stack_of
from tenants.logos import LOGO_TYPES, validate_logo_content, validate_logo_size
from tenants.models.wall import TenantModel

CAN_USE = _("You can use %(names)s.") % {"names": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)}

validate_colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write the colour as #rrggbb."))


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("Choose a time zone such as Europe/Berlin."))


def logo_path(brand: Brand, filename: str) -> str:
    return f"tenants/{brand.tenant_id}/logo-{uuid4().hex}{PurePath(filename).suffix.lower()}"


def own_text(name: Any, help_text: Any) -> models.TextField:
    """A column for plain text of the company's own; where it is empty, ours stands."""
    said = format_lazy("{} {}", help_text, CAN_USE)
    return models.TextField(name, max_length=2000, blank=True, validators=[validate_placeholders], help_text=said)


class Tenant(models.Model):
    """A company. Shared, because it must be found before it can be in scope."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("short name"), unique=True, help_text=_("Names the company in addresses; it can't be changed.")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    requires_second_factor = models.BooleanField(
        _("two-factor log-in for everybody"),
        default=False,
        help_text=_("Members without it must turn it on before they can go on."),
    )
    shares_results = models.BooleanField(
        _("public links to results"),
        default=False,
        help_text=_("Whoever has such a link reads the result without logging in, until the link ends."),
    )
    max_concurrent_sessions = models.PositiveIntegerField(
        _("interviews at once"),
        null=True,
        blank=True,
        help_text=_("Beyond it, candidates wait in line. Empty: no limit."),
    )
    max_monthly_minutes = models.PositiveIntegerField(
        _("minutes a month"), null=True, blank=True, help_text=_("When used up, no interview begins. Empty: no limit.")
    )
    max_hourly_invitations = models.PositiveIntegerField(
        _("invitations an hour"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name


def default_language() -> str:
    return settings.LANGUAGE_CODE


def list_languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class Brand(TenantModel):
    """How a tenant looks and sounds to candidates. Every tenant has exactly one.

    Its texts are in `language`; `translations` has them in others, as {"de": {"welcome_text": "..."}}.
    """

    display_name = models.CharField(_("display name"), max_length=120)
    logo = models.FileField(
        _("logo"),
        upload_to=logo_path,
        blank=True,
        validators=[FileExtensionValidator(list(LOGO_TYPES)), validate_logo_size, validate_logo_content],
        help_text=_("PNG, JPG, WebP or SVG, at most 512 KB."),
    )
    primary_colour = models.CharField(
        _("primary colour"), max_length=7, default="#1f4fd8", validators=[validate_colour]
    )
    accent_colour = models.CharField(_("accent colour"), max_length=7, default="#0f766e", validators=[validate_colour])
    interviewer_name = models.CharField(_("interviewer's name"), max_length=60, default="Vivi")
    sender_name = models.CharField(_("sender's name in e-mails"), max_length=120, blank=True)
    reply_to = models.EmailField(_("reply-to address"), blank=True)
    language = models.CharField(
        _("language"),
        max_length=12,
        default=default_language,
        choices=list_languages,
        help_text=_("The one the texts below are written in. Candidates who read another get those of their language."),
    )
    translations = models.JSONField(_("translations"), default=dict, blank=True, editable=False)
    font = models.CharField(_("font"), max_length=12, choices=Font, default=Font.SYSTEM, blank=True)
    welcome_text = own_text(_("welcome text"), _("Under the title of the lobby."))
    invitation_text = own_text(_("words of the invitation"), _("A paragraph of your own in the e-mail that invites."))
    reminder_text = own_text(
        _("words of the reminders"),
        _(
            "Instead of “It takes up to … minutes, in your browser, whenever it suits you.” "
            "In the last one before the deadline, above our sentence."
        ),
    )
    thanks_text = own_text(_("words of the thanks"), _("Instead of “Your answers have arrived and are saved.”"))
    withdrawal_text = own_text(
        _("words of the withdrawal"),
        _("Instead of “This has nothing to do with anything you did. The links you were sent no longer work.”"),
    )
    closing_text = models.CharField(
        _("closing words of e-mails"),
        max_length=300,
        blank=True,
        validators=[validate_placeholders],
        help_text=_("Instead of “Good luck, and take your time.” %(placeholders)s") % {"placeholders": CAN_USE},
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("brand")
        verbose_name_plural = _("brand")
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_brand_per_tenant")]

    def __str__(self) -> str:
        return self.display_name

    def text_in(self, language: str, name: str) -> str:
        """The company's own text of this name, one of TEXTS; empty where it wrote none."""
        written = self.translations.get(language, {}).get(name, "")
        if not written and language == self.language:
            written = getattr(self, name)
        return str(written).strip()

    @property
    def logo_url(self) -> str:
        """The address of the logo as it is now; empty without one."""
        if not self.logo.name:
            return ""
        return f"{reverse('tenants:logo', args=[self.tenant.slug])}?v={PurePath(self.logo.name).stem[-8:]}"

    @property
    def font_stack(self) -> str:
        """As CSS; empty for the pages' own font."""
        return stack_of(self.font)
