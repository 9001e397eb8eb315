"""What a candidate said of their own sex and race or ethnicity, of their own free will."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.categories import Race, Sex
from interviews.models.invitation import Invitation
from tenants.models import TenantModel


class SelfIdentification(TenantModel):
    """Kept apart from the result, and read by two functions alone: `adverse_impact`, which counts groups, and the
    export of the candidate's own data. No page, file, webhook or log names a candidate's category.

    A question left out is empty.
    """

    invitation = models.OneToOneField(
        Invitation, on_delete=models.CASCADE, related_name="self_identification", verbose_name=_("invitation")
    )
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, blank=True)
    race = models.CharField(_("race or ethnicity"), max_length=8, choices=Race, blank=True)
    answered_at = models.DateTimeField(_("answered"), auto_now=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("self-identification")
        verbose_name_plural = _("self-identifications")

    def __str__(self) -> str:
        return "self-identification"
