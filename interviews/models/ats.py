"""Applicant tracking systems: who may call us, whom we tell what came of it, and each call both ways."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interviews.enums import AtsDirection, AtsSystem, DeliveryStatus, WebhookEventType
from interviews.models.order import Order
from tenants.models import TenantModel


class AtsConnection(TenantModel):
    """One ATS of the company. `digest` is of the key that we issued; `key` is that key, sealed, where the ATS wants it
    back with what we send, else empty. `credential` is what the ATS has issued to us, sealed."""

    system = models.CharField(_("system"), max_length=12, choices=AtsSystem)
    name = models.CharField(_("name"), max_length=120, help_text=_("How your company calls this connection."))
    account = models.CharField(_("partner's code name"), max_length=80, blank=True, help_text=_("For Recruitee only."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    key = models.TextField(blank=True, editable=False)
    credential = models.TextField(blank=True, editable=False)
    enabled = models.BooleanField(_("on"), default=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    tested_at = models.DateTimeField(_("tested"), null=True, blank=True, editable=False)
    test_passed = models.BooleanField(_("test passed"), null=True, blank=True, editable=False)
    test_result = models.CharField(_("test's result"), max_length=500, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("ATS connection")
        verbose_name_plural = _("ATS connections")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_system_display()})"


class AtsCallback(TenantModel):
    """The ATS has to be told that `event` happened to what it ordered. What it is told is read when it is sent, so a
    late try tells the present state and never an older one. `connection` is None once it was removed."""

    connection = models.ForeignKey(
        AtsConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="callbacks",
        verbose_name=_("connection"),
    )
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="callbacks", verbose_name=_("order"))
    event = models.CharField(_("event"), max_length=40, choices=WebhookEventType)
    status = models.CharField(_("status"), max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("ATS call-back")
        verbose_name_plural = _("ATS call-backs")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(status="pending"), name="ats_callback_due"),
            models.Index(fields=["tenant", "-created_at"], name="ats_callback_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.get_status_display()}"


class AtsCall(TenantModel):
    """One call, answered or sent. `status` is the HTTP status, None when there was no answer. `note` says what it was
    about or what was wrong, without anything about the candidate and without secrets."""

    connection = models.ForeignKey(
        AtsConnection, on_delete=models.CASCADE, related_name="calls", verbose_name=_("connection")
    )
    callback = models.ForeignKey(
        AtsCallback, on_delete=models.CASCADE, null=True, blank=True, related_name="calls", verbose_name=_("call-back")
    )
    direction = models.CharField(_("direction"), max_length=3, choices=AtsDirection)
    name = models.CharField(_("call"), max_length=60)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("ATS call")
        verbose_name_plural = _("ATS calls")
        ordering = ["-at"]
        indexes = [models.Index(fields=["tenant", "-at"], name="ats_call_newest_first")]

    def __str__(self) -> str:
        return f"{self.name}: {self.status or '-'}"
