"""Requests of the API that carried an Idempotency-Key, and what was answered."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import ApiKey, TenantModel

#: For how long a request that is sent again is answered as the first time.
KEPT = timedelta(hours=24)


class IdempotentRequest(TenantModel):
    """Written in the transaction of what the request did, so either both are there or neither."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+", verbose_name=_("API key"))
    key = models.CharField(_("Idempotency-Key"), max_length=255)
    digest = models.CharField(_("digest"), max_length=64, help_text=_("SHA-256 of method, path and body."))
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.JSONField(_("answer"), null=True)
    location = models.CharField(_("location"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("idempotent request")
        verbose_name_plural = _("idempotent requests")
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_once_an_api_key")]

    def __str__(self) -> str:
        return self.key
