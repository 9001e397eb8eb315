"""What the live pages read: the running sessions, and one session as it stands. frontend/src/live is the other side."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import FloatField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, JSONObject, Left
from django.urls import reverse
from django.utils import timezone

from interviews.domain.commands import describe_command
from interviews.domain.relay import LINE_LENGTH
from interviews.enums import SessionStatus
from interviews.models import Event, Session, SessionCommand, TranscriptTurn

#: Read as plain values, which takes less than models where many pages come back at once.
TURN_FIELDS = ("seq", "role", "text", "modality", "interrupted", "question_id", "started_at", "ended_at")


def moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def read_snapshot(*, session: Session) -> dict[str, Any]:
    """Everything stored of one session up to its `last_seq`.

    Turns and events share one numbering; `turn.added` events are left out, the turns say the same.
    """
    turns = session.turns.filter(seq__lte=session.last_seq).order_by("seq")
    events = session.events.filter(seq__lte=session.last_seq).exclude(name="turn.added").order_by("seq")
    return {
        "now": moment(timezone.now()),
        "last_seq": session.last_seq,
        "session": {
            "id": str(session.pk),
            "status": session.status,
            "status_label": session.get_status_display(),
            "end_reason": session.end_reason,
            "end_reason_label": session.get_end_reason_display(),
            "mode": session.mode,
            "requested_at": moment(session.requested_at),
            "started_at": moment(session.started_at),
            "ended_at": moment(session.ended_at),
            "heartbeat_at": moment(session.heartbeat_at),
            "lease_seconds": settings.SESSION_LEASE_SECONDS,
        },
        "turns": [
            turn
            | {
                "question_id": str(turn["question_id"]) if turn["question_id"] else None,
                "started_at": moment(turn["started_at"]),
                "ended_at": moment(turn["ended_at"]),
            }
            for turn in turns.values(*TURN_FIELDS)
        ],
        "commands": [describe_command(row) for row in session.commands.order_by("given_at")],
        "events": [event | {"at": moment(event["at"])} for event in events.values("seq", "at", "message")],
    }


def list_running() -> list[dict[str, Any]]:
    """The sessions that have not ended, rehearsals left out, the longest running first."""
    events = Event.objects.filter(session=OuterRef("pk")).order_by("-seq")
    turns = TranscriptTurn.objects.filter(session=OuterRef("pk")).order_by("-seq")
    grants = SessionCommand.objects.filter(session=OuterRef("pk"), name="extend", status="done").order_by()
    granted = grants.values("session").annotate(seconds=Sum(Cast(KT("args__seconds"), FloatField())))
    sessions: QuerySet[Any] = (
        Session.objects.real()
        .exclude(status=SessionStatus.ENDED)
        .select_related("invitation__candidate", "invitation__interview")
        .annotate(
            question=Subquery(events.filter(name="question.started").values("message__data")[:1]),
            turned=Subquery(events.filter(name__in=["interview.paused", "interview.resumed"]).values("name")[:1]),
            line=Subquery(turns.values(line=JSONObject(role="role", text=Left("text", LINE_LENGTH)))[:1]),
            granted=Coalesce(Subquery(granted.values("seconds")), 0.0),
        )
        .order_by("requested_at")
    )
    return [
        {
            "id": str(session.pk),
            "url": reverse("live:session", args=[session.pk]),
            "language": session.plan["language"],
            "candidate": session.invitation.candidate.name,
            "interview": session.invitation.interview.title,
            "interviewer": session.plan["persona"]["interviewer"],
            "status": session.status,
            "status_label": session.get_status_display(),
            "question": {"index": session.question["index"], "count": session.question["count"]}
            if session.question
            else None,
            "paused": session.turned == "interview.paused",
            "line": session.line,
            "total_limit": session.plan["total_limit"] + session.granted,
            "since": moment(session.started_at or session.requested_at),
            "heartbeat_at": moment(session.heartbeat_at),
        }
        for session in sessions
    ]
