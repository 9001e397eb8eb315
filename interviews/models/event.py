"""What the relay brought: every stored message, and the transcript read out of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from botrunner.contract import Modality, Role
from interviews.models.session import Session
from tenants.models import TenantModel


class Event(TenantModel):
    """One numbered relay frame. `type` is the RTVI type, `name` the interview event's, where it is one."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events", verbose_name=_("session"))
    seq = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("time"))
    type = models.CharField(_("RTVI type"), max_length=40)
    name = models.CharField(_("interview event"), max_length=40, blank=True)
    message = models.JSONField(_("message"))
    stored_at = models.DateTimeField(_("stored"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="event_seq_once_a_session"),
        ]
        indexes = [models.Index(fields=["session"], condition=Q(name="question.started"), name="event_of_question")]

    def __str__(self) -> str:
        return f"{self.seq} {self.name or self.type}"


class TranscriptTurn(TenantModel):
    """One finished turn as it was heard. `question_id` is the plan's, which outlives the bank's row."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="turns", verbose_name=_("session"))
    seq = models.PositiveIntegerField(_("number"))
    role = models.CharField(_("who"), max_length=9, choices=[(role.value, role.value) for role in Role])
    text = models.TextField(_("text"))
    modality = models.CharField(_("by"), max_length=5, choices=[(m.value, m.value) for m in Modality])
    question_id = models.UUIDField(_("question"), null=True, blank=True)
    interrupted = models.BooleanField(_("interrupted"), default=False)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"))

    class Meta(TenantModel.Meta):
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="turn_seq_once_a_session"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:60]}"
