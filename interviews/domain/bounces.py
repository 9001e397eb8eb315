"""What a mail's provider reports after sending, brought back into the mail's status and the invitation's."""

import logging
from datetime import datetime

from anymail.signals import AnymailTrackingEvent, EventType
from django.db import transaction
from django.utils import timezone

from interviews.domain import notices, outbox
from interviews.enums import STAFF_KINDS, EmailStatus, WebhookEventType
from interviews.models import EmailEvent, Invitation, OutgoingEmail
from tenants.domain import tokens
from tenants.enums import TokenKind
from tenants.scope import tenant_scope

log = logging.getLogger(__name__)

#: Anymail's events that change what we know; clicks and opens are nobody's business.
OUTCOMES = {
    EventType.DELIVERED: EmailStatus.DELIVERED,
    EventType.BOUNCED: EmailStatus.BOUNCED,
    EventType.REJECTED: EmailStatus.BOUNCED,
    EventType.FAILED: EmailStatus.BOUNCED,
    EventType.COMPLAINED: EmailStatus.COMPLAINED,
}

#: A report only ever moves a mail down this list: "delivered" that comes late does not undo a bounce.
ORDER = [EmailStatus.DELIVERED, EmailStatus.BOUNCED, EmailStatus.COMPLAINED]


def receive_event(sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: object) -> None:
    """Anymail's signal, sent once its webhook has found the secret right."""
    known = take_event(event)
    log.info("%s reports %s of %s%s", esp_name, event.event_type, event.message_id, "" if known else ", not ours")


def take_event(event: AnymailTrackingEvent) -> bool:
    """Record what a provider reports. False for a message that nobody here has sent, and for what changes nothing.

    A webhook knows no tenant: the message id leads to it, and everything else happens in that tenant's scope.
    """
    status = OUTCOMES.get(event.event_type)
    tenant = tokens.find_tenant_by_token(kind=TokenKind.MESSAGE, token=event.message_id or "")
    if status is None or tenant is None:
        return False
    with tenant_scope(tenant):
        email = OutgoingEmail.objects.filter(message_id=event.message_id).first()
        if email is None:
            return False
        detail = " ".join(str(part) for part in (event.reject_reason, event.description, event.mta_response) if part)
        return record_outcome(email=email, status=status, detail=detail[:300], at=event.timestamp)


def record_outcome(*, email: OutgoingEmail, status: EmailStatus, detail: str, at: datetime | None = None) -> bool:
    """Enter an outcome once. A bounce marks the invitation, which then sends no reminders to that address."""
    with transaction.atomic():
        locked = OutgoingEmail.objects.select_for_update().get(pk=email.pk)
        known = ORDER.index(EmailStatus(locked.status)) if locked.status in ORDER else -1
        if ORDER.index(status) <= known:
            return False
        bad = status != EmailStatus.DELIVERED
        OutgoingEmail.objects.filter(pk=email.pk).update(status=status, last_error=detail if bad else "")
        EmailEvent.objects.create(email=email, status=status, detail=detail)
        if bad and email.invitation_id and email.kind not in STAFF_KINDS:
            invitation = Invitation.objects.select_related("candidate").get(pk=email.invitation_id)
            if invitation.candidate.email == email.recipient:
                Invitation.objects.filter(pk=invitation.pk).update(
                    bounced_at=at or timezone.now(), next_reminder_at=None
                )
                outbox.tell_of_invitation(WebhookEventType.INVITATION_BOUNCED, invitation_id=invitation.pk)
                notices.invitation_changed(tenant_id=email.tenant_id, invitation_id=invitation.pk)
    return True
