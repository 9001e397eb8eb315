"""The relay's side of the story: whose bot this is, what it said, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from botrunner.contract import (
    GOES_ON,
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    AnswerAccepted,
    CommandHandled,
    CompletionReason,
    InterviewCompleted,
    InterviewEvent,
    InterviewPaused,
    InterviewResumed,
    InterviewStarted,
    QuestionStarted,
    RelayFrame,
    SummaryReady,
    TurnAdded,
    interview_event,
)
from interviews.domain import commands, figures, notices, results, slots
from interviews.domain.sessions import end_session, go_live, lock_session
from interviews.enums import OPEN_STATUSES, EndReason, SessionStatus
from interviews.models import Event, Session, TranscriptTurn
from tenants.domain import tokens
from tenants.enums import TokenKind
from tenants.scope import tenant_scope

#: A bot that was cut off from us, and ended for us, may bring what was said this long afterwards: the longest
#: interview, and an outage. Then its token is worth nothing any more.
LATE_LIMIT = timedelta(hours=6)
#: Characters of the last words said that a tile of the wall has room for.
LINE_LENGTH = 300


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
    CompletionReason.FAILED: EndReason.BOT_LOST,
}


def open_relay(*, token: str, instance: UUID) -> RelayLease:
    """Let a bot in: the first instance to come takes the session, and it alone may come back.

    Raises RelayRefused. A bot given up for lost takes its session up again if it can (`revive`).
    """
    tenant = tokens.find_tenant_by_token(kind=TokenKind.RELAY, token=token)
    if tenant is None:
        raise RelayRefused(RELAY_CLOSE_UNAUTHORIZED)
    with tenant_scope(tenant):
        digest = tokens.digest_of(token)
        found = Session.objects.filter(relay_digest=digest).values_list("pk", flat=True).first()
        session = lock_session(session_id=found) if found else None
        if session is None or session.relay_digest != digest:
            raise RelayRefused(RELAY_CLOSE_UNAUTHORIZED)
        if session.ended_at is not None and session.ended_at < timezone.now() - LATE_LIMIT:
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
    """Undo a reaper that was too quick, as after an outage of the web server. With the session locked.

    Only while nobody took the bot's place, in the interview or on the runners, and the invitation is still open.
    """
    if session.status != SessionStatus.ENDED or session.end_reason != EndReason.BOT_LOST:
        return
    if session.invitation.status not in OPEN_STATUSES:
        return
    if session.invitation.sessions.filter(number__gt=session.number).exists():
        return
    others = [url for url in settings.BOT_RUNNER_URLS if url != session.runner_url]
    if slots.take_slot(session_id=session.pk, avoid=others):
        go_live(session=session)


def store_frames(*, lease: RelayLease, frames: Sequence[RelayFrame]) -> int:
    """Commit numbered frames in order and return the last number now committed, which may be acknowledged.

    Frames already stored are passed over; after a gap nothing is taken, so the bot resends. Raises RelayRefused
    when another bot holds the session.
    """
    with tenant_scope(lease.tenant_id):
        session = lock_session(session_id=lease.session_id)
        if session is None or session.bot_instance != lease.instance:
            raise RelayRefused(RELAY_CLOSE_SUPERSEDED)
        last_seq = session.last_seq
        news: dict[str, Any] = {}
        for frame in frames:
            if frame.seq is None or frame.message is None or frame.seq <= last_seq:
                continue
            if frame.seq != last_seq + 1:
                break
            news |= tell_wall(session=session, event=store_frame(session=session, seq=frame.seq, frame=frame))
            last_seq = frame.seq
        if last_seq > session.last_seq and session.status == SessionStatus.ENDED:
            figures.record_figures(session=session)  # a bot measures its goodbye too
        Session.objects.filter(pk=session.pk).update(last_seq=last_seq, heartbeat_at=timezone.now())
        notices.session_news(tenant_id=session.tenant_id, session_id=session.pk, **news)
        return last_seq


def beat(*, lease: RelayLease) -> None:
    """Renew the lease. Raises RelayRefused when another bot holds the session."""
    with tenant_scope(lease.tenant_id):
        held = Session.objects.filter(pk=lease.session_id, bot_instance=lease.instance)
        if not held.update(heartbeat_at=timezone.now()):
            raise RelayRefused(RELAY_CLOSE_SUPERSEDED)
        notices.session_news(tenant_id=lease.tenant_id, session_id=lease.session_id)


def tell_wall(*, session: Session, event: InterviewEvent | None) -> dict[str, Any]:
    """What an event, already stored, changes on the session's tile."""
    match event:
        case QuestionStarted():
            return {"question": {"index": event.index, "count": event.count}}
        case TurnAdded():
            return {"line": {"role": event.role, "text": event.text[:LINE_LENGTH]}}
        case InterviewPaused() | InterviewResumed():
            return {"paused": isinstance(event, InterviewPaused)}
        case CommandHandled(name="extend"):
            granted = commands.granted_seconds(session.commands.all())
            return {"total_limit": session.plan["total_limit"] + granted}
    return {}


def store_frame(*, session: Session, seq: int, frame: RelayFrame) -> InterviewEvent | None:
    """Keep one message, and what follows from it where it is an interview event. Returns this event."""
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
        case InterviewStarted() if session.status != SessionStatus.ENDED:
            go_live(session=session)
        case TurnAdded():
            add_turn(session=session, seq=seq, turn=event)
        case AnswerAccepted():
            results.record_answer(session=session, answer=event)
        case SummaryReady():
            results.record_summary(session=session, summary=event)
        case CommandHandled():
            commands.record_handled(session=session, handled=event, at=frame.at)
        case InterviewCompleted():
            complete(session=session, reason=event.reason)
    return event


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
        if ended and reason not in GOES_ON:
            results.begin_processing(session=session)
