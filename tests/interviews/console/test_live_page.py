"""The live page's state (frontend/src/live/state.ts): a stale snapshot and the frames since then are a fresh one."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from botrunner.contract import (
    AnswerAccepted,
    CommandHandled,
    CommandProblem,
    FollowUpAsked,
    InterviewPaused,
    InterviewResumed,
    InterviewStarted,
    Modality,
    QuestionStarted,
    RelayFrame,
    Role,
    TimeSpent,
    TimeWarning,
    TurnAdded,
    rtvi_server_message,
)
from interviews.console.snapshot import read_snapshot
from interviews.domain import commands, relay
from interviews.models import Session, SessionCommand
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import BEGUN, tell
from tests.interviews.factories import launch_session, make_session, open_relay

NODE = Path(sys.executable).with_name("node")
REPLAY = Path(__file__).with_name("replay.mjs")


def replay(*cases: dict[str, Any]) -> list[Any]:
    """What the page would show for each {snapshot, frames}; None where it would ask for a new snapshot."""
    done = subprocess.run([NODE, REPLAY], input=json.dumps(cases), capture_output=True, text=True, check=True)
    states: list[Any] = json.loads(done.stdout)
    return states


def as_pushed(frame: RelayFrame) -> dict[str, Any]:
    return {"seq": frame.seq, "at": frame.at.isoformat(), "message": frame.message}


def passing(type: str, **data: Any) -> dict[str, Any]:
    return {"seq": None, "at": BEGUN.isoformat(), "message": {"label": "rtvi-ai", "type": type, "data": data}}


def numbered(*messages: Any) -> list[RelayFrame]:
    return [
        RelayFrame(
            seq=seq,
            at=BEGUN + timedelta(seconds=10 * seq),
            message=message if isinstance(message, dict) else rtvi_server_message(message),
        )
        for seq, message in enumerate(messages, start=1)
    ]


def spent(question_id: str, *, left: float) -> TimeSpent:
    return TimeSpent(
        elapsed=1800 - 1320 - left, interview_left=1320 + left, question_id=UUID(question_id), question_left=left
    )


def troubled(session: Session) -> list[RelayFrame]:
    """Pauses, a follow-up, a warning, an interruption, an error: whatever a short smooth interview lacks."""
    question = session.plan["questions"][0]
    times = {"started_at": BEGUN, "ended_at": BEGUN}
    return numbered(
        {"label": "rtvi-ai", "type": "bot-ready", "data": {"version": "2.0.0"}},
        InterviewStarted(question_count=2, total_limit=1800, elapsed=300, resumed=True),
        QuestionStarted(question_id=question["id"], index=1, count=2, text=question["text"], time_limit=180),
        TurnAdded(role=Role.BOT, text="What is", interrupted=True, **times),
        {"label": "rtvi-ai", "type": "user-transcription", "data": {"text": "Sorry,", "final": True}},
        {"label": "rtvi-ai", "type": "user-transcription", "data": {"text": "go on.", "final": True}},
        spent(question["id"], left=150),
        InterviewPaused(reason="connection"),
        spent(question["id"], left=170),  # as after an extension
        InterviewResumed(),
        TurnAdded(role=Role.CANDIDATE, text="Sorry, go on.", modality=Modality.MIXED, **times),
        FollowUpAsked(question_id=question["id"], number=1, text="And then?"),
        {"label": "rtvi-ai", "type": "error", "data": {"error": "the voice is slow", "fatal": False}},
        TimeWarning(scope="question", question_id=question["id"], seconds_left=36),
        AnswerAccepted(question_id=question["id"], text="Sorry,", modality=Modality.VOICE, reason="complete", **times),
        AnswerAccepted(
            question_id=question["id"], text="Sorry, go on.", modality=Modality.MIXED, reason="complete", **times
        ),
        {"label": "rtvi-ai", "type": "user-transcription", "data": {"text": "Then I left.", "final": True}},
    )


def as_fetched(session: Session) -> Any:
    return json.loads(json.dumps(read_snapshot(session=Session.objects.get(pk=session.pk))))


@pytest.mark.parametrize("story", [tell, troubled])
def test_a_stale_snapshot_and_the_frames_since_are_a_fresh_one(acme: Tenant, story: Any) -> None:
    with tenant_scope(acme):
        session = make_session()
        job = launch_session(session)
    lease = open_relay(job)
    frames = story(session)
    snapshots = []
    for frame in [None, *frames]:
        if frame is not None:
            relay.store_frames(lease=lease, frames=[frame])
        with tenant_scope(acme):
            snapshots.append(as_fetched(session))

    pushed = [as_pushed(frame) for frame in frames]
    # Each stale page also meets frames it has already, as after a reconnect.
    stale = [{"snapshot": old, "frames": pushed[max(0, have - 2) :]} for have, old in enumerate(snapshots)]
    fresh = replay({"snapshot": snapshots[-1], "frames": []})[0]["record"]
    assert [state["record"] for state in replay(*stale)] == [fresh] * len(stale)


def test_commands_replay_too(acme: Tenant, recruiter: User) -> None:
    """Given, done, failed, told twice and out of order: the page comes to what it would fetch."""
    with tenant_scope(acme):
        session = make_session()
        job = launch_session(session)
    lease = open_relay(job)
    frames = tell(session)[:2]
    relay.store_frames(lease=lease, frames=frames)
    rows, pushed, snapshots = [], [as_pushed(frame) for frame in frames], []

    def look() -> None:
        with tenant_scope(acme):
            snapshots.append((as_fetched(session), len(pushed)))

    def push(row: SessionCommand) -> None:
        with tenant_scope(acme):
            pushed.append(commands.describe_command(SessionCommand.objects.get(pk=row.pk)))
        look()

    look()
    for name, args in (("extend", {"minutes": 5}), ("say", {"text": "Hello."})):
        with tenant_scope(acme):
            rows.append(commands.give_command(session_id=session.pk, name=name, args=args, given_by=recruiter))
        push(rows[-1])
    answers = [
        CommandHandled(command_id=rows[0].pk, name="extend", seconds=300, question_left=400, interview_left=2000),
        CommandHandled(command_id=rows[1].pk, name="say", problem=CommandProblem.CLOSING),
    ]
    for row, answer in zip(rows, answers, strict=True):
        frame = RelayFrame(seq=len(frames) + 1, at=BEGUN + timedelta(minutes=1), message=rtvi_server_message(answer))
        frames.append(frame)
        relay.store_frames(lease=lease, frames=[frame])
        pushed.append(as_pushed(frame))
        push(row)

    stale = [{"snapshot": old, "frames": pushed[max(0, have - 2) :]} for old, have in snapshots]
    late = [{"snapshot": snapshots[0][0], "frames": [*pushed, *pushed]}]
    (fresh,) = replay({"snapshot": snapshots[-1][0], "frames": []})
    states = replay(*stale, *late)
    expected = (fresh["record"], fresh["commands"])
    assert [(state["record"], state["commands"]) for state in states] == [expected] * len(states)
    assert [(row["status"], row["problem"]) for row in fresh["commands"]] == [("done", ""), ("failed", "closing")]
    assert fresh["record"]["totalDeadline"]["limit"] == 1800 + 300


@pytest.fixture
def empty(acme: Tenant) -> dict[str, Any]:
    with tenant_scope(acme):
        return read_snapshot(session=make_session())


def test_the_record_of_a_troubled_interview(acme: Tenant, empty: dict[str, Any]) -> None:
    with tenant_scope(acme):
        session = Session.objects.get()
        frames = troubled(session)
    (state,) = replay({"snapshot": empty, "frames": [as_pushed(frame) for frame in frames]})
    record = state["record"]
    shown = {name: record[name] for name in ("lastSeq", "heard", "begun", "resumed", "paused", "answered", "errors")}
    assert shown == {
        "lastSeq": 17,
        "heard": "Then I left.",
        "begun": True,
        "resumed": True,
        "paused": False,
        "answered": [session.plan["questions"][0]["id"]],
        "errors": 1,
    }
    begun = BEGUN.timestamp() * 1000
    # 1,490 s were left in the pause, from which it went on after 100 s.
    assert record["totalDeadline"] == {"limit": 1800, "at": begun + 100_000 + 1_490_000, "leftWhenPaused": None}
    assert record["questionDeadline"] == {"limit": 180, "at": begun + 140_000 + 36_000, "leftWhenPaused": None}
    assert record["question"]["followUps"] == 1
    assert [entry["name"] for entry in record["log"]] == [
        "bot-ready",
        "interview.started",
        "question.started",
        "interview.paused",
        "interview.resumed",
        "follow_up.asked",
        "error",
        "time.warning",
        "answer.accepted",
        "answer.accepted",
    ]


def test_a_gap_asks_for_a_snapshot(acme: Tenant, empty: dict[str, Any]) -> None:
    with tenant_scope(acme):
        first, _, third, *_ = troubled(Session.objects.get())
    assert replay({"snapshot": empty, "frames": [as_pushed(first), as_pushed(third)]}) == [None]


def test_what_is_being_said_is_provisional(empty: dict[str, Any]) -> None:
    times = {"started_at": BEGUN, "ended_at": BEGUN}
    speaking = [
        passing("user-started-speaking"),
        passing("user-transcription", text="I wor", final=False),
        passing("user-transcription", text="I worked", final=False),
    ]
    replying = [
        passing("user-stopped-speaking"),
        passing("bot-started-speaking"),
        passing("bot-output", text="And", segment_id=1, will_be_spoken=True),
        passing("bot-output", text="And then?", segment_id=1, will_be_spoken=True),
        passing("bot-output", text="(not for the ear)", segment_id=2, will_be_spoken=False),
    ]
    said = [as_pushed(frame) for frame in numbered(TurnAdded(role=Role.BOT, text="And then?", **times))]
    states = replay(
        {"snapshot": empty, "frames": speaking},
        {"snapshot": empty, "frames": speaking + replying},
        {"snapshot": empty, "frames": speaking + replying + said},
    )
    assert [state["moment"] for state in states] == [
        {"activity": "hearing", "interim": "I worked", "saying": []},
        {"activity": "speaking", "interim": "I worked", "saying": [{"id": 1, "text": "And then?"}]},
        {"activity": "speaking", "interim": "I worked", "saying": []},
    ]
    assert [state["record"]["lastSeq"] for state in states] == [0, 0, 1]


def test_a_heartbeat_is_heard(empty: dict[str, Any]) -> None:
    beat = {"seq": None, "at": BEGUN.isoformat(), "message": None}
    (state,) = replay({"snapshot": empty, "frames": [beat]})
    assert state["session"]["heartbeat_at"] == BEGUN.isoformat()
