"""Candidates, their invitations, and the links that open them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.enums import InvitationStatus, Mode
from interviews.models.interview import Interview
from tenants.models import TenantModel


class Candidate(TenantModel):
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"))
    locale = models.CharField(_("language"), max_length=12, blank=True, help_text=_("Empty: not known."))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "email"], name="candidate_email_once_a_tenant"),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(TenantModel):
    interview = models.ForeignKey(
        Interview, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("interview")
    )
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("candidate")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=InvitationStatus, default=InvitationStatus.CREATED, db_index=True
    )
    expires_at = models.DateTimeField(_("expires"))
    extra_time = models.FloatField(
        _("extra time"), default=1.0, help_text=_("Factor on every time limit; 1.5 gives half as much again.")
    )
    extra_retries = models.PositiveSmallIntegerField(_("retries granted"), default=0)
    language = models.CharField(_("language"), max_length=12, blank=True, help_text=_("Chosen by the candidate."))
    mode = models.CharField(_("answers by"), max_length=5, choices=Mode, default=Mode.VOICE)
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    consent_version = models.CharField(_("consent version"), max_length=20, blank=True)
    consent_text = models.TextField(_("consented to"), blank=True)
    consent_locale = models.CharField(_("consent language"), max_length=12, blank=True)
    recording_consented_at = models.DateTimeField(_("agreed to the recording"), null=True, blank=True)
    recording_consent_version = models.CharField(_("recording consent version"), max_length=20, blank=True)
    recording_consent_text = models.TextField(_("agreed to be recorded under"), blank=True)
    recording_consent_locale = models.CharField(_("recording consent language"), max_length=12, blank=True)
    decline_reason = models.TextField(_("reason for declining"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="invitation_newest_first")]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.interview}"

    @property
    def is_overdue(self) -> bool:
        """Past its deadline, whether or not the sweep has already marked it expired."""
        return self.expires_at <= timezone.now()


class InvitationLink(TenantModel):
    """One e-mailed or shown link. Each mail mints its own; only the token's SHA-256 is kept."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="links", verbose_name=_("invitation")
    )
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("invitation link")
        verbose_name_plural = _("invitation links")

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"
