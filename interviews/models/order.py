"""Where an invitation came from when another system ordered it: its own ids, and what makes the order one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interviews.models.invitation import Invitation
from tenants.models import TenantModel


class Order(TenantModel):
    """`natural_key` is what the other system repeats when it sends the same order again; None where it has none, or
    where the invitation was canceled and may be ordered anew. `callback` is what an adapter needs to answer.

    What came over the adapter of an ATS and what came over the API under the same `system` are told apart: their keys
    are of different kinds."""

    invitation = models.OneToOneField(
        Invitation, on_delete=models.CASCADE, related_name="order", verbose_name=_("invitation")
    )
    system = models.CharField(_("system"), max_length=40)
    application_id = models.CharField(_("application"), max_length=200, blank=True)
    job_id = models.CharField(_("job"), max_length=200, blank=True)
    order_id = models.CharField(_("order"), max_length=200, blank=True)
    natural_key = models.CharField(_("natural key"), max_length=500, null=True, blank=True)  # noqa: DJ001 (it must not be unique)
    by_adapter = models.BooleanField(_("over an adapter"), default=False, editable=False)
    callback = models.JSONField(_("callback"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "system", "by_adapter", "natural_key"],
                condition=Q(natural_key__isnull=False),
                name="order_once_a_system",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "system", "application_id"], name="order_by_system"),
            models.Index(fields=["tenant", "application_id"], name="order_by_application"),
            models.Index(fields=["tenant", "order_id"], name="order_by_order_id"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.order_id or self.application_id}".strip()
