"""Whether what others are to be told goes out: if not, most likely no worker serves the queue `outbound`."""

from datetime import datetime, timedelta

from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone

from interviews.domain.deliveries import free_at
from interviews.enums import DeliveryStatus
from interviews.models import AtsCallback, WebhookDelivery, WebhookEndpoint
from tenants.platform import platform_scope

#: An outbox that is worked off takes seconds, and with receivers that all are slow a minute or two.
LATE = timedelta(minutes=5)


def waiting_since() -> datetime | None:
    """When the first of the webhooks and call-backs to ATSs was due that are late and that no worker is at."""
    now = timezone.now()
    late = {"status": DeliveryStatus.PENDING, "next_try_at__lt": now - LATE}
    with platform_scope():
        due = WebhookDelivery.across_tenants.filter(endpoint=OuterRef("pk"), **late).order_by("next_try_at")
        endpoints = WebhookEndpoint.across_tenants.filter(free_at(now))
        firsts = (
            endpoints.annotate(due=Subquery(due.values("next_try_at")[:1])).aggregate(first=Min("due")),
            AtsCallback.across_tenants.filter(free_at(now), **late).aggregate(first=Min("next_try_at")),
        )
    return min((found["first"] for found in firsts if found["first"]), default=None)
