"""How often a candidate may break off and come back, and the end of an invitation that was broken off too often."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from interviews.domain import notices, outbox
from interviews.domain.statuses import move
from interviews.enums import COUNTS_AS_RETRY, EndReason, InvitationStatus, SessionStatus, WebhookEventType
from interviews.models import Invitation

#: Who is back so soon after their connection broke has not left: it costs no retry.
RETURN_WITHIN = timedelta(seconds=60)


def retries_left(*, invitation: Invitation) -> int:
    """How often the candidate may still come back; below 0 there is no further start."""
    used = invitation.sessions.filter(end_reason__in=COUNTS_AS_RETRY).exclude(just_broken()).count()
    return invitation.offered.retries + invitation.extra_retries - used


def just_broken() -> Q:
    """Sessions whose candidate lost the connection and may still be back in time."""
    return Q(end_reason=EndReason.CONNECTION_LOST, ended_at__gt=timezone.now() - RETURN_WITHIN)


def fail_when_used_up(*, invitation_id: UUID) -> bool:
    """Close an invitation whose candidate has broken off once more than they may. Whether this has closed it."""
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
        invitation = locked.select_related("interview", "version").get(pk=invitation_id)
        if invitation.sessions.exclude(status=SessionStatus.ENDED).exists() or retries_left(invitation=invitation) >= 0:
            return False
        if not move(Invitation.objects.filter(pk=invitation_id), to=InvitationStatus.FAILED, next_reminder_at=None):
            return False
        outbox.tell_of_invitation(WebhookEventType.INVITATION_FAILED, invitation_id=invitation_id)
        notices.invitation_changed(tenant_id=invitation.tenant_id, invitation_id=invitation_id)
        return True
