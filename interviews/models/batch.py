"""Many invitations at once: a pasted list or a file, checked row by row, then worked off in the background."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.enums import BatchRowState, BatchStatus
from interviews.models.interview import Interview
from interviews.models.invitation import Invitation
from tenants.models import TenantModel


class InvitationBatch(TenantModel):
    """What was handed in, and what holds for every row that does not say otherwise.

    `table` is the list as it was read, rows of cells, the first one `has_header`; it is emptied once the batch has
    started. `mapping` is field -> number of its column.
    """

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="batches", verbose_name=_("interview")
    )
    source = models.CharField(_("list"), max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    status = models.CharField(_("status"), max_length=8, choices=BatchStatus, default=BatchStatus.DRAFT)
    table = models.JSONField(_("table"), default=list)
    has_header = models.BooleanField(_("first row names the columns"), default=False)
    mapping = models.JSONField(_("columns"), default=dict)
    expires_at = models.DateTimeField(_("links work until"))
    extra_time = models.FloatField(_("extra time"), default=1.0)
    locale = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    personal_note = models.TextField(_("personal note"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    worked_at = models.DateTimeField(_("last worked on"), null=True, blank=True)
    waits_until = models.DateTimeField(
        _("waits until"), null=True, blank=True, help_text=_("As many were invited in this hour as the company may.")
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("list of invitations")
        verbose_name_plural = _("lists of invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.source} · {self.interview}"


class BatchRow(TenantModel):
    """One person of a list. It becomes one invitation at most: (batch, number) is unique, and so is the invitation."""

    batch = models.ForeignKey(InvitationBatch, on_delete=models.CASCADE, related_name="rows", verbose_name=_("list"))
    number = models.PositiveIntegerField(_("row"))
    state = models.CharField(_("state"), max_length=7, choices=BatchRowState, default=BatchRowState.READY)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=320, blank=True)
    locale = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    extra_time = models.FloatField(_("extra time"), default=1.0)
    expires_at = models.DateTimeField(_("link works until"), null=True, blank=True)
    personal_note = models.TextField(_("personal note"), blank=True)
    invitation = models.OneToOneField(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("invitation")
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("row of a list")
        verbose_name_plural = _("rows of a list")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="row_once_a_batch")]
        indexes = [models.Index(fields=["batch", "state", "number"], name="rows_by_state")]

    def __str__(self) -> str:
        return f"{self.number}: {self.email}"
