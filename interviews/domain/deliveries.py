"""Delivering events: claimed, sent, each try kept, tried again on a schedule, and replayed on wish.

One worker at a time sends to an endpoint, some deliveries at once: so a receiver that keeps us waiting holds up one
worker and its own events alone. Many of one company hold up AT_ONCE workers, and no other company's events.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from interviews.domain import emails, letters, outbound, queue, webhooks
from interviews.enums import DeliveryStatus, EmailKind
from interviews.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenants.domain.audit import record
from tenants.domain.vault import SealBroken, unseal
from tenants.scope import current_tenant_id

MINUTE, HOUR = 60, 3600
#: Seconds from one try to the next. Source: the schedule of Standard Webhooks' reference servers.
SCHEDULE = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
JITTER = 0.1
#: Endpoints of a company that are sent to at the same time, or about as many.
AT_ONCE = 3
#: Deliveries that are claimed at once. A worker that dies sends this many twice at most.
BATCH = 100
#: Seconds in which the tries of a batch begin; what is left over stays due.
WINDOW = 5
#: An endpoint whose worker died is anybody's again after this.
LEASE = timedelta(seconds=WINDOW + outbound.SECONDS + 10)
#: An endpoint that takes nothing for so long is switched off.
PATIENCE = timedelta(days=5)
#: Longer than any pause between two tries of a delivery. After that nothing was tried, so nothing failed either.
QUIET = timedelta(hours=36)
#: Kept of an answer, and never more: it is somebody else's text.
KEPT = 200
#: As many deliveries that are sent again are named in the audit log.
NAMED = 100
SECRETS = re.compile(r"(whsec_|vv_live_|vv_ats_|bearer\s+|basic\s+)\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Batch:
    """All that sending needs, read in the tenant's scope. `messages` are delivery, `webhook-id` and body."""

    endpoint_id: UUID
    claimed_until: datetime
    url: str
    sealed: tuple[str, ...]
    messages: tuple[tuple[UUID, str, str], ...]


def claim_batch(*, endpoint_id: UUID) -> Batch | None:
    """Take what is due at this endpoint for sending; None when nothing is, when another worker is at it, or when
    AT_ONCE are at the company's other ones.

    What is due at an endpoint that was switched off has failed.
    """
    now = timezone.now()
    due = due_at(endpoint_id, now=now)
    if WebhookEndpoint.objects.filter(claimed_until__gte=now).exclude(pk=endpoint_id).count() >= AT_ONCE:
        return None
    taken = WebhookEndpoint.objects.filter(free_at(now), Exists(due), pk=endpoint_id)
    until = now + LEASE
    if not taken.update(claimed_until=until):
        return None
    endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
    if endpoint.disabled_at is not None:
        due.update(status=DeliveryStatus.FAILED, next_try_at=None)
        WebhookEndpoint.objects.filter(pk=endpoint_id).update(claimed_until=None)
        return None
    rows = due.values_list("pk", "event_id", "event__body")[:BATCH]
    return Batch(
        endpoint_id=endpoint_id,
        claimed_until=until,
        url=endpoint.url,
        sealed=(endpoint.secret, *(sealed for sealed, _until in webhooks.still_signing(endpoint, now=now))),
        messages=tuple((pk, f"evt_{event_id.hex}", body) for pk, event_id, body in rows),
    )


def free_at(now: datetime) -> Q:
    """Of an endpoint, or of a call-back to an ATS: no worker is at it."""
    return Q(claimed_until=None) | Q(claimed_until__lt=now)


def due_at(endpoint: Any, *, now: datetime) -> QuerySet[WebhookDelivery]:
    """What is to be sent to this endpoint, or that of an OuterRef, by now; the longest due first."""
    due = WebhookDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.PENDING, next_try_at__lte=now)
    return due.order_by("next_try_at")


def find_waiting(*, besides: UUID) -> UUID | None:
    """The company's endpoint at which something has been due the longest and nobody is, but for this one."""
    now = timezone.now()
    longest = Subquery(due_at(OuterRef("pk"), now=now).values("next_try_at")[:1])
    waiting = WebhookEndpoint.objects.exclude(pk=besides).filter(free_at(now)).annotate(since=longest)
    return waiting.exclude(since=None).order_by("since").values_list("pk", flat=True).first()


def send(batch: Batch) -> list[outbound.Answer]:
    """Send the batch, outside any scope: an answer for each message, from the first on, as far as WINDOW allows."""
    try:
        signers = [Webhook(unseal(secret)) for secret in batch.sealed]
    except SealBroken as error:
        return [outbound.Answer(status=None, text="", error=str(error), seconds=0)] * len(batch.messages)
    return outbound.send_all(method="POST", url=batch.url, messages=sign_in_time(batch, signers))


def sign_in_time(batch: Batch, signers: Sequence[Webhook]) -> Iterator[outbound.Message]:
    """The batch's messages, each signed when it goes out: the id stays the same over all tries, the time is its own."""
    until = time.monotonic() + WINDOW
    for _delivery_id, message_id, body in batch.messages:
        if time.monotonic() > until:
            return
        now = timezone.now()
        yield (
            body.encode(),
            {
                "Content-Type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": " ".join(signer.sign(message_id, now, body) for signer in signers),
            },
        )


def record_answers(*, batch: Batch, answers: Sequence[outbound.Answer]) -> None:
    """Keep the tries, say what comes next, and let the endpoint go.

    What was deleted meanwhile is passed over, and so is what another worker has delivered.
    """
    now = timezone.now()
    ids = [delivery_id for delivery_id, _message_id, _body in batch.messages]
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=batch.endpoint_id).first()
        if endpoint is None:
            return
        deliveries = WebhookDelivery.objects.select_for_update(of=("self",)).in_bulk(ids)
        tried = [
            (deliveries[delivery_id], answer)
            for delivery_id, answer in zip(ids, answers, strict=False)
            if delivery_id in deliveries
        ]
        # Not `tries`, which a redelivery begins anew.
        earlier = Counter(WebhookAttempt.objects.filter(delivery__in=ids).values_list("delivery_id", flat=True))
        WebhookAttempt.objects.bulk_create(
            WebhookAttempt(
                delivery=delivery,
                number=earlier[delivery.pk] + 1,
                status=answer.status,
                milliseconds=round(answer.seconds * 1000),
                response=redact(answer.text),
                error=answer.error,
            )
            for delivery, answer in tried
        )
        taken = [delivery.pk for delivery, answer in tried if answer.is_success]
        WebhookDelivery.objects.filter(pk__in=taken).update(
            status=DeliveryStatus.DELIVERED, delivered_at=now, next_try_at=None, tries=F("tries") + 1
        )
        for delivery, answer in tried:
            if not answer.is_success and delivery.status == DeliveryStatus.PENDING:
                plan_next_try(delivery, answer=answer, now=now)
        judge(endpoint, answers=answers, now=now)
        if endpoint.claimed_until == batch.claimed_until:  # else it is another worker's by now
            endpoint.claimed_until = None
        endpoint.save(update_fields=["failing_since", "failed_at", "disabled_at", "disabled_reason", "claimed_until"])


def judge(endpoint: WebhookEndpoint, *, answers: Sequence[outbound.Answer], now: datetime) -> None:
    """Note since when it has taken nothing, and switch it off where it asks for that or it was too long.

    A failure after a time in which nothing was sent begins anew: it alone says nothing about the time before.
    """
    if any(answer.is_success for answer in answers):
        endpoint.failing_since = endpoint.failed_at = None
    elif answers:
        if endpoint.failed_at is None or now - endpoint.failed_at > QUIET:
            endpoint.failing_since = now
        endpoint.failed_at = now
    if any(answer.status == 410 for answer in answers):
        switch_off(endpoint, reason="The receiver answered 410 Gone.")
    elif endpoint.failing_since and now - endpoint.failing_since > PATIENCE:
        switch_off(endpoint, reason="Nothing could be delivered for five days.")


def plan_next_try(delivery: WebhookDelivery, *, answer: outbound.Answer, now: datetime) -> None:
    """When a delivery that was not taken comes again; after the last try it has failed."""
    delivery.tries += 1
    if delivery.tries > len(SCHEDULE) or answer.status == 410:
        delivery.status, delivery.next_try_at = DeliveryStatus.FAILED, None
    else:
        pause = SCHEDULE[delivery.tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (spreads load)
        delivery.next_try_at = now + timedelta(seconds=max(pause, min(answer.retry_after or 0, 24 * HOUR)))
    delivery.save(update_fields=["status", "tries", "next_try_at"])


def switch_off(endpoint: WebhookEndpoint, *, reason: str) -> None:
    """Stop sending to it, and tell the owners by mail."""
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_reason = timezone.now(), reason
    letter = letters.Letter(
        subject="A webhook was switched off",
        headline=f"The webhook {endpoint.url} was switched off. {reason} What was missed can be sent again.",
        action="Switch it on again:",
        link=settings.BASE_URL + reverse("admin:interviews_webhookendpoint_change", args=[endpoint.pk]),
        signature="Vivavoce",
    )
    emails.write_to_owners(letter=letter, kind=EmailKind.NOTICE)


def redact(text: str) -> str:
    """The beginning of an answer on one line, without what looks like a secret.

    What can't be printed is left out: Postgres refuses NUL.
    """
    legible = "".join(char for char in text if char.isprintable() or char.isspace())
    return SECRETS.sub("…", " ".join(legible.split()))[:KEPT]


def redeliver(deliveries: QuerySet[WebhookDelivery]) -> int:
    """Send these again, with their own ids, beginning a new schedule; how many. Those still pending go at once."""
    found = dict(deliveries.filter(endpoint__disabled_at=None).values_list("pk", "endpoint_id"))
    WebhookDelivery.objects.filter(pk__in=found).update(
        status=DeliveryStatus.PENDING, tries=0, next_try_at=timezone.now()
    )
    for endpoint_id in set(found.values()):
        queue.enqueue_once("deliver_webhooks", current_tenant_id(), endpoint_id)
    if found:
        record(verb="sent webhook deliveries again", details={"deliveries": [str(pk) for pk in list(found)[:NAMED]]})
    return len(found)
