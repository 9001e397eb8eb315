"""What an interview leaves behind: answers by question, and the summary."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from botrunner.contract import Modality
from interviews.enums import Decision
from interviews.models.invitation import Invitation
from interviews.models.session import Session
from tenants.models import TenantModel
from tenants.models.wall import TenantManager, TenantQuerySet


class Answer(TenantModel):
    """The whole answer to one question of the plan, follow-ups included; one per question of an invitation."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="answers", verbose_name=_("invitation")
    )
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="answers", verbose_name=_("session"))
    question_id = models.UUIDField(_("question"))
    position = models.PositiveSmallIntegerField(_("position"))
    question_text = models.TextField(_("question"))
    competency = models.CharField(_("competency"), max_length=120, blank=True)
    text = models.TextField(_("answer"), blank=True)
    modality = models.CharField(_("by"), max_length=5, choices=[(m.value, m.value) for m in Modality])
    reason = models.CharField(_("ended because"), max_length=12)
    follow_ups = models.PositiveSmallIntegerField(_("follow-ups"), default=0)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"))

    class Meta(TenantModel.Meta):
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["invitation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "question_id"], name="answer_once_a_question"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class ResultQuerySet(TenantQuerySet["Result"]):
    def real(self) -> Self:
        """Without rehearsals."""
        return self.filter(invitation__rehearsal=False)


class Result(TenantModel):
    """`decision` is what a person decided, whom it names by value; nothing else writes it."""

    invitation = models.OneToOneField(
        Invitation, on_delete=models.CASCADE, related_name="result", verbose_name=_("invitation")
    )
    summary = models.TextField(_("summary"), blank=True)
    points = models.JSONField(_("points"), default=list, blank=True)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)
    decided_by = models.CharField(_("decided by"), max_length=254, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar = TenantManager.from_queryset(ResultQuerySet)()

    class Meta(TenantModel.Meta):
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="result_newest_first")]

    def __str__(self) -> str:
        return str(self.invitation)
