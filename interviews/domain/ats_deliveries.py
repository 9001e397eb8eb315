"""Sending what an ATS is to be told: claimed, sent, each try logged, tried again on the webhooks' schedule.

At most AT_ONCE of a company's at a time, so that an ATS which keeps us waiting holds up no other company's.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from interviews.domain import emails, letters, outbound, queue
from interviews.domain.ats_connections import log_call, redact
from interviews.domain.deliveries import AT_ONCE, HOUR, JITTER, NAMED, SCHEDULE, free_at
from interviews.enums import AtsDirection, AtsSystem, DeliveryStatus, EmailKind
from interviews.models import AtsCallback
from tenants.domain.audit import record
from tenants.scope import current_tenant_id

#: A claimed call-back whose worker died is anybody's again after this.
LEASE = timedelta(seconds=outbound.SECONDS + 15)


def claim_callback(*, callback_id: UUID) -> AtsCallback | None:
    """Take it for sending; None when it is not due, when another worker has it, or when AT_ONCE are at the company's
    other ones.

    Should this worker die, it is due again only after the lease, and so keeps nobody else's back.
    """
    now = timezone.now()
    until = now + LEASE
    taken = AtsCallback.objects.filter(status=DeliveryStatus.PENDING, claimed_until__gte=now)
    if taken.exclude(pk=callback_id).count() >= AT_ONCE:
        return None
    if not due_by(now).filter(pk=callback_id).update(claimed_until=until, next_try_at=until):
        return None
    callbacks = AtsCallback.objects.select_related("connection", "order__invitation__interview")
    return callbacks.get(pk=callback_id)


def due_by(now: datetime) -> QuerySet[AtsCallback]:
    """What is to be sent by now and no worker has."""
    return AtsCallback.objects.filter(free_at(now), status=DeliveryStatus.PENDING, next_try_at__lte=now)


def find_waiting() -> UUID | None:
    """The company's call-back that has been due the longest and nobody has."""
    return due_by(timezone.now()).order_by("next_try_at").values_list("pk", flat=True).first()


def record_answer(*, callback: AtsCallback, name: str, answer: outbound.Answer, taken: bool) -> None:
    """Keep the try, and say what comes next. `taken` is whether the ATS has taken it, which not every 200 means."""
    now = timezone.now()
    with transaction.atomic():
        locked = AtsCallback.objects.select_for_update(of=("self",)).get(pk=callback.pk)
        note = answer.error or ("" if taken else answer.text)
        if locked.connection_id is not None:  # else it was removed meanwhile, with its log
            log_call(
                connection_id=locked.connection_id,
                direction=AtsDirection.OUT,
                name=name,
                status=answer.status,
                seconds=answer.seconds,
                note=note,
                callback=callback,
            )
        locked.tries += 1
        locked.claimed_until = None
        locked.last_error = "" if taken else redact(f"{answer.status or ''} {note}".strip())
        if taken:
            locked.status, locked.delivered_at, locked.next_try_at = DeliveryStatus.DELIVERED, now, None
        elif locked.tries > len(SCHEDULE):
            fail(locked)
        else:
            pause = SCHEDULE[locked.tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (spreads load)
            locked.next_try_at = now + timedelta(seconds=max(pause, min(answer.retry_after or 0, 24 * HOUR)))
        locked.save()


def give_up(*, callback: AtsCallback, reason: str) -> None:
    """What can't be sent as things are, so that trying again is of no use until somebody changes them."""
    with transaction.atomic():
        locked = AtsCallback.objects.select_for_update(of=("self",)).get(pk=callback.pk)
        locked.last_error = redact(reason)
        fail(locked)
        locked.save()


def fail(callback: AtsCallback) -> None:
    """Mark it as failed for good, and tell the owners by mail."""
    callback.status, callback.next_try_at, callback.claimed_until = DeliveryStatus.FAILED, None, None
    system = AtsSystem(callback.order.system).label
    letter = letters.Letter(
        subject=f"{system} was not told of a result",
        headline=f"{callback.connection or system} did not take what became of an interview. {callback.last_error}",
        action="Look at it, and send it again:",
        link=settings.BASE_URL + reverse("admin:interviews_atscallback_change", args=[callback.pk]),
        signature="Vivavoce",
    )
    emails.write_to_owners(letter=letter, kind=EmailKind.NOTICE)


def send_again(callbacks: QuerySet[AtsCallback]) -> int:
    """Send these once more, each on a new schedule, where the connection is on; how many."""
    now = timezone.now()
    found = list(callbacks.filter(connection__enabled=True).values_list("pk", flat=True))
    AtsCallback.objects.filter(pk__in=found).update(
        status=DeliveryStatus.PENDING, tries=0, next_try_at=now, claimed_until=None, last_error=""
    )
    for pk in found:
        queue.enqueue("send_ats_callback", current_tenant_id(), pk)
    if found:
        record(verb="sent ATS call-backs again", details={"call-backs": [str(pk) for pk in found[:NAMED]]})
    return len(found)
