"""Question banks: what a company may ask."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.models.languages import validate_language, validate_question_translations
from tenants.models import TenantModel


class QuestionBank(TenantModel):
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(
        _("language"),
        max_length=12,
        default="en",
        validators=[validate_language],
        help_text=_("The one its questions are written in."),
    )
    is_default = models.BooleanField(_("default"), default=False, help_text=_("Offered first for a new interview."))
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
    """`text` is in the bank's language, `translations` has it in others, as {"de": {"text": "..."}}."""

    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="questions", verbose_name=_("bank"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.TextField(_("question"), help_text=_("Spoken word for word, the same for every candidate."))
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, validators=[validate_question_translations]
    )
    competency = models.CharField(_("competency"), max_length=120, blank=True)
    max_follow_ups = models.PositiveSmallIntegerField(
        _("follow-ups at most"), default=1, validators=[MaxValueValidator(5)]
    )
    follow_up_guidance = models.TextField(
        _("follow-up guidance"), blank=True, help_text=_("What a good answer contains that is worth asking for.")
    )
    time_limit = models.PositiveSmallIntegerField(
        _("time limit (seconds)"), default=180, validators=[MinValueValidator(5), MaxValueValidator(600)]
    )
    required = models.BooleanField(_("required"), default=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:77]}…"
