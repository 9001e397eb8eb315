"""What the clock has to look after, across all tenants: ids only, each then handled in its tenant's scope."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Cast, Coalesce, RowNumber
from django.utils import timezone

from interviews.domain import batches
from interviews.domain.emails import MAX_ATTEMPTS
from interviews.domain.launch import CLAIM_LIMIT
from interviews.domain.limits import RUNNING
from interviews.domain.recordings import LATE_LIMIT
from interviews.domain.retries import RETURN_WITHIN
from interviews.domain.scoring import CLAIM_LIMIT as SCORING_LIMIT
from interviews.domain.sessions import JOIN_LIMIT
from interviews.domain.slots import free_slots
from interviews.enums import (
    COUNTS_AS_RETRY,
    OPEN_SCORINGS,
    OPEN_STATUSES,
    BatchStatus,
    DeliveryStatus,
    EmailStatus,
    EndReason,
    ErasureStatus,
    InvitationStatus,
    RecordingState,
    ScoringStatus,
    SessionStatus,
)
from interviews.models import (
    AtsCallback,
    DataErasure,
    Invitation,
    InvitationBatch,
    OutgoingEmail,
    Recording,
    ScoreSet,
    Session,
    WebhookDelivery,
    WebhookEndpoint,
)
from tenants.models import Tenant, TenantModel
from tenants.platform import platform_scope

#: Connections lost before this have been looked at, even after an outage of the sweep.
GONE_WITHIN = timedelta(days=1)
#: Rows at a time: a backlog is worked off over several sweeps.
BATCH = 200

Ids = list[tuple[UUID, UUID]]


def ids(rows: "QuerySet[TenantModel]") -> Ids:
    return list(rows.values_list("tenant_id", "pk")[:BATCH])


def in_turn(rows: "QuerySet[Any]", *, by: str) -> "QuerySet[Any]":
    """Each company's first row, then each one's second: a backlog of one keeps no other waiting."""
    turn = Window(RowNumber(), partition_by="tenant_id", order_by=by)
    return rows.annotate(turn=turn).order_by("turn", by)


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
        queued = Session.across_tenants.filter(status=SessionStatus.QUEUED).order_by("requested_at")
        queued = queued.exclude(tenant__in=full_tenants())[:room]
        stuck = Session.across_tenants.filter(
            status=SessionStatus.STARTING, launched_at__lt=timezone.now() - CLAIM_LIMIT
        )
        return list(queued.values_list("tenant_id", "pk")) + ids(stuck)


def full_tenants() -> list[UUID]:
    """Companies with as many interviews at once as they may have: their waiting keep nobody else's from starting."""
    limited = Tenant.objects.filter(max_concurrent_sessions__isnull=False)
    running = Session.across_tenants.filter(tenant=OuterRef("pk"), status__in=RUNNING).order_by().values("tenant")
    count = Coalesce(Subquery(running.annotate(count=Count("pk")).values("count")), 0)
    return list(limited.filter(max_concurrent_sessions__lte=count).values_list("pk", flat=True))


def number_queue() -> Ids:
    """Give everybody who waits their place, across tenants; tenant and invitation of those whose place is new.

    Rows that somebody else has locked are being launched or ended: the next sweep comes to them, if they still wait.
    Waiting for them while holding others would be a deadlock with whoever does the same in another order.
    """
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "WITH queue AS ("
            " SELECT id, row_number() OVER (ORDER BY requested_at, id) AS place"
            " FROM interviews_session WHERE status = %s), moved AS ("
            " SELECT waiting.id, queue.place FROM interviews_session AS waiting JOIN queue USING (id)"
            " WHERE waiting.queue_position IS DISTINCT FROM queue.place"
            " FOR NO KEY UPDATE OF waiting SKIP LOCKED)"
            " UPDATE interviews_session AS waiting SET queue_position = moved.place FROM moved"
            " WHERE waiting.id = moved.id RETURNING waiting.tenant_id, waiting.invitation_id",
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


def invitations_to_fail() -> Ids:
    """Their candidates lost the connection, and have not come back in time: that may have been once too often."""
    now = timezone.now()
    with platform_scope():
        lost = Session.across_tenants.filter(
            end_reason=EndReason.CONNECTION_LOST,
            ended_at__range=(now - GONE_WITHIN, now - RETURN_WITHIN),
            invitation__status__in=OPEN_STATUSES,
        )
        used = Count("invitation__sessions", filter=Q(invitation__sessions__end_reason__in=COUNTS_AS_RETRY))
        published = F("invitation__version__snapshot__interview__retries")
        planned = Coalesce(
            Cast(published, IntegerField()), "invitation__interview__retries", output_field=IntegerField()
        )
        allowed = ExpressionWrapper(planned + F("invitation__extra_retries"), output_field=IntegerField())
        gone = lost.annotate(used=used, allowed=allowed).filter(used__gt=F("allowed"))
        return list(gone.values_list("tenant_id", "invitation_id").distinct()[:BATCH])


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
    """Mails whose task was lost on its way to the broker, or with its worker; each is handed out once a minute."""
    now = timezone.now()
    with platform_scope():
        waiting = Q(status=EmailStatus.QUEUED) | Q(status=EmailStatus.FAILED, attempts__lt=MAX_ATTEMPTS)
        lost = OutgoingEmail.across_tenants.filter(
            waiting & Q(due_at__lt=now - timedelta(minutes=1)) | Q(status=EmailStatus.SENDING, due_at__lt=now)
        )
        found = ids(lost.order_by("due_at"))
        again = OutgoingEmail.across_tenants.filter(pk__in=[email_id for _tenant_id, email_id in found])
        again.filter(status=EmailStatus.SENDING).update(status=EmailStatus.QUEUED)
        again.update(due_at=now)
        return found


def batches_to_work_off() -> Ids:
    """Begun, and nobody has worked on them lately: their task was lost, or they waited and need not any more."""
    now = timezone.now()
    with platform_scope():
        begun = InvitationBatch.across_tenants.filter(status=BatchStatus.RUNNING, worked_at__lt=now - batches.IDLE)
        return ids(begun.filter(Q(waits_until=None) | Q(waits_until__lte=now)))


def invitations_to_remind() -> Ids:
    with platform_scope():
        return ids(Invitation.across_tenants.filter(next_reminder_at__lte=timezone.now()).order_by("next_reminder_at"))


def scorings_to_run() -> Ids:
    """Due for a while, their task lost; or begun by a worker that died. Claimed twice is scored once."""
    now = timezone.now()
    late = Q(status=ScoringStatus.QUEUED, due_at__lt=now - timedelta(seconds=30))
    stuck = Q(status=ScoringStatus.RUNNING, claimed_at__lt=now - SCORING_LIMIT)
    with platform_scope():
        return ids(ScoreSet.across_tenants.filter(late | stuck))


def invitations_to_complete() -> Ids:
    """Processing whose task was lost; completing twice is once, so a task still on its way does no harm."""
    with platform_scope():
        under_way = ScoreSet.across_tenants.filter(status__in=OPEN_SCORINGS)
        processing = Invitation.across_tenants.filter(status=InvitationStatus.PROCESSING)
        return ids(processing.exclude(result__score_sets__in=under_way))


def erasures_to_do() -> Ids:
    """Those whose task was lost; a fresh one is still on its way."""
    late = timezone.now() - timedelta(minutes=1)
    with platform_scope():
        pending = DataErasure.across_tenants.filter(status=ErasureStatus.REQUESTED, requested_at__lt=late)
        return ids(pending.order_by("requested_at"))


def webhooks_to_send() -> Ids:
    """Endpoints where a delivery is due: for a later try, or for the first one if its task was lost."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    with platform_scope():
        due = WebhookDelivery.across_tenants.filter(
            endpoint=OuterRef("pk"), status=DeliveryStatus.PENDING, next_try_at__lte=now
        )
        return ids(in_turn(WebhookEndpoint.across_tenants.filter(free, Exists(due)), by="created_at"))


def invitations_to_forget() -> Ids:
    """Over, by whichever way, for longer than their interview says that data is kept."""
    kept = ExpressionWrapper(F("interview__retention_days") * timedelta(days=1), output_field=DurationField())
    with platform_scope():
        over = Invitation.across_tenants.filter(forgotten_at=None).exclude(status__in=OPEN_STATUSES)
        over = over.filter(interview__retention_days__isnull=False).annotate(
            over_at=Coalesce("completed_at", "expires_at")
        )
        return ids(over.filter(over_at__lt=timezone.now() - kept).order_by("created_at"))


def ats_callbacks_to_send() -> Ids:
    """Later tries, and first ones whose task was lost."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    with platform_scope():
        pending = AtsCallback.across_tenants.filter(free, status=DeliveryStatus.PENDING)
        return ids(in_turn(pending.filter(next_try_at__lt=now - timedelta(seconds=3)), by="next_try_at"))
