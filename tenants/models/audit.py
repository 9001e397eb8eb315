"""What was done in a tenant, and by whom. Entries are added and never changed."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.wall import TenantModel


class AuditEntry(TenantModel):
    """One act. It names people and objects by value, so that it outlives them; a trigger refuses changes."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor_id = models.UUIDField(null=True, blank=True)
    actor = models.CharField(_("who"), max_length=254)
    verb = models.CharField(_("did"), max_length=60)
    object_type = models.CharField(_("to what"), max_length=100, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_label = models.CharField(_("name"), max_length=200, blank=True)
    ip = models.GenericIPAddressField(_("from address"), null=True, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta(TenantModel.Meta):
        ordering = ("-at",)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [models.Index(fields=["tenant", "-at"], name="audit_by_time")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.object_label}".strip()
