"""Scores: what a model made of the answers, competency by competency, with the candidate's words for it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.enums import OPEN_SCORINGS, ScoringStatus, Withheld
from interviews.models.result import Result
from tenants.models import TenantModel


class ScoreSet(TenantModel):
    """One scoring of one result. A new one is kept beside the old; `is_current` is true of the newest that is done.

    `rubric` is what was judged on: a list of {"question_id", "competency", "levels"}, and `rubric_version` its hash.
    `model` names the service and its model. `set_aside` are the words kept from the model because they spoke to it
    instead of to the interviewer, as {"turn", "start", "end", "text"}.
    """

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="score_sets", verbose_name=_("result"))
    number = models.PositiveSmallIntegerField(_("version"), help_text=_("Counts from 1 within the result."))
    status = models.CharField(_("status"), max_length=8, choices=ScoringStatus, default=ScoringStatus.QUEUED)
    is_current = models.BooleanField(_("current"), default=False)
    rubric_version = models.CharField(_("rubric version"), max_length=16)
    rubric = models.JSONField(_("rubric"), default=list, blank=True)
    model = models.CharField(_("model"), max_length=120, blank=True)
    set_aside = models.JSONField(_("set aside"), default=list, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    due_at = models.DateTimeField(_("due"), help_text=_("Of the next attempt."))
    claimed_at = models.DateTimeField(_("begun"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("scoring")
        verbose_name_plural = _("scorings")
        ordering = ["result", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["result", "number"], name="scoring_number_once_a_result"),
            models.UniqueConstraint(fields=["result"], condition=Q(is_current=True), name="one_current_scoring"),
            models.UniqueConstraint(
                fields=["result"], condition=Q(status__in=["queued", "running"]), name="one_open_scoring_a_result"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "result"], condition=Q(status="failed"), name="scoring_failed")]

    def __str__(self) -> str:
        return f"{self.result}, {self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_SCORINGS


class CompetencyScore(TenantModel):
    """A level from 1 to 5, or the reason why there is none: exactly one of the two.

    `quotes` are verbatim, found in the candidate's own turns: {"turn", "start", "end", "text"}, with the turn's id and
    offsets into its text.
    """

    score_set = models.ForeignKey(ScoreSet, on_delete=models.CASCADE, related_name="scores", verbose_name=_("scoring"))
    position = models.PositiveSmallIntegerField(_("position"))
    competency = models.CharField(_("competency"), max_length=120)
    level = models.PositiveSmallIntegerField(
        _("level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    withheld = models.CharField(_("withheld"), max_length=12, choices=Withheld, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    quotes = models.JSONField(_("quotes"), default=list, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["score_set", "position"]
        constraints = [
            models.UniqueConstraint(fields=["score_set", "competency"], name="score_once_a_competency"),
            models.CheckConstraint(
                condition=Q(level__isnull=True, withheld__gt="") | Q(level__range=(1, 5), withheld=""),
                name="level_or_withheld",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "competency"], name="score_by_competency")]

    def __str__(self) -> str:
        return f"{self.competency}: {self.level or self.get_withheld_display()}"


class ScoringTokens(TenantModel):
    """What one question to the model that scores took. Numbers alone, so that they stay when candidates' data goes."""

    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    prompt_tokens = models.PositiveIntegerField(_("tokens read by the model"))
    completion_tokens = models.PositiveIntegerField(_("tokens written by the model"))

    class Meta(TenantModel.Meta):
        verbose_name = _("tokens of a scoring")
        verbose_name_plural = _("tokens of scorings")
        indexes = [models.Index(fields=["tenant", "asked_at"], name="scoring_tokens_by_time")]

    def __str__(self) -> str:
        return f"{self.prompt_tokens} + {self.completion_tokens}"
