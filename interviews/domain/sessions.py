"""Sessions: asking for one, its lease, and its end."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from interviews.domain import figures, notices, queue, slots
from interviews.domain.plans import compile_plan
from interviews.enums import COUNTS_AS_RETRY, EndReason, InvitationStatus, Mode, SessionStatus, check_transition
from interviews.models import Invitation, Session

#: A bot that was launched but never met its candidate is given up after this.
JOIN_LIMIT = timedelta(seconds=120)


class OutOfRetries(Exception):
    """The candidate has left and come back as often as this interview allows."""


def active_session(*, invitation: Invitation) -> Session | None:
    return invitation.sessions.exclude(status=SessionStatus.ENDED).first()


def latest_session(*, invitation: Invitation) -> Session | None:
    return invitation.sessions.order_by("-number").first()


def request_session(*, invitation: Invitation, mode: Mode, record: bool = False) -> Session:
    """The invitation's running session, or a new one whose launch starts on commit. Pressed twice, it is one.

    `record` asks for it to be recorded, which happens only with the candidate's consent. Raises OutOfRetries, and
    PlanError for an interview without questions. The caller has checked that the
    invitation is open and that the candidate has agreed.
    """
    try:
        with transaction.atomic():
            locked = (
                Invitation.objects.select_for_update(of=("self",))
                .select_related("interview", "candidate", "tenant")
                .get(pk=invitation.pk)
            )
            if running := active_session(invitation=locked):
                if running.record and not record:
                    stop_recording(session=running)
                return running
            if retries_left(invitation=locked) < 0:
                raise OutOfRetries(
                    _("This interview cannot be started again. Please write to the person who invited you.")
                )
            number = (locked.sessions.aggregate(last=Max("number"))["last"] or 0) + 1
            session = Session.objects.create(
                invitation=locked,
                number=number,
                mode=mode,
                record=record and locked.recording_consented_at is not None,
                plan=compile_plan(invitation=locked).model_dump(mode="json"),
            )
            notices.session_changed(session)
            queue.enqueue("launch_session", session.tenant_id, session.pk)
            return session
    except IntegrityError:
        if running := active_session(invitation=invitation):
            return running
        raise


def stop_recording(*, session: Session) -> None:
    """The candidate wants no more of it: from now on no audio of this session is taken."""
    Session.objects.filter(pk=session.pk).update(record=False)
    session.refresh_from_db()


def retries_left(*, invitation: Invitation) -> int:
    """How often the candidate may still come back; below 0 there is no further start."""
    used = invitation.sessions.filter(end_reason__in=COUNTS_AS_RETRY).count()
    return invitation.interview.retries + invitation.extra_retries - used


def end_session(*, session: Session, reason: EndReason) -> bool:
    """End a session, free its slot and call its bot away. False when it had ended already."""
    with transaction.atomic():
        ended = (
            Session.objects.filter(pk=session.pk)
            .exclude(status=SessionStatus.ENDED)
            .update(status=SessionStatus.ENDED, end_reason=reason, ended_at=timezone.now())
        )
        if not ended:
            return False
        slots.release_slot(session_id=session.pk)
        session.refresh_from_db()
        figures.record_figures(session=session)
        notices.session_changed(session)
        notices.send(notices.relay_group(session.pk), {"type": "session.ended"})
    return True


def go_live(*, session: Session) -> None:
    """The bot has begun. The invitation is in progress from here on."""
    if session.status != SessionStatus.LIVE:
        check_transition(SessionStatus(session.status), SessionStatus.LIVE)
        Session.objects.filter(pk=session.pk).update(
            status=SessionStatus.LIVE, started_at=timezone.now(), end_reason="", ended_at=None
        )
    started = Invitation.objects.filter(
        pk=session.invitation_id,
        status__in=[InvitationStatus.CREATED, InvitationStatus.INVITED, InvitationStatus.FAILED],
    )
    started.update(status=InvitationStatus.IN_PROGRESS)
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
        session = Session.objects.select_for_update().exclude(status=SessionStatus.ENDED).filter(pk=session_id).first()
        if session is None:
            return None
        reason = is_overdue(session)
        if reason is not None:
            end_session(session=session, reason=reason)
        return reason
