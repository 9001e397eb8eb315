"""An ATS is to be told what came of its order: noted with what happened, sent after it (ats_deliveries.py)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from interviews.domain import queue
from interviews.enums import AtsSystem, DeliveryStatus, WebhookEventType
from interviews.models import AtsCallback, AtsConnection, Order
from tenants.scope import current_tenant_id

STARTED, READY, UPDATED = (
    WebhookEventType.SESSION_STARTED,
    WebhookEventType.RESULT_READY,
    WebhookEventType.RESULT_UPDATED,
)
CLOSINGS = (
    WebhookEventType.INVITATION_DECLINED,
    WebhookEventType.INVITATION_EXPIRED,
    WebhookEventType.INVITATION_CANCELED,
    WebhookEventType.INVITATION_FAILED,
)
#: What each is told of. Greenhouse and Recruitee have no word for an interview that has begun.
TOLD: dict[str, tuple[WebhookEventType, ...]] = {
    AtsSystem.GREENHOUSE: (READY, UPDATED, *CLOSINGS),
    AtsSystem.ASHBY: (STARTED, READY, UPDATED, *CLOSINGS),
    AtsSystem.WORKABLE: (STARTED, READY, UPDATED, *CLOSINGS),
    AtsSystem.RECRUITEE: (READY, UPDATED, *CLOSINGS),
}
TOLD_TYPES = frozenset(event for events in TOLD.values() for event in events)
#: Which may order a canceled interview anew under the same natural key.
ORDERS_ANEW = (AtsSystem.ASHBY,)


SWITCHED_OFF = "The connection is switched off. Switch it on, and send this again."
REMOVED = "The connection was removed. Install it anew, and let the ATS send its order again."


def tell_ats(event: WebhookEventType, *, invitation_id: UUID) -> AtsCallback | None:
    """Note that the ATS which has ordered this invitation is to be told; call it in the transaction of the event.

    What can't be told because the connection is off, or was removed, has failed at once, and says so.
    """
    if event not in TOLD_TYPES:
        return None
    order = Order.objects.filter(invitation_id=invitation_id, by_adapter=True).first()
    if order is None or event not in TOLD.get(order.system, ()):
        return None
    if event in CLOSINGS and order.system in ORDERS_ANEW:
        Order.objects.filter(pk=order.pk).update(natural_key=None)
    if order.callback.get("withdrawn"):
        return None
    connection = AtsConnection.objects.filter(pk=order.callback["connection"]).first()
    if problem := find_problem(connection):
        return AtsCallback.objects.create(
            connection=connection, order=order, event=event, status=DeliveryStatus.FAILED, last_error=problem
        )
    now = timezone.now()
    free = AtsCallback.objects.filter(order=order, status=DeliveryStatus.PENDING, claimed_until=None)
    waiting = free.first()
    if waiting and free.filter(pk=waiting.pk).update(event=event, next_try_at=now, tries=0):
        callback = waiting  # It tells the state at its next try, and so this too.
    else:
        callback = AtsCallback.objects.create(connection=connection, order=order, event=event, next_try_at=now)
    queue.enqueue("send_ats_callback", current_tenant_id(), callback.pk)
    return callback


def find_problem(connection: AtsConnection | None) -> str:
    """Why nothing can be told over it; empty where it can."""
    if connection is None:
        return REMOVED
    return "" if connection.enabled else SWITCHED_OFF
