"""What people make of a result: reviews, comments, and the decision, which is theirs alone."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.enums import Decision
from interviews.models.result import Result
from tenants.models import TenantModel, User


class Review(TenantModel):
    """One person's judgement of one result. It names them by value too, so that it outlives their account.

    `was_blind` says that it was first submitted before its writer could see any score or review but their own, and
    `changed_seeing` that its levels or its recommendation were changed after that.
    `reason` says why its levels differ from the model's.
    """

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("result"))
    reviewer = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("reviewer")
    )
    reviewer_name = models.CharField(_("by"), max_length=254)
    decision = models.CharField(_("recommends"), max_length=8, choices=Decision)
    reason = models.TextField(_("reason"), blank=True)
    comment = models.TextField(_("comment"), blank=True)
    was_blind = models.BooleanField(_("written blind"), default=False)
    changed_seeing = models.BooleanField(_("changed after seeing the others"), default=False)
    submitted_at = models.DateTimeField(_("submitted"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["result", "submitted_at"]
        constraints = [models.UniqueConstraint(fields=["result", "reviewer"], name="one_review_a_reviewer")]

    def __str__(self) -> str:
        return f"{self.reviewer_name}: {self.get_decision_display()}"


class ReviewScore(TenantModel):
    """A level that a person gave; a competency they left out has no row."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores", verbose_name=_("review"))
    competency = models.CharField(_("competency"), max_length=120)
    level = models.PositiveSmallIntegerField(_("level"), validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta(TenantModel.Meta):
        verbose_name = _("score of a review")
        verbose_name_plural = _("scores of a review")
        ordering = ["review", "competency"]
        constraints = [models.UniqueConstraint(fields=["review", "competency"], name="review_score_once_a_competency")]

    def __str__(self) -> str:
        return f"{self.competency}: {self.level}"


class ResultComment(TenantModel):
    """One remark in the conversation about a result."""

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="comments", verbose_name=_("result"))
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    author_name = models.CharField(_("by"), max_length=254)
    text = models.TextField(_("comment"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["result", "created_at"]

    def __str__(self) -> str:
        return self.text[:80]
