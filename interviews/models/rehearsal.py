"""A rehearsal that a simulated candidate holds, and what was said in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.enums import SimulationState
from interviews.models.invitation import Invitation
from tenants.models import TenantModel


class Simulation(TenantModel):
    """`plan` is the compiled InterviewPlan that the bot follows, `output` the conversation as far as it has come."""

    invitation = models.OneToOneField(
        Invitation, on_delete=models.CASCADE, related_name="simulation", verbose_name=_("invitation")
    )
    plan = models.JSONField(_("plan"))
    state = models.CharField(_("state"), max_length=8, choices=SimulationState, default=SimulationState.WAITING)
    output = models.TextField(_("conversation"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("simulated rehearsal")
        verbose_name_plural = _("simulated rehearsals")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.invitation)
