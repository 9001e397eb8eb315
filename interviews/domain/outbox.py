"""What happened, for those who asked to be told: written with it, sent after it.

The body is thin: ids and status. Whoever wants more asks the API, and so never acts on what is out of date.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from interviews.domain import queue
from interviews.domain.ats_callbacks import tell_ats
from interviews.enums import WebhookEventType
from interviews.models import Invitation, Order, WebhookDelivery, WebhookEndpoint, WebhookEvent
from tenants.scope import current_tenant_id


def tell_of_invitation(type: WebhookEventType, *, invitation_id: UUID, **more: Any) -> WebhookEvent | None:
    """Tell of something that happened to an invitation; call it in the transaction in which it happens.

    Rehearsals are nobody else's business. `more` goes into `data`. The ATS that has ordered it is told too.
    """
    tell_ats(type, invitation_id=invitation_id)
    endpoints = listeners(type)
    if not endpoints:
        return None
    invitation = Invitation.objects.get(pk=invitation_id)
    if invitation.rehearsal:
        return None
    order = Order.objects.filter(invitation_id=invitation_id).first()
    data = {
        "invitation": f"inv_{invitation.pk.hex}",
        "interview": f"int_{invitation.interview_id.hex}",
        "candidate": f"cand_{invitation.candidate_id.hex}",
        "status": invitation.status,
        "external": order
        and {
            "system": order.system,
            "application_id": order.application_id,
            "job_id": order.job_id,
            "order_id": order.order_id,
        },
    }
    return tell(type, data=data | more, endpoints=endpoints, invitation=invitation)


def tell_of_candidate(type: WebhookEventType, *, candidate_id: UUID) -> WebhookEvent | None:
    endpoints = listeners(type)
    return tell(type, data={"candidate": f"cand_{candidate_id.hex}"}, endpoints=endpoints) if endpoints else None


def listeners(type: WebhookEventType) -> list[WebhookEndpoint]:
    wanted = Q(events=[]) | Q(events__contains=[type])
    return list(WebhookEndpoint.objects.filter(wanted, disabled_at=None))


def tell(
    type: WebhookEventType,
    *,
    data: dict[str, Any],
    endpoints: list[WebhookEndpoint],
    invitation: Invitation | None = None,
) -> WebhookEvent:
    """Write the event and its deliveries, to be sent once the transaction commits.

    Source of the body's form: the Standard Webhooks specification.
    """
    now = timezone.now()
    body = {"type": type.value, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": data}
    event = WebhookEvent.objects.create(
        type=type, invitation=invitation, body=json.dumps(body, separators=(",", ":")), created_at=now
    )
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(event=event, endpoint=endpoint, next_try_at=now) for endpoint in endpoints
    )
    for endpoint in endpoints:
        queue.enqueue_once("deliver_webhooks", current_tenant_id(), endpoint.pk)
    return event
