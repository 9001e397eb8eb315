"""What the clock has to look after, across all tenants: ids only, each then handled in its tenant's scope."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from interviews.domain.launch import CLAIM_LIMIT
from interviews.domain.recordings import LATE_LIMIT
from interviews.domain.sessions import JOIN_LIMIT
from interviews.domain.slots import free_slots
from interviews.enums import EmailStatus, InvitationStatus, RecordingState, SessionStatus
from interviews.models import Invitation, OutgoingEmail, Recording, Session
from tenants.models import TenantModel
from tenants.platform import platform_scope

#: Rows at a time: a backlog is worked off over several sweeps.
BATCH = 200

Ids = list[tuple[UUID, UUID]]


def ids(rows: "QuerySet[TenantModel]") -> Ids:
    return list(rows.values_list("tenant_id", "pk")[:BATCH])


def sessions_to_reap() -> Ids:
    now = timezone.now()
    silent = Q(heartbeat_at__lt=now - timedelta(seconds=settings.SESSION_LEASE_SECONDS))
    never_joined = Q(status=SessionStatus.WAITING, heartbeat_at=None, launched_at__lt=now - JOIN_LIMIT)
    with platform_scope():
        return ids(Session.across_tenants.exclude(status=SessionStatus.ENDED).filter(silent | never_joined))


def sessions_to_launch() -> Ids:
    """The longest waiting first, as many as there is room for; and those whose launch died half-way."""
    with platform_scope():
        room = free_slots().count()
        queued = Session.across_tenants.filter(status=SessionStatus.QUEUED).order_by("requested_at")[:room]
        stuck = Session.across_tenants.filter(
            status=SessionStatus.STARTING, launched_at__lt=timezone.now() - CLAIM_LIMIT
        )
        return list(queued.values_list("tenant_id", "pk")) + ids(stuck)


def number_queue() -> Ids:
    """Give everybody who waits their place, across tenants; tenant and invitation of those whose place is new."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE interviews_session AS waiting SET queue_position = queue.place FROM ("
            " SELECT id, row_number() OVER (ORDER BY requested_at, id) AS place"
            " FROM interviews_session WHERE status = %s) AS queue"
            " WHERE waiting.id = queue.id AND waiting.queue_position IS DISTINCT FROM queue.place"
            " RETURNING waiting.tenant_id, waiting.invitation_id",
            [SessionStatus.QUEUED],
        )
        return cursor.fetchall()


def invitations_to_expire() -> Ids:
    """Overdue and nobody talking: an interview under way is let finish."""
    with platform_scope():
        return ids(
            Invitation.across_tenants.filter(
                status__in=[InvitationStatus.CREATED, InvitationStatus.INVITED, InvitationStatus.IN_PROGRESS],
                expires_at__lt=timezone.now(),
            ).exclude(sessions__in=Session.across_tenants.exclude(status=SessionStatus.ENDED))
        )


def recordings_to_assemble() -> Ids:
    """Those of sessions that have ended and whose bots had time to bring the rest."""
    with platform_scope():
        over = Recording.across_tenants.filter(
            state=RecordingState.UPLOADING,
            session__status=SessionStatus.ENDED,
            session__ended_at__lt=timezone.now() - LATE_LIMIT,
        )
        return list(over.values_list("tenant_id", "session_id")[:BATCH])


def emails_to_send() -> Ids:
    """Mails whose task was lost between commit and broker."""
    with platform_scope():
        return ids(
            OutgoingEmail.across_tenants.filter(
                status=EmailStatus.QUEUED, created_at__lt=timezone.now() - timedelta(minutes=1)
            )
        )


def invitations_to_complete() -> Ids:
    """Processing whose task was lost; completing twice is once, so a task still on its way does no harm."""
    with platform_scope():
        return ids(Invitation.across_tenants.filter(status=InvitationStatus.PROCESSING))
