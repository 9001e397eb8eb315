"""Webhooks: where to, what happened, and each try to say so."""

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from interviews.enums import DeliveryStatus, WebhookEventType
from interviews.models.invitation import Invitation
from tenants.models import TenantModel


class WebhookEndpoint(TenantModel):
    """`secret` is sealed. `previous_secrets` are those before it that still sign, as `[sealed, until]`, the latest
    first; `until` is an ISO 8601 time. `events` empty means all.

    `is_hook` is for those that a program has subscribed (interviews/api/hooks.py). `claimed_until` keeps two workers
    from sending to it at once. It has taken nothing from `failing_since` to `failed_at`, its last try.
    """

    url = models.URLField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    events = ArrayField(
        models.CharField(max_length=40, choices=WebhookEventType), default=list, blank=True, verbose_name=_("events")
    )
    is_hook = models.BooleanField(_("subscribed by a program"), default=False, editable=False)
    secret = models.TextField(editable=False)
    previous_secrets = models.JSONField(default=list, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("switched off"), null=True, blank=True, editable=False)
    disabled_reason = models.CharField(_("because"), max_length=200, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    failed_at = models.DateTimeField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.url


class WebhookEvent(TenantModel):
    """Written in the transaction of what happened. `body` are the exact bytes that are signed and sent, as text."""

    type = models.CharField(_("event"), max_length=40, choices=WebhookEventType)
    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("invitation")
    )
    body = models.TextField(_("body"))
    created_at = models.DateTimeField(_("happened"))

    class Meta(TenantModel.Meta):
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.type

    @cached_property
    def content(self) -> dict[str, Any]:
        """`type`, `timestamp` and `data`, read from the body."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class WebhookDelivery(TenantModel):
    """One event's way to one endpoint."""

    event = models.ForeignKey(
        WebhookEvent, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("event")
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    status = models.CharField(_("status"), max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once_an_endpoint")]
        indexes = [
            models.Index(fields=["endpoint", "next_try_at"], condition=Q(status="pending"), name="delivery_due"),
            models.Index(fields=["tenant", "-created_at"], name="delivery_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.get_status_display()}"


class WebhookAttempt(TenantModel):
    """One try: `status` is the HTTP status, None when there was no answer; then `error` says why."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("delivery")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    response = models.CharField(_("answer"), max_length=200, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["delivery", "number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.error}"
