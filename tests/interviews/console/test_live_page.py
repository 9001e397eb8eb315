"""The live page's state (frontend/src/live/state.ts): a stale snapshot and the frames since then are a fresh one."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from botrunner.contract import (
    FollowUpAsked,
    InterviewPaused,
    InterviewResumed,
    InterviewStarted,
    Modality,
    QuestionStarted,
    RelayFrame,
    Role,
    TimeWarning,
    TurnAdded,
    rtvi_server_message,
)
from interviews.console.snapshot import read_snapshot
from interviews.domain import relay
from interviews.models import Session
from tenants.models import Tenant
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
        InterviewPaused(reason="connection"),
        InterviewResumed(),
        TurnAdded(role=Role.CANDIDATE, text="Sorry, go on.", modality=Modality.MIXED, **times),
        FollowUpAsked(question_id=question["id"], number=1, text="And then?"),
        {"label": "rtvi-ai", "type": "error", "data": {"error": "the voice is slow", "fatal": False}},
        TimeWarning(scope="question", question_id=question["id"], seconds_left=36),
        {"label": "rtvi-ai", "type": "user-transcription", "data": {"text": "Then I left.", "final": True}},
    )


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
            snapshots.append(json.loads(json.dumps(read_snapshot(session_id=session.pk))))

    pushed = [as_pushed(frame) for frame in frames]
    # Each stale page also meets frames it has already, as after a reconnect.
    stale = [{"snapshot": old, "frames": pushed[max(0, have - 2) :]} for have, old in enumerate(snapshots)]
    fresh = replay({"snapshot": snapshots[-1], "frames": []})[0]["record"]
    assert [state["record"] for state in replay(*stale)] == [fresh] * len(stale)


@pytest.fixture
def empty(acme: Tenant) -> dict[str, Any]:
    with tenant_scope(acme):
        return read_snapshot(session_id=make_session().pk)


def test_the_record_of_a_troubled_interview(acme: Tenant, empty: dict[str, Any]) -> None:
    with tenant_scope(acme):
        frames = troubled(Session.objects.get())
    (state,) = replay({"snapshot": empty, "frames": [as_pushed(frame) for frame in frames]})
    record = state["record"]
    shown = {name: record[name] for name in ("lastSeq", "heard", "begun", "resumed", "paused", "answered", "errors")}
    assert shown == {
        "lastSeq": 13,
        "heard": "Then I left.",
        "begun": True,
        "resumed": True,
        "paused": False,
        "answered": 0,
        "errors": 1,
    }
    begun = BEGUN.timestamp() * 1000
    # 300 s were used before; 10 s passed in the pause.
    assert record["totalDeadline"] == {"limit": 1800, "at": begun + 20_000 + 1_500_000 + 10_000, "leftWhenPaused": None}
    assert record["questionDeadline"] == {"limit": 180, "at": begun + 120_000 + 36_000, "leftWhenPaused": None}
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
