"""Candidates, their invitations, and the links that open them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from interviews.enums import CandidateWish, EmailKind, InvitationStatus, Mode
from interviews.models.interview import Interview
from tenants.models import TenantModel
from tenants.models.tenant import validate_time_zone
from tenants.models.wall import TenantManager, TenantQuerySet


class CandidateQuerySet(TenantQuerySet["Candidate"]):
    def real(self) -> Self:
        """Without those made for rehearsals, who have no other invitations."""
        return self.exclude(pk__in=Invitation.objects.filter(rehearsal=True).values("candidate"))


class Candidate(TenantModel):
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"))
    locale = models.CharField(_("language"), max_length=12, blank=True, help_text=_("Empty: not known."))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar = TenantManager.from_queryset(CandidateQuerySet)()

    class Meta(TenantModel.Meta):
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "email"], name="candidate_email_once_a_tenant"),
        ]
        indexes = [
            models.Index(fields=["tenant", "name"], name="candidate_by_name"),
            models.Index(fields=["tenant", "-created_at", "-id"], name="candidate_newest_first"),
        ]

    def __str__(self) -> str:
        return self.name


class InvitationQuerySet(TenantQuerySet["Invitation"]):
    def real(self) -> Self:
        """Without rehearsals: what lists, counts and figures are made of."""
        return self.filter(rehearsal=False)


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
    extra_retries = models.PositiveSmallIntegerField(_("further starts granted"), default=0)
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
    version = models.ForeignKey(
        "InterviewVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="invitations",
        verbose_name=_("version"),
        help_text=_("Of the interview, from the first start on."),
    )
    rehearsal = models.BooleanField(
        _("rehearsal"), default=False, editable=False, help_text=_("Staff tries the interview out; it counts nowhere.")
    )
    personal_note = models.TextField(_("personal note"), blank=True)
    planned_at = models.DateTimeField(_("time chosen by the candidate"), null=True, blank=True)
    wish = models.CharField(_("asks for"), max_length=6, choices=CandidateWish, blank=True)
    wish_text = models.TextField(_("in their words"), blank=True)
    wished_at = models.DateTimeField(_("asked"), null=True, blank=True)
    wish_settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("mail bounced"), null=True, blank=True)
    reminder_count = models.PositiveSmallIntegerField(_("reminders"), default=0)
    next_reminder_at = models.DateTimeField(_("next reminder"), null=True, blank=True, db_index=True)
    next_reminder_kind = models.CharField(_("kind of it"), max_length=20, choices=EmailKind, blank=True)
    calendar_sequence = models.PositiveSmallIntegerField(_("calendar entry's version"), default=0)
    forgotten_at = models.DateTimeField(_("data deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    objects: ClassVar = TenantManager.from_queryset(InvitationQuerySet)()

    class Meta(TenantModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        indexes = [
            # What lists and figures are made of; rehearsals are in none.
            *(
                models.Index(fields=["tenant", *by, "-created_at", "-id"], condition=Q(rehearsal=False), name=name)
                for by, name in (
                    ((), "invitation_newest_first"),
                    (("status",), "invitation_by_status"),
                    (("interview",), "invitation_by_interview"),
                )
            ),
            models.Index(fields=["tenant", "candidate"], condition=Q(rehearsal=True), name="invitation_rehearsals"),
            models.Index(
                fields=["tenant", "-created_at"], condition=Q(bounced_at__isnull=False), name="invitation_bounced"
            ),
            models.Index(
                fields=["expires_at", "tenant"],
                condition=Q(status__in=["created", "invited", "in_progress"]),
                name="invitation_runs_out",
            ),
            models.Index(
                F("interview"),
                Coalesce("completed_at", "expires_at"),
                condition=Q(forgotten_at=None),
                name="invitation_kept_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.interview}"

    @cached_property
    def offered(self) -> Interview:
        """The interview as this candidate meets it, to be read and never saved.

        As published: once begun, in the version it was begun in. A rehearsal tries it as it stands.
        """
        if self.rehearsal:
            return self.interview
        return self.version.restore(self.interview) if self.version else self.interview.published

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
