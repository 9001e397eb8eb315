"""CandidateState: everything the candidate's page knows, read fresh from the database each time."""

from typing import Any

from django.urls import reverse

from interviews.candidate.texts import describe_session
from interviews.domain import plans, sessions
from interviews.domain.commands import granted_seconds
from interviews.domain.retries import retries_left
from interviews.enums import OPEN_STATUSES, RESUMABLE, EndReason, InvitationStatus, SessionStatus
from interviews.models import Answer, Event, Invitation, Result, Session, SessionCommand, TranscriptTurn

#: The page may connect from here on.
CONNECTABLE = (SessionStatus.WAITING, SessionStatus.LIVE)


def build_state(*, invitation: Invitation, token: str) -> dict[str, Any]:
    """The JSON of the candidate's page; its shape is `CandidateState` in frontend/src/candidate/types.ts."""
    session = sessions.latest_session(invitation=invitation)
    return {
        "invitation": {
            "status": shown_status(invitation=invitation, session=session),
            "expires_at": invitation.expires_at.isoformat(),
        },
        "session": build_session(session=session, token=token) if session else None,
        "progress": build_progress(invitation=invitation, session=session),
        "result": build_result(invitation=invitation),
    }


def shown_status(*, invitation: Invitation, session: Session | None) -> str:
    """The status, with an invitation past its deadline expired even before the sweep has said so."""
    running = session is not None and session.status != SessionStatus.ENDED
    if invitation.status in OPEN_STATUSES and invitation.is_overdue and not running:
        return InvitationStatus.EXPIRED.value
    return InvitationStatus(invitation.status).value


def can_restart(*, session: Session) -> bool:
    """Whether pressing start again goes on after this session has ended."""
    invitation = session.invitation
    return (
        session.status == SessionStatus.ENDED
        and session.end_reason in RESUMABLE
        and invitation.status in OPEN_STATUSES
        and not invitation.is_overdue
        and retries_left(invitation=invitation) >= 0
    )


def build_session(*, session: Session, token: str) -> dict[str, Any]:
    restartable = can_restart(session=session)
    return {
        "id": str(session.pk),
        "status": session.status,
        "end_reason": session.end_reason,
        "queue_position": session.queue_position if session.status == SessionStatus.QUEUED else None,
        "transport": session.transport or "webrtc",
        "connect": build_connect(session=session, token=token) if session.status in CONNECTABLE else None,
        "recorded": session.record,
        "can_restart": restartable,
        "retries_left": retries_left(invitation=session.invitation),
        "message": describe_session(session, can_restart=restartable),
    }


def build_connect(*, session: Session, token: str) -> dict[str, Any]:
    if session.transport == "daily":
        return {"room_url": session.connect["room_url"], "token": session.connect["token"]}
    return {
        "offer_url": reverse("candidate:offer", args=[token, session.pk]),
        "ice_servers": session.connect.get("ice_servers", []),
    }


def build_progress(*, invitation: Invitation, session: Session | None) -> dict[str, Any]:
    """Where the interview stands: the question asked last and its follow-up, or the next one when its answer is in."""
    interview = invitation.offered
    questions = session.plan["questions"] if session else []
    asked = (
        Event.objects.filter(session__invitation=invitation, name="question.started")
        .order_by("-session__number", "-seq")
        .first()
    )
    index, question, started_at, time_limit, question_left = 0, None, None, 0.0, 0.0
    spent = plans.read_clocks(invitation=invitation)
    if asked is not None:
        question_data = asked.message["data"]
        index, started_at, time_limit = question_data["index"], asked.at.isoformat(), question_data["time_limit"]
        required = question_data.get("required", True)
        time_limit += granted_seconds(SessionCommand.objects.filter(session=asked.session_id, handled_at__gte=asked.at))
        question = {"id": question_data["question_id"], "text": question_data["text"], "required": required}
        told = spent is not None and str(spent.question_id) == question["id"]
        question_left = spent.question_left if spent and told else time_limit
        answered = Answer.objects.filter(invitation=invitation, question_id=question["id"]).exists()
        if answered and index < len(questions):
            upcoming = questions[index]
            index, started_at, time_limit = index + 1, None, upcoming["time_limit"]
            question_left = time_limit
            question = {key: upcoming[key] for key in ("id", "text", "required")}
    follow_up = (
        Event.objects.filter(session_id=asked.session_id, name="follow_up.asked", seq__gt=asked.seq)
        .order_by("-seq")
        .values_list("message__data__text", flat=True)
        .first()
        if asked is not None and started_at
        else None
    )
    turns = TranscriptTurn.objects.filter(session__invitation=invitation).order_by("session__number", "seq")
    total_limit = interview.total_limit * invitation.extra_time
    if session is not None:
        total_limit = session.plan["total_limit"] + granted_seconds(session.commands.all())
    return {
        "index": index,
        "count": len(questions) or len(interview.asked_questions()),
        "question": question,
        "follow_up": follow_up,
        "time_limit": time_limit,
        "question_left": question_left,
        "elapsed": spent.elapsed if spent else 0.0,
        "total_limit": total_limit,
        "turns": [{"role": turn.role, "text": turn.text, "at": turn.started_at.isoformat()} for turn in turns],
    }


def build_result(*, invitation: Invitation) -> dict[str, Any] | None:
    result = Result.objects.filter(invitation=invitation).first()
    return {"summary": result.summary, "points": result.points} if result and result.summary else None


def is_finished(*, invitation: Invitation, session: Session | None) -> bool:
    """Whether there is nothing left for the candidate to do, whatever still has to be worked out."""
    over = invitation.status in (InvitationStatus.PROCESSING, InvitationStatus.COMPLETED)
    return over or (session is not None and session.end_reason == EndReason.ENDED_BY_STAFF)
