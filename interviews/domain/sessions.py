"""Sessions: asking for one, its lease, and its end."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from botrunner.contract import HEARTBEAT_SECONDS
from interviews.domain import figures, limits, notices, outbox, queue, results, retries, slots
from interviews.domain.plans import compile_plan
from interviews.domain.rubrics import freeze_rubric
from interviews.domain.statuses import move
from interviews.enums import (
    OPEN_STATUSES,
    RESUMABLE,
    CommandName,
    CommandStatus,
    EndReason,
    InvitationStatus,
    Mode,
    SessionStatus,
    TransitionError,
    WebhookEventType,
)
from interviews.models import Invitation, Session

#: A bot that was launched but never met its candidate is given up after this.
JOIN_LIMIT = timedelta(seconds=120)
#: What became of commands that the bot did not live to answer, beside the contract's problems.
SESSION_ENDED = "ended"


class OutOfRetries(Exception):
    """The candidate has left and come back as often as this interview allows."""


def active_session(*, invitation: Invitation) -> Session | None:
    return invitation.sessions.exclude(status=SessionStatus.ENDED).first()


def latest_session(*, invitation: Invitation) -> Session | None:
    return invitation.sessions.order_by("-number").first()


def lock_session(*, session_id: UUID) -> Session | None:
    """The session, locked until the transaction ends, and its invitation before it; None when there is none.

    Whoever writes to both begins here, or with the invitation: two that lock them in opposite orders wait for each
    other for ever. Rows that point to them can still be written.
    """
    invitation = Session.objects.filter(pk=session_id).values("invitation")
    if not Invitation.objects.select_for_update(no_key=True).filter(pk__in=invitation).first():
        return None
    return Session.objects.select_for_update(no_key=True).filter(pk=session_id).first()


def request_session(*, invitation: Invitation, mode: Mode, record: bool = False) -> Session:
    """The invitation's running session, or a new one whose launch starts on commit. Pressed twice, it is one.

    `record` asks for it to be recorded, which happens only with the candidate's consent. Raises OutOfRetries, PlanError
    for an interview without questions, and limits.OutOfMinutes for a first start when the company's month is used up.
    The caller has checked that the invitation is open and that the candidate has agreed.
    """
    try:
        with transaction.atomic():
            locked = (
                Invitation.objects.select_for_update(of=("self",), no_key=True)
                .select_related("interview", "candidate", "tenant", "version")
                .get(pk=invitation.pk)
            )
            if running := active_session(invitation=locked):
                if running.record and not record:
                    stop_recording(session=running)
                return running
            locked.sessions.filter(retries.just_broken()).update(end_reason=EndReason.REJOINED)
            if retries.retries_left(invitation=locked) < 0:
                raise OutOfRetries(
                    _("This interview cannot be started again. Please write to the person who invited you.")
                )
            pin_version(invitation=locked)
            if not locked.sessions.exists():
                limits.check_minutes(tenant=locked.tenant)
            number = (locked.sessions.aggregate(last=Max("number"))["last"] or 0) + 1
            session = Session.objects.create(
                invitation=locked,
                number=number,
                mode=mode,
                record=record and locked.recording_consented_at is not None,
                plan=compile_plan(invitation=locked).model_dump(mode="json"),
                rubric=freeze_rubric(interview=locked.offered),
                version=locked.version,
            )
            notices.session_changed(session)
            queue.enqueue("launch_session", session.tenant_id, session.pk)
            return session
    except IntegrityError:
        if running := active_session(invitation=invitation):
            return running
        raise


def pin_version(*, invitation: Invitation) -> None:
    """From its first start on, an invitation stays with the version published then. A rehearsal has none."""
    if invitation.version is None and not invitation.rehearsal:
        invitation.version = invitation.interview.versions.first()
        Invitation.objects.filter(pk=invitation.pk).update(version=invitation.version)


def stop_recording(*, session: Session) -> None:
    """The candidate wants no more of it: from now on no audio of this session is taken."""
    Session.objects.filter(pk=session.pk).update(record=False)
    session.refresh_from_db()


def take_over(*, session: Session) -> bool:
    """End a running session because its candidate is here without it: the connection broke, or the page is a new one.

    That is not leaving, and costs no retry. A bot that has missed a heartbeat is the one that was lost.
    """
    missed = timedelta(seconds=1.5 * HEARTBEAT_SECONDS)
    silent = session.heartbeat_at is not None and timezone.now() - session.heartbeat_at > missed
    return end_session(session=session, reason=EndReason.BOT_LOST if silent else EndReason.REJOINED)


def end_session(*, session: Session, reason: EndReason) -> bool:
    """End a session, free its slot and call its bot away. False when it had ended already.

    Broken off more often than the candidate may, the invitation ends with it. Once the hiring team has asked for the
    end, it is the end, even if the bot was lost on the way there.
    """
    with transaction.atomic():
        lock_session(session_id=session.pk)
        cut_short = reason in RESUMABLE and session.commands.filter(name=CommandName.END).exists()
        if cut_short:
            reason = EndReason.ENDED_BY_STAFF
        this = Session.objects.filter(pk=session.pk)
        if not move(this, to=SessionStatus.ENDED, end_reason=reason, ended_at=timezone.now()):
            return False
        session.commands.filter(status=CommandStatus.PENDING).update(
            status=CommandStatus.FAILED, problem=SESSION_ENDED, handled_at=timezone.now()
        )
        slots.release_slot(session_id=session.pk)
        session.refresh_from_db()
        figures.record_figures(session=session)
        limits.tell_when_used_up(tenant=session.tenant)
        if cut_short:
            results.begin_processing(session=session)
        outbox.tell_of_invitation(
            WebhookEventType.SESSION_ENDED,
            invitation_id=session.invitation_id,
            session=f"ses_{session.pk.hex}",
            end_reason=reason.value,
        )
        notices.session_changed(session)
        notices.send(notices.relay_group(session.pk), {"type": "session.ended"})
        retries.fail_when_used_up(invitation_id=session.invitation_id)
    return True


def go_live(*, session: Session) -> None:
    """The bot has begun. The invitation is in progress from here on. Raises TransitionError."""
    news: WebhookEventType | None = None
    if session.status != SessionStatus.LIVE:
        before = Session.objects.filter(invitation_id=session.invitation_id, started_at__isnull=False).exists()
        news = WebhookEventType.SESSION_RESUMED if before else WebhookEventType.SESSION_STARTED
        this = Session.objects.filter(pk=session.pk)
        if not move(this, to=SessionStatus.LIVE, started_at=timezone.now(), end_reason="", ended_at=None):
            raise TransitionError(SessionStatus(session.status), SessionStatus.LIVE)
    invited = Invitation.objects.filter(pk=session.invitation_id, status__in=OPEN_STATUSES)
    move(invited, to=InvitationStatus.IN_PROGRESS)
    if news:
        outbox.tell_of_invitation(news, invitation_id=session.invitation_id, session=f"ses_{session.pk.hex}")
    session.refresh_from_db()
    notices.session_changed(session)


def is_overdue(session: Session) -> EndReason | None:
    """Why a running session should be closed, if it should: no heartbeat, or nobody came."""
    now = timezone.now()
    if session.heartbeat_at is not None:
        silent = now - session.heartbeat_at > timedelta(seconds=settings.SESSION_LEASE_SECONDS)
        return EndReason.BOT_LOST if silent else None
    if session.status == SessionStatus.WAITING and session.launched_at and now - session.launched_at > JOIN_LIMIT:
        return EndReason.NEVER_JOINED
    return None


def reap_session(*, session_id: UUID) -> EndReason | None:
    """Close this session if its lease has run out. The row is locked, so a heartbeat just in wins."""
    with transaction.atomic():
        session = lock_session(session_id=session_id)
        if session is None or session.status == SessionStatus.ENDED:
            return None
        reason = is_overdue(session)
        if reason is not None:
            end_session(session=session, reason=reason)
        return reason
