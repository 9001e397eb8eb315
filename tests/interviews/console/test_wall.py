"""The wall's tiles (frontend/src/live/tiles.ts): a stale list and the news since then are a fresh list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from botrunner.contract import CommandHandled, InterviewPaused, InterviewResumed, RelayFrame, Role, TurnAdded
from interviews.console.snapshot import list_running
from interviews.domain import commands, notices, relay
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import BEGUN, tell
from tests.interviews.console.test_live_page import numbered, replay
from tests.interviews.factories import launch_session, make_session, open_relay

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the wall of Acme is told, as it is told."""
    told: list[dict[str, Any]] = []

    def send(group: str, message: dict[str, Any]) -> None:
        if group == notices.tenant_group(acme.pk) and message["type"] == "live.news":
            told.append(json.loads(json.dumps(message["news"])))

    monkeypatch.setattr(notices, "send", send)
    return told


def tiles(tenant: Tenant) -> list[dict[str, Any]]:
    with tenant_scope(tenant):
        listed: list[dict[str, Any]] = json.loads(json.dumps(list_running()))
    return listed


def without_beats(state: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in tile.items() if name != "heartbeat_at"} for tile in state]


def test_a_stale_wall_and_the_news_since_are_a_fresh_one(
    acme: Tenant, globex: Tenant, recruiter: User, news: list[dict[str, Any]]
) -> None:
    leases = []
    for tenant in (acme, acme, globex):
        with tenant_scope(tenant):
            session = make_session()
            leases.append((session, open_relay(launch_session(session))))
    (session, lease), (_, other), (foreign_session, foreign) = leases
    begun, *story = tell(session)[:8]
    for each in (lease, other, foreign):
        relay.store_frames(lease=each, frames=[begun])
    with tenant_scope(acme):
        command = commands.give_command(session_id=session.pk, name="extend", args={"minutes": 5}, given_by=recruiter)
    long_turn = TurnAdded(role=Role.CANDIDATE, text="long " * 100, started_at=BEGUN, ended_at=BEGUN)
    done = CommandHandled(command_id=command.pk, name="extend", seconds=300)
    last = [
        frame.message for frame in numbered(InterviewPaused(reason="candidate"), done, InterviewResumed(), long_turn)
    ]
    frames = [*story]
    frames += [RelayFrame(seq=len(frames) + 2 + at, at=BEGUN, message=message) for at, message in enumerate(last)]

    looks = [(tiles(acme), len(news))]
    for frame in frames:
        relay.store_frames(lease=lease, frames=[frame])
        relay.beat(lease=other)
        relay.beat(lease=foreign)
        looks.append((tiles(acme), len(news)))

    fresh = without_beats(looks[-1][0])
    states = replay(*({"tiles": old, "news": news[have:]} for old, have in looks))
    assert [without_beats(state) for state in states] == [fresh] * len(looks)
    assert [tile["id"] for tile in fresh] == [str(session.pk), str(other.session_id)]
    assert (fresh[0]["total_limit"], fresh[0]["paused"], fresh[0]["line"]) == (
        2100,
        False,
        {"role": "candidate", "text": ("long " * 100)[:300]},
    )
    assert str(foreign_session.pk) not in {item["id"] for item in news}


def test_a_beat_keeps_the_tile_connected(acme: Tenant, news: list[dict[str, Any]]) -> None:
    with tenant_scope(acme):
        session = make_session()
        job = launch_session(session)
    lease = open_relay(job)
    before = tiles(acme)
    relay.beat(lease=lease)
    (state,) = replay({"tiles": before, "news": news})
    assert state[0]["heartbeat_at"] == news[-1]["heartbeat_at"] > before[0]["heartbeat_at"]


def test_news_of_a_session_that_is_not_on_the_wall_changes_nothing(acme: Tenant) -> None:
    with tenant_scope(acme):
        make_session()
    before = tiles(acme)
    assert replay({"tiles": before, "news": [{"id": "unknown", "paused": True}]}) == [before]
