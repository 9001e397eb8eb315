"""What the live pages read."""

from __future__ import annotations

import json

from django.test import Client
from django.urls import reverse

from interviews.console.snapshot import read_snapshot
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import BEGUN, Story, tell
from tests.interviews.factories import make_session


def test_the_snapshot_of_an_ended_session(acme: Tenant, story: Story) -> None:
    session = story.session
    with tenant_scope(acme):
        snapshot = json.loads(json.dumps(read_snapshot(session=session)))
    assert snapshot.keys() == {"now", "last_seq", "session", "turns", "events", "commands"}
    assert snapshot["session"] == {
        "id": str(session.pk),
        "status": "ended",
        "status_label": "Ended",
        "end_reason": "completed",
        "end_reason_label": "Completed",
        "mode": "voice",
        "requested_at": session.requested_at.isoformat(),
        "started_at": session.started_at.isoformat() if session.started_at else None,
        "ended_at": session.ended_at.isoformat() if session.ended_at else None,
        "heartbeat_at": session.heartbeat_at.isoformat() if session.heartbeat_at else None,
        "lease_seconds": 25,
    }
    frames = tell(session)
    first = session.plan["questions"][0]
    assert snapshot["last_seq"] == len(frames)
    assert snapshot["turns"][0] == {
        "seq": 3,
        "role": "bot",
        "text": first["text"],
        "modality": "voice",
        "interrupted": False,
        "question_id": first["id"],
        "started_at": BEGUN.isoformat(),
        "ended_at": BEGUN.replace(second=2).isoformat(),
    }
    turns = {turn["seq"] for turn in snapshot["turns"]}
    expected = [frame for frame in frames if frame.seq not in turns]
    assert snapshot["events"] == [
        {"seq": frame.seq, "at": frame.at.isoformat(), "message": frame.message} for frame in expected
    ]


def test_the_list_shows_what_runs(acme: Tenant, story: Story, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        running = make_session()
    assert by_recruiter.get(reverse("live:list-data")).json()["sessions"] == [
        {
            "id": str(running.pk),
            "url": reverse("live:session", args=[running.pk]),
            "language": "en",
            "candidate": running.invitation.candidate.name,
            "interview": running.invitation.interview.title,
            "interviewer": running.plan["persona"]["interviewer"],
            "status": "queued",
            "status_label": "Waiting for a free interviewer",
            "question": None,
            "paused": False,
            "line": None,
            "total_limit": 1800.0,
            "since": running.requested_at.isoformat(),
            "heartbeat_at": None,
        }
    ]


def test_another_companys_story_changes_nothing(globex: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(globex):
        make_session()
    assert by_recruiter.get(reverse("live:list-data")).json()["sessions"] == []
