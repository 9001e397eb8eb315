"""A session: one bot's attempt at one invitation's interview. And the slots bots run in."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interviews.enums import EndReason, Mode, SessionStatus
from interviews.models.invitation import Invitation
from interviews.models.version import InterviewVersion
from tenants.models import TenantModel
from tenants.models.wall import TenantManager, TenantQuerySet


class SessionQuerySet(TenantQuerySet["Session"]):
    def real(self) -> Self:
        """Without rehearsals."""
        return self.filter(invitation__rehearsal=False)


class Session(TenantModel):
    """`plan` is the compiled InterviewPlan; later edits of the interview never change it.

    `rubric` is frozen with it and kept from the bot: what the answers are judged on, as `domain.rubrics` writes it.

    `queue_position` counts from 1 among the waiting of all tenants, as the last sweep found them.
    `relay_digest` is the SHA-256 of the bot's token. `bot_instance` is the one bot that holds the lease,
    `heartbeat_at` its last sign of life, `last_seq` the last relay frame committed.
    """

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("invitation")
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts from 1 within the invitation."))
    status = models.CharField(_("status"), max_length=8, choices=SessionStatus, default=SessionStatus.QUEUED)
    end_reason = models.CharField(_("ended because"), max_length=16, choices=EndReason, blank=True)
    mode = models.CharField(_("answers by"), max_length=5, choices=Mode, default=Mode.VOICE)
    plan = models.JSONField(_("plan"))
    rubric = models.JSONField(_("rubric"), default=dict, blank=True)
    version = models.ForeignKey(
        InterviewVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="sessions",
        verbose_name=_("version"),
    )
    record = models.BooleanField(_("recorded"), default=False, help_text=_("The candidate agreed to it when starting."))

    runner_url = models.CharField(_("runner"), max_length=300, blank=True)
    runner_session_id = models.CharField(_("runner's session id"), max_length=100, blank=True)
    transport = models.CharField(_("transport"), max_length=12, blank=True)
    connect = models.JSONField(_("connection"), default=dict, blank=True)
    queue_position = models.PositiveIntegerField(_("place in the queue"), null=True, blank=True, editable=False)
    launch_attempts = models.PositiveSmallIntegerField(_("launch attempts"), default=0)
    launch_error = models.CharField(_("launch error"), max_length=300, blank=True)

    relay_digest = models.CharField(_("relay token digest"), max_length=64, blank=True)
    bot_instance = models.UUIDField(_("bot instance"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, blank=True)
    last_seq = models.PositiveIntegerField(_("last event"), default=0)

    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    launched_at = models.DateTimeField(_("launched"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects: ClassVar = TenantManager.from_queryset(SessionQuerySet)()

    class Meta(TenantModel.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "number"], name="session_number_once_an_invitation"),
            models.UniqueConstraint(
                fields=["invitation"], condition=~Q(status="ended"), name="one_active_session_an_invitation"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "status"], condition=~Q(status="ended"), name="session_running"),
            models.Index(fields=["tenant", "-requested_at", "-id"], name="session_newest_first"),
            models.Index(fields=["ended_at"], condition=Q(end_reason="connection_lost"), name="session_cut_off"),
            models.Index(fields=["relay_digest"], condition=~Q(relay_digest=""), name="session_by_relay_token"),
        ]

    def __str__(self) -> str:
        return f"{self.invitation} #{self.number}"


class RunnerSlot(models.Model):
    """Room for one bot on one runner. Shared by all tenants: it names a session's id and nothing else.

    `session_id` is unique, so a session can't take two slots.
    """

    runner_url = models.CharField(max_length=300)
    number = models.PositiveSmallIntegerField()
    session_id = models.UUIDField(null=True, blank=True, unique=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["runner_url", "number"], name="slot_once_a_runner")]

    def __str__(self) -> str:
        return f"{self.runner_url} #{self.number}"
