"""A page that has missed the bot's first 60 messages, as its data channel opened late, finds all of it in its state."""

from django.utils import timezone

from botrunner.contract import (
    FollowUpAsked,
    InterviewEvent,
    InterviewStarted,
    Modality,
    QuestionStarted,
    Role,
    TurnAdded,
)
from interviews.candidate.state import build_state
from interviews.domain import relay
from tenants.models import Tenant
from tests.interviews.factories import frame, launch_session, make_session, open_relay


def test_everything_it_shows_is_there(in_acme: Tenant) -> None:
    session = make_session()
    planned, at = session.plan["questions"][0], timezone.now()

    def said(role: Role, text: str) -> TurnAdded:
        return TurnAdded(role=role, text=text, modality=Modality.VOICE, started_at=at, ended_at=at)

    exchange = [said(Role.BOT if number % 2 else Role.CANDIDATE, f"Turn {number}.") for number in range(1, 58)]
    missed: list[InterviewEvent] = [
        InterviewStarted(question_count=2, total_limit=1800),
        QuestionStarted(
            question_id=planned["id"], index=1, count=2, text=planned["text"], time_limit=planned["time_limit"]
        ),
        *exchange,
        FollowUpAsked(question_id=planned["id"], number=1, text="Which of them?"),
    ]
    frames = [frame(seq, event) for seq, event in enumerate(missed, start=1)]
    assert relay.store_frames(lease=open_relay(launch_session(session)), frames=frames) == 60
    session.refresh_from_db()

    progress = build_state(invitation=session.invitation, token="t")["progress"]
    assert [(turn["role"], turn["text"]) for turn in progress["turns"]] == [(t.role, t.text) for t in exchange]
    shown = {name: progress[name] for name in ("index", "count", "question", "question_left", "follow_up")}
    assert shown == {
        "index": 1,
        "count": 2,
        "question": {"id": planned["id"], "text": planned["text"], "required": True},
        "question_left": planned["time_limit"],
        "follow_up": "Which of them?",
    }
