"""The relay's side of the story: whose bot this is, what it said, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from botrunner.contract import (
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    AnswerAccepted,
    CompletionReason,
    InterviewCompleted,
    InterviewEvent,
    InterviewStarted,
    RelayFrame,
    SummaryReady,
    TurnAdded,
    interview_event,
)
from interviews.domain import figures, notices, results, slots
from interviews.domain.sessions import end_session, go_live
from interviews.enums import EndReason, SessionStatus
from interviews.models import Event, Session, TranscriptTurn
from tenants.domain import tokens
from tenants.enums import TokenKind
from tenants.scope import tenant_scope


class RelayRefused(Exception):
    """This bot is not let in, or no longer. `code` is the WebSocket close code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class RelayLease:
    """One bot's hold on one session. `last_seq` is what the bot resends from; `ended` tells it to leave."""

    tenant_id: UUID
    session_id: UUID
    instance: UUID
    last_seq: int
    ended: bool


END_REASONS = {
    CompletionReason.ALL_ANSWERED: EndReason.COMPLETED,
    CompletionReason.TIME_LIMIT: EndReason.TIME_LIMIT,
    CompletionReason.STAFF: EndReason.ENDED_BY_STAFF,
    CompletionReason.LEFT: EndReason.LEFT,
    CompletionReason.CONNECTION_LOST: EndReason.CONNECTION_LOST,
}


def open_relay(*, token: str, instance: UUID) -> RelayLease:
    """Let a bot in: the first instance to come takes the session, and it alone may come back.

    Raises RelayRefused. A bot given up for lost takes its session up again if no other has begun since.
    """
    tenant = tokens.find_tenant_by_token(kind=TokenKind.RELAY, token=token)
    if tenant is None:
        raise RelayRefused(RELAY_CLOSE_UNAUTHORIZED)
    with tenant_scope(tenant):
        session = Session.objects.select_for_update().filter(relay_digest=tokens.digest_of(token)).first()
        if session is None:
            raise RelayRefused(RELAY_CLOSE_UNAUTHORIZED)
        if session.bot_instance not in (None, instance):
            raise RelayRefused(RELAY_CLOSE_SUPERSEDED)
        Session.objects.filter(pk=session.pk).update(bot_instance=instance, heartbeat_at=timezone.now())
        revive(session=session)
        return RelayLease(
            tenant_id=tenant.pk,
            session_id=session.pk,
            instance=instance,
            last_seq=session.last_seq,
            ended=session.status == SessionStatus.ENDED,
        )


def revive(*, session: Session) -> None:
    """Undo a reaper that was too quick, as after an outage of the web server, while nobody took the bot's place."""
    if session.status != SessionStatus.ENDED or session.end_reason != EndReason.BOT_LOST:
        return
    if session.invitation.sessions.filter(number__gt=session.number).exists():
        return
    go_live(session=session)
    slots.take_slot(session_id=session.pk)


def store_frames(*, lease: RelayLease, frames: Sequence[RelayFrame]) -> int:
    """Commit numbered frames in order and return the last number now committed, which may be acknowledged.

    Frames already stored are passed over; after a gap nothing is taken, so the bot resends. Raises RelayRefused
    when another bot holds the session.
    """
    with tenant_scope(lease.tenant_id):
        session = Session.objects.select_for_update().get(pk=lease.session_id)
        if session.bot_instance != lease.instance:
            raise RelayRefused(RELAY_CLOSE_SUPERSEDED)
        last_seq = session.last_seq
        for frame in frames:
            if frame.seq is None or frame.message is None or frame.seq <= last_seq:
                continue
            if frame.seq != last_seq + 1:
                break
            store_frame(session=session, seq=frame.seq, frame=frame)
            last_seq = frame.seq
        if last_seq > session.last_seq and session.status == SessionStatus.ENDED:
            figures.record_figures(session=session)  # a bot measures its goodbye too
        Session.objects.filter(pk=session.pk).update(last_seq=last_seq, heartbeat_at=timezone.now())
        return last_seq


def beat(*, lease: RelayLease) -> None:
    """Renew the lease. Raises RelayRefused when another bot holds the session."""
    with tenant_scope(lease.tenant_id):
        held = Session.objects.filter(pk=lease.session_id, bot_instance=lease.instance)
        if not held.update(heartbeat_at=timezone.now()):
            raise RelayRefused(RELAY_CLOSE_SUPERSEDED)


def store_frame(*, session: Session, seq: int, frame: RelayFrame) -> None:
    """Keep one message, and what follows from it where it is an interview event."""
    message = frame.message or {}
    data = message.get("data")
    event = read_event(data) if message.get("type") == "server-message" else None
    Event.objects.create(
        session=session,
        seq=seq,
        at=frame.at,
        type=str(message.get("type", ""))[:40],
        name=event.type if event else "",
        message=message,
    )
    notices.send(
        notices.session_group(session.pk),
        {
            "type": "live.frame",
            "frame": {"seq": seq, "at": frame.at.isoformat(), "message": message},
        },
    )
    match event:
        case InterviewStarted():
            go_live(session=session)
        case TurnAdded():
            add_turn(session=session, seq=seq, turn=event)
        case AnswerAccepted():
            results.record_answer(session=session, answer=event)
        case SummaryReady():
            results.record_summary(session=session, summary=event)
        case InterviewCompleted():
            complete(session=session, reason=event.reason)


def read_event(data: object) -> InterviewEvent | None:
    """The interview event in a server-message's data, or None for a message of some other kind."""
    try:
        return interview_event.validate_python(data)
    except ValidationError:
        return None


def add_turn(*, session: Session, seq: int, turn: TurnAdded) -> None:
    TranscriptTurn.objects.create(
        session=session,
        seq=seq,
        role=turn.role,
        text=turn.text,
        modality=turn.modality,
        question_id=turn.question_id,
        interrupted=turn.interrupted,
        started_at=turn.started_at,
        ended_at=turn.ended_at,
    )


def complete(*, session: Session, reason: CompletionReason) -> None:
    """The bot's last word. A final reason sends the invitation on to processing, unless we had ended it before."""
    with transaction.atomic():
        ended = end_session(session=session, reason=END_REASONS[reason])
        if ended and reason not in (CompletionReason.LEFT, CompletionReason.CONNECTION_LOST):
            results.begin_processing(session=session)
