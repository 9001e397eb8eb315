"""A candidate's wish to be forgotten, and how far it has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.enums import ErasureStatus
from interviews.models.invitation import Candidate
from tenants.models import TenantModel


class DataErasure(TenantModel):
    candidate = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, related_name="erasures", verbose_name=_("candidate")
    )
    status = models.CharField(
        _("status"), max_length=9, choices=ErasureStatus, default=ErasureStatus.REQUESTED, db_index=True
    )
    requested_by = models.CharField(_("requested by"), max_length=160, blank=True)
    erased = models.JSONField(_("erased"), default=dict, blank=True, help_text=_("How many rows of each kind."))
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("erasure of data")
        verbose_name_plural = _("erasures of data")
        ordering = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d} {self.get_status_display()}"
