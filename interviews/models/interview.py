"""An interview: which questions, in which voice, under which limits."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.enums import InterviewStatus
from interviews.models.bank import Question
from interviews.models.languages import default_languages, validate_interview_translations, validate_languages
from interviews.models.services import ServiceChoices
from interviews.models.texts import (
    DEFAULT_CONSENT,
    DEFAULT_DISCLOSURE,
    DEFAULT_INTRO,
    DEFAULT_NEXT_STEPS,
    DEFAULT_OUTRO,
    DEFAULT_RECORDING_CONSENT,
)
from tenants.models import TenantModel


class Interview(ServiceChoices, TenantModel):
    """Its texts are in the first of `languages`; `translations` has those the company wrote in the others, as
    {"de": {"intro": "..."}}. A text left as shipped is translated by the catalogues."""

    title = models.CharField(_("title"), max_length=160, help_text=_("The role, as the candidate knows it."))
    status = models.CharField(_("status"), max_length=12, choices=InterviewStatus, default=InterviewStatus.DRAFT)
    languages = models.JSONField(_("languages"), default=default_languages, validators=[validate_languages])
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, validators=[validate_interview_translations]
    )
    interviewer_name = models.CharField(
        _("interviewer's name"), max_length=60, blank=True, help_text=_("Empty: the name in the brand.")
    )
    tone = models.CharField(_("tone"), max_length=120, default="warm and professional")
    intro = models.TextField(_("introduction"), default=DEFAULT_INTRO)
    disclosure = models.TextField(_("AI disclosure"), default=DEFAULT_DISCLOSURE)
    consent_text = models.TextField(_("consent"), default=DEFAULT_CONSENT)
    consent_version = models.CharField(_("version of the consent"), max_length=20, default="1")
    record = models.BooleanField(
        _("record the audio"),
        default=False,
        help_text=_("Of candidates who agree to it; the others are interviewed just the same."),
    )
    recording_consent_text = models.TextField(_("consent to the recording"), default=DEFAULT_RECORDING_CONSENT)
    outro = models.TextField(_("closing words"), default=DEFAULT_OUTRO)
    next_steps = models.TextField(_("what happens next"), default=DEFAULT_NEXT_STEPS)
    total_limit = models.PositiveSmallIntegerField(
        _("time limit (seconds)"), default=1800, validators=[MinValueValidator(30), MaxValueValidator(14400)]
    )
    retries = models.PositiveSmallIntegerField(
        _("retries"), default=3, help_text=_("How often a candidate may come back after leaving.")
    )
    typing_allowed = models.BooleanField(_("typing allowed"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    questions: "models.ManyToManyField[Question, InterviewQuestion]" = models.ManyToManyField(
        Question, through="InterviewQuestion", related_name="interviews", verbose_name=_("questions")
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def language(self) -> str:
        """The one the texts are written in."""
        first: str = self.languages[0]
        return first


class InterviewQuestion(TenantModel):
    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="interview_questions", verbose_name=_("interview")
    )
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="interview_questions", verbose_name=_("question")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta(TenantModel.Meta):
        verbose_name = _("question of the interview")
        verbose_name_plural = _("questions of the interview")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "question"], name="question_once_an_interview"),
        ]

    def __str__(self) -> str:
        return str(self.question)
