"""An interview: which questions, in which voice, under which limits."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
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
from tenants.models import Membership, TenantModel


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
    tone = models.CharField(
        _("tone"),
        max_length=120,
        default="warm and professional",
        help_text=_("In a few words: how follow-up questions are put. The questions themselves are said as written."),
    )
    intro = models.TextField(
        _("introduction"), default=DEFAULT_INTRO, help_text=_("The interviewer's first words, said aloud.")
    )
    disclosure = models.TextField(
        _("AI disclosure"),
        default=DEFAULT_DISCLOSURE,
        help_text=_("That candidates talk to an AI. They read it first, and hear it after the introduction."),
    )
    consent_text = models.TextField(
        _("consent"),
        default=DEFAULT_CONSENT,
        help_text=_("What candidates agree to by a tick before they can begin."),
    )
    consent_version = models.CharField(
        _("version of the consent"),
        max_length=20,
        default="1",
        help_text=_("Counts up when other words of the disclosure or a consent are published."),
    )
    record = models.BooleanField(
        _("record the audio"),
        default=False,
        help_text=_("Of candidates who agree to it; the others are interviewed just the same."),
    )
    recording_consent_text = models.TextField(
        _("consent to the recording"),
        default=DEFAULT_RECORDING_CONSENT,
        help_text=_("A second tick, left to the candidate; shown only where the audio is recorded."),
    )
    outro = models.TextField(
        _("closing words"), default=DEFAULT_OUTRO, help_text=_("Said aloud at the end, after the summary.")
    )
    next_steps = models.TextField(
        _("what happens next"),
        default=DEFAULT_NEXT_STEPS,
        help_text=_("Candidates read it on the last page and in the mail that thanks them."),
    )
    total_limit = models.PositiveSmallIntegerField(
        _("time limit"),
        default=1800,
        validators=[MinValueValidator(30), MaxValueValidator(14400)],
        help_text=_(
            "Of the whole interview, in minutes and seconds: 30:00 is half an hour. The interviewer says so when a "
            "fifth of it is left, and closes when it is over."
        ),
    )
    retries = models.PositiveSmallIntegerField(
        _("further starts"),
        default=3,
        help_text=_(
            "How often a candidate who has left may start again where they broke off. What goes wrong on our side, a "
            "page loaded anew or a connection that is back within a minute costs none."
        ),
    )
    typing_allowed = models.BooleanField(
        _("typing allowed"),
        default=True,
        help_text=_("Candidates may type instead of speaking, and change between both at any time."),
    )
    window_days = models.PositiveSmallIntegerField(
        _("invitation window (days)"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("How long an invitation's link works, unless the invitation says otherwise."),
    )
    retention_days = models.PositiveSmallIntegerField(
        _("retention (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("How long what candidates said is kept after the interview. Empty: until somebody deletes it."),
    )
    blind_review = models.BooleanField(
        _("review blind first"),
        default=False,
        help_text=_("Reviewers see scores, other reviews and comments only after submitting a review of their own."),
    )
    ask_categories = models.BooleanField(
        _("ask for sex and race or ethnicity afterwards"),
        default=False,
        help_text=_(
            "Once the interview is over, on a page of its own. Answering is voluntary; nobody sees the answers, which "
            "are only counted in groups (Company, Adverse impact). The categories are those of the US EEO-1 report: "
            "outside the USA ask a lawyer first."
        ),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    questions: "models.ManyToManyField[Question, InterviewQuestion]" = models.ManyToManyField(
        Question, through="InterviewQuestion", related_name="interviews", verbose_name=_("questions")
    )

    #: Set on what `InterviewVersion.restore` gives back.
    questions_as_published: list[Question] | None = None

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

    @cached_property
    def published(self) -> "Interview":
        """As it was last published, to be read and never saved; as it stands while it never was."""
        version = self.versions.first()
        return version.restore(self) if version else self

    def asked_questions(self) -> list[Question]:
        """In order, with their banks; of a published interview those of that version."""
        if self.questions_as_published is not None:
            return self.questions_as_published
        return [link.question for link in self.interview_questions.select_related("question__bank")]


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


class ResultRecipient(TenantModel):
    """Who gets an e-mail when a result of the interview is ready: a member, or an address outside the company."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="result_recipients", verbose_name=_("interview")
    )
    member = models.ForeignKey(
        Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("member")
    )
    email = models.EmailField(_("or an e-mail address"), blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("person told of results")
        verbose_name_plural = _("who is told when a result is ready")
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "member"], condition=Q(member__isnull=False), name="member_told_once"
            ),
            models.UniqueConstraint(fields=["interview", "email"], condition=~Q(email=""), name="address_told_once"),
        ]

    def __str__(self) -> str:
        return str(self.member) if self.member else self.email

    def clean(self) -> None:
        super().clean()
        if bool(self.member_id) == bool(self.email):
            raise ValidationError(_("Choose a member, or give an e-mail address."))
