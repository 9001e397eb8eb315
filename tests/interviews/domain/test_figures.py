"""What a session used is read from its events, kept when it ends, and adds up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from botrunner.contract import (
    CompletionReason,
    InterviewCompleted,
    InterviewEvent,
    InterviewStarted,
    RelayFrame,
    TurnLatency,
    rtvi_server_message,
)
from interviews.domain import figures, relay, sessions
from interviews.domain.figures import Figures, Measured
from interviews.enums import EndReason
from interviews.models import Session, SessionFigures
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import launch_session, make_session, open_relay

BEGUN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

OPENING = {"ttfb": [{"processor": "AzureLLMService#0", "value": 0.0}]}
MEASURED = [
    {"ttfb": [{"processor": "DeepgramSTTService#3", "model": "nova-3-general", "value": 0.21}]},
    {"tokens": [{"prompt_tokens": 310, "completion_tokens": 24, "total_tokens": 334}]},
    {"ttfb": [{"processor": "AzureLLMService#0", "value": 0.35}], "processing": [{"processor": "x", "value": 1.0}]},
    {"ttfb": [{"processor": "GTTSService#1", "value": 0.3}, {"processor": "SmartTurn#1", "value": 0.1}]},
    {"characters": [{"processor": "GTTSService#1", "value": 62}]},
    {"stt_usage": [{"processor": "DeepgramSTTService#3", "value": {"audio_seconds": 12.5}}]},
]
GOODBYE = {"stt_usage": [{"processor": "DeepgramSTTService#3", "value": {"audio_seconds": 2.5}}]}

WHOLE = Figures(
    seconds=9.0,
    heard_seconds=12.5,
    prompt_tokens=310,
    completion_tokens=24,
    spoken_characters=62,
    replies=[0.7],
    ttfb={"stt": [0.21], "llm": [0.35], "tts": [0.3]},
)


def number(messages: list[Any], *, after: int = 0) -> list[RelayFrame]:
    """A frame a second; events as they are, metrics by their data."""
    frames = []
    for seq, message in enumerate(messages, start=after + 1):
        if isinstance(message, dict):
            message = {"label": "rtvi-ai", "type": "metrics", "data": message}
        else:
            message = rtvi_server_message(message)
        frames.append(RelayFrame(seq=seq, at=BEGUN + timedelta(seconds=seq), message=message))
    return frames


def begun() -> InterviewEvent:
    return InterviewStarted(question_count=2, total_limit=600)


def over() -> InterviewEvent:
    return InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)


def live_through(tenant: Tenant) -> tuple[Session, relay.RelayLease]:
    with tenant_scope(tenant):
        session = make_session()
        job = launch_session(session)
    lease = open_relay(job)
    told = [begun(), OPENING, *MEASURED, TurnLatency(seconds=0.7, parts={}), over()]
    relay.store_frames(lease=lease, frames=number(told))
    return session, lease


def kept(session: Session) -> Figures:
    row = SessionFigures.objects.get(session=session)
    return Figures(**{name: getattr(row, name) for name in Figures.__dataclass_fields__})


def test_the_figures_are_kept_when_the_session_ends(acme: Tenant) -> None:
    session, _lease = live_through(acme)
    with tenant_scope(acme):
        assert kept(session) == WHOLE


def test_what_a_bot_still_measures_after_its_last_word_counts(acme: Tenant) -> None:
    session, lease = live_through(acme)
    relay.store_frames(lease=lease, frames=number([GOODBYE], after=10))
    with tenant_scope(acme):
        assert SessionFigures.objects.count() == 1
        assert (kept(session).heard_seconds, kept(session).seconds) == (15.0, 10.0)


def test_recording_again_changes_nothing(acme: Tenant) -> None:
    session, _lease = live_through(acme)
    with tenant_scope(acme):
        figures.record_figures(session=session)
        assert (SessionFigures.objects.count(), kept(session)) == (1, WHOLE)


def test_a_session_nobody_came_to_used_nothing(in_acme: Tenant) -> None:
    session = make_session()
    sessions.end_session(session=session, reason=EndReason.NEVER_JOINED)
    assert kept(session) == Figures()
    assert figures.put_together(sessions=[session]) is None


def test_sessions_of_one_invitation_add_up(acme: Tenant) -> None:
    first, _ = live_through(acme)
    second, _ = live_through(acme)
    with tenant_scope(acme):
        running = make_session()
        assert figures.put_together(sessions=[first, second, running]) == Figures(
            seconds=18.0,
            heard_seconds=25.0,
            prompt_tokens=620,
            completion_tokens=48,
            spoken_characters=124,
            replies=[0.7, 0.7],
            ttfb={"stt": [0.21, 0.21], "llm": [0.35, 0.35], "tts": [0.3, 0.3]},
        )


def test_a_running_session_counts_as_far_as_it_has_come(acme: Tenant) -> None:
    with tenant_scope(acme):
        session = make_session()
        job = launch_session(session)
    relay.store_frames(lease=open_relay(job), frames=number([begun(), MEASURED[1]]))
    with tenant_scope(acme):
        assert SessionFigures.objects.count() == 0
        assert figures.put_together(sessions=[session]) == Figures(seconds=1.0, prompt_tokens=310, completion_tokens=24)


def test_times_are_summed_up_by_the_nearest_rank() -> None:
    told = Figures(replies=[value / 10 for value in range(20, 0, -1)], ttfb={"llm": []})
    assert told.reply_times == Measured(count=20, median=1.05, p95=1.9, slowest=2.0)
    assert (told.first_bytes, Figures().reply_times) == ({}, None)


def test_metrics_of_an_unknown_shape_are_passed_over() -> None:
    assert figures.add_up(seconds=0, metrics=[None, "?", {"ttfb": None, "new": []}], replies=[]) == Figures()
