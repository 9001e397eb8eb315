"""The webhooks of a company in a test of the outbox, and what became of its events."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from interviews.domain import outbox, queue, webhooks
from interviews.enums import DeliveryStatus, WebhookEventType
from interviews.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.workers.inbox import Inbox

MESSAGE = {"message": "It works."}


class Outbox:
    """A company's webhooks, one for each receiver of the inbox."""

    def __init__(self, tenant: Tenant, inbox: Inbox) -> None:
        self.tenant = tenant
        self.inbox = inbox
        self.endpoints: dict[str, WebhookEndpoint] = {}

    def add(self, *receivers: str) -> None:
        with tenant_scope(self.tenant):
            for name in receivers:
                endpoint, secret = webhooks.add_endpoint(url=self.inbox.url(name))
                self.endpoints[name], self.inbox.secrets[name] = endpoint, secret

    def tell(self, receiver: str, count: int = 1) -> None:
        """So many events, each in a transaction of its own, as they happen."""
        for _ in range(count):
            with tenant_scope(self.tenant):
                outbox.tell(WebhookEventType.TEST, data=MESSAGE, endpoints=[self.endpoints[receiver]])

    def fill(self, receiver: str, count: int) -> None:
        """So many events of which no task is in the queue."""
        now = timezone.now()
        with tenant_scope(self.tenant):
            events = WebhookEvent.objects.bulk_create(
                WebhookEvent(type=WebhookEventType.TEST, body='{"type":"webhook.test"}', created_at=now)
                for _ in range(count)
            )
            WebhookDelivery.objects.bulk_create(
                WebhookDelivery(event=event, endpoint=self.endpoints[receiver], next_try_at=now) for event in events
            )

    def states(self, receiver: str) -> set[tuple[str, int]]:
        """Status and tries of its deliveries."""
        with tenant_scope(self.tenant):
            found = WebhookDelivery.objects.filter(endpoint=self.endpoints[receiver])
            return set(found.order_by().values_list("status", "tries").distinct())

    def settles(self, receiver: str, *, status: str) -> bool:
        """Whether all its deliveries are in the end what `status` says; what waits for its next try comes on now.

        A try that is under way may fail yet, so it takes more than one look.
        """
        self.move_clock(receiver)
        return {found for found, _tries in self.states(receiver)} == {status}

    def ids(self, receiver: str) -> set[str]:
        """Of its events, as they should arrive."""
        with tenant_scope(self.tenant):
            events = WebhookEvent.objects.filter(deliveries__endpoint=self.endpoints[receiver])
            return {f"evt_{pk.hex}" for pk in events.values_list("pk", flat=True)}

    def attempts(self, receiver: str) -> set[tuple[int, int | None, str]]:
        """Number, status and error of what was tried."""
        with tenant_scope(self.tenant):
            kept = WebhookAttempt.objects.filter(delivery__endpoint=self.endpoints[receiver])
            return set(kept.values_list("number", "status", "error"))

    def account(self) -> str:
        """Of each receiver's deliveries how many have which status and tries, and when the soonest is tried next."""
        now = timezone.now()
        with tenant_scope(self.tenant):
            groups = WebhookDelivery.objects.order_by().values_list("endpoint__url", "status", "tries")
            found = sorted(groups.annotate(Count("pk"), Min("next_try_at")))
        return "\n".join(
            f"{url}: {count} {status} after {tries} tries"
            + (f", the next in {(soonest - now).total_seconds():.0f} s" if soonest else "")
            for url, status, tries, count, soonest in found
        )

    def move_clock(self, receiver: str) -> None:
        """What was to be tried later is due now."""
        endpoint = self.endpoints[receiver]
        with tenant_scope(self.tenant):
            later = WebhookDelivery.objects.filter(
                endpoint=endpoint, status=DeliveryStatus.PENDING, next_try_at__gt=timezone.now()
            )
            if later.update(next_try_at=timezone.now()):
                queue.enqueue("deliver_webhooks", self.tenant.pk, endpoint.pk)

    def let_leases_run_out(self) -> None:
        with tenant_scope(self.tenant):
            WebhookEndpoint.objects.exclude(claimed_until=None).update(
                claimed_until=timezone.now() - timedelta(seconds=1)
            )
