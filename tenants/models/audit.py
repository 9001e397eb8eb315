"""What was done in a tenant, and by whom. Entries are added and never changed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

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
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["tenant", "-at"], name="audit_by_time"),
            models.Index(fields=["tenant", "object_id", "-at"], name="audit_by_object"),
            *(
                models.Index(fields=["tenant", by, "-at"], name=f"audit_by_{by}")
                for by in ("actor", "verb", "object_type")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.object_label}".strip()

    @property
    def changes(self) -> dict[str, list[Any]]:
        """[old, new] of each changed field, as far as the log keeps it."""
        changes = self.details.get("changes", {})
        return changes if isinstance(changes, dict) else {}


class PlatformEntry(models.Model):
    """One act of the platform's staff, in a company or in none. No company's log, and so it holds nothing of what a
    company's rows say: they are named by type and id. A trigger refuses changes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor_id = models.UUIDField(null=True, blank=True)
    actor = models.CharField(_("who"), max_length=254)
    verb = models.CharField(_("did"), max_length=60)
    company = models.CharField(_("in"), max_length=63, blank=True)
    object_type = models.CharField(_("to what"), max_length=100, blank=True)
    object_id = models.CharField(_("its id"), max_length=64, blank=True)
    changed = models.JSONField(_("changed"), default=list, blank=True)
    ip = models.GenericIPAddressField(_("from address"), null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        verbose_name = _("act of the platform's staff")
        verbose_name_plural = _("platform's audit log")
        indexes = [models.Index(fields=["-at"], name="platform_by_time")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.company}".strip()
