"""Question banks: what a company may ask."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.models.languages import validate_language, validate_question_translations
from interviews.models.rubric import validate_rubric
from tenants.models import TenantModel

#: Characters of whatever is written in sentences.
TEXT_LENGTH = 2000
TAG_LENGTH = 40
TAGS_AT_MOST = 20


def validate_tags(value: Any) -> None:
    """A list of short texts without commas, none twice."""
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag.strip() and "," not in tag for tag in value):
        raise ValidationError(_("Give the tags as a list of words."))
    if len(value) > TAGS_AT_MOST or any(len(tag) > TAG_LENGTH for tag in value):
        raise ValidationError(_("Give at most 20 tags of at most 40 characters each."))
    if len({tag.casefold() for tag in value}) != len(value):
        raise ValidationError(_("Name each tag once."))


class QuestionBank(TenantModel):
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(
        _("description"),
        blank=True,
        validators=[MaxLengthValidator(TEXT_LENGTH)],
        help_text=_("For your colleagues, not for candidates."),
    )
    language = models.CharField(
        _("language"),
        max_length=12,
        default="en",
        validators=[validate_language],
        help_text=_("The one its questions are written in."),
    )
    is_default = models.BooleanField(_("default"), default=False, help_text=_("Offered first for a new interview."))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="bank_name_once_a_tenant"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(TenantModel):
    """`text` is in the bank's language, `translations` has it in others, as {"de": {"text": "..."}}.

    `rubric` says what each level sounds like, as {"1": "...", ..., "5": "..."}; empty means the general one. It is
    for those who judge, and never part of the bot's plan.
    """

    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="questions", verbose_name=_("bank"))
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Lowest first; dragging the question sets it.")
    )
    text = models.TextField(
        _("question"),
        validators=[MaxLengthValidator(TEXT_LENGTH)],
        help_text=_("Spoken word for word, the same for every candidate."),
    )
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, validators=[validate_question_translations]
    )
    competency = models.CharField(
        _("competency"),
        max_length=120,
        blank=True,
        help_text=_("What the answer shows, such as teamwork. Scores are given by competency; without one, none is."),
    )
    rubric = models.JSONField(
        _("rubric"),
        default=dict,
        blank=True,
        validators=[validate_rubric],
        help_text=_("What each level from 1 to 5 sounds like. The interviewer never sees it."),
    )
    tags = models.JSONField(_("tags"), default=list, blank=True, validators=[validate_tags])
    max_follow_ups = models.PositiveSmallIntegerField(
        _("follow-ups at most"),
        default=1,
        validators=[MaxValueValidator(5)],
        help_text=_("How often the interviewer may ask for more, from 0 to 5."),
    )
    follow_up_guidance = models.TextField(
        _("follow-up guidance"),
        blank=True,
        validators=[MaxLengthValidator(TEXT_LENGTH)],
        help_text=_("What a good answer contains that is worth asking for."),
    )
    min_words = models.PositiveSmallIntegerField(
        _("words at least"),
        default=2,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "A shorter answer to a required question is not accepted at once: the candidate is asked, once, to say "
            "more, and before that left a longer silence to think. 1 for questions that a word answers."
        ),
    )
    time_limit = models.PositiveSmallIntegerField(
        _("time limit"),
        default=180,
        validators=[MinValueValidator(5), MaxValueValidator(600)],
        help_text=_("Of the question with its follow-ups, in minutes and seconds: 3:00 is three minutes."),
    )
    required = models.BooleanField(
        _("required"), default=True, help_text=_("A candidate can skip a question that is not.")
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:77]}…"
