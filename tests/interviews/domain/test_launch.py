import threading
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from botrunner.contract import (
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    BotJob,
    InterviewStarted,
    RelayFrame,
)
from interviews import tasks
from interviews.candidate.state import build_state
from interviews.domain import launch, relay, slots, sweeps
from interviews.domain.sessions import end_session
from interviews.enums import EndReason, SessionStatus
from interviews.models import Event, RunnerSlot, Session
from tenants.models import Tenant, TokenIndex
from tenants.scope import tenant_scope
from tests.interviews.conftest import FakeRunner
from tests.interviews.factories import frame, make_session, open_relay


def run_task(session: Session) -> None:
    tasks.launch_session(str(session.tenant_id), str(session.pk))


@pytest.fixture
def queued(acme: Tenant, runner: FakeRunner) -> Session:
    slots.sync_slots()
    with tenant_scope(acme):
        return make_session()


def test_a_launched_session_waits_for_its_candidate(queued: Session, runner: FakeRunner, settings: Settings) -> None:
    settings.BOT_START_KEY = "pk_secret"
    run_task(queued)
    with tenant_scope(queued.tenant_id):
        queued.refresh_from_db()
    assert (queued.status, queued.runner_session_id, queued.transport) == (SessionStatus.WAITING, "runner-1", "webrtc")
    assert queued.connect == {"ice_servers": []}
    assert runner.authorizations == ["Bearer pk_secret"]
    job = runner.jobs[0]
    assert (job["transport"], job["body"]["session_id"]) == ("webrtc", str(queued.pk))
    assert job["body"]["plan"] == queued.plan
    assert TokenIndex.objects.get(kind="relay").digest == queued.relay_digest
    assert job["body"]["relay"]["token"] not in queued.relay_digest


def test_delivered_twice_one_bot_is_started(queued: Session, runner: FakeRunner) -> None:
    run_task(queued)
    run_task(queued)
    assert len(runner.jobs) == 1


def test_a_dead_workers_claim_is_taken_over_and_its_token_void(queued: Session, runner: FakeRunner) -> None:
    with tenant_scope(queued.tenant_id):
        lost = launch.claim_launch(session_id=queued.pk)
        assert lost is not None
        assert launch.claim_launch(session_id=queued.pk) is None
        Session.objects.update(launched_at=timezone.now() - timedelta(minutes=2))
    run_task(queued)
    assert len(runner.jobs) == 1
    with tenant_scope(queued.tenant_id):
        late = launch.Started(runner_session_id="late", transport="webrtc", connect={})
        assert launch.record_start(claim=lost, started=late) is False
        queued.refresh_from_db()
    assert queued.runner_session_id == "runner-1"
    assert list(TokenIndex.objects.filter(kind="relay").values_list("digest", flat=True)) == [queued.relay_digest]


@pytest.mark.parametrize("answer", [(429, {}), (503, {}), (200, b"no json"), (200, {"no": "session"}), (200, [])])
def test_a_start_that_fails_is_tried_again_and_then_told(
    queued: Session, runner: FakeRunner, answer: tuple[int, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.answers = [answer]
    retries: list[object] = []
    monkeypatch.setattr(tasks.launch_session, "apply_async", lambda args, countdown: retries.append((args, countdown)))
    for _ in range(launch.MAX_ATTEMPTS):
        run_task(queued)
    ids = (str(queued.tenant_id), str(queued.pk))
    assert retries == [((*ids, [runner.url]), 1), ((*ids, [runner.url]), 2)]
    with tenant_scope(queued.tenant_id):
        queued.refresh_from_db()
    assert (queued.status, queued.end_reason) == (SessionStatus.ENDED, EndReason.START_FAILED)
    assert queued.launch_error != ""
    assert RunnerSlot.objects.exclude(session_id=None).count() == 0


def test_a_refused_job_is_not_pressed_on_the_runner(queued: Session, runner: FakeRunner) -> None:
    runner.answers = [(413, {})]
    run_task(queued)
    with tenant_scope(queued.tenant_id):
        queued.refresh_from_db()
    assert (queued.status, queued.end_reason, len(runner.jobs)) == (SessionStatus.ENDED, EndReason.START_FAILED, 1)
    assert queued.launch_error == "the runner refused the job (HTTP 413)"


def test_a_time_out_that_was_in_fact_accepted_leaves_one_bot(
    queued: Session, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "START_TIMEOUT", httpx.Timeout(0.2))
    monkeypatch.setattr(tasks.launch_session, "apply_async", lambda args, countdown: None)
    real_post, slow = httpx.post, threading.Event()

    def accepted_but_too_slow(*args: object, **kwargs: object) -> httpx.Response:
        answer = real_post(*args, **kwargs)  # type: ignore[arg-type]
        if not slow.is_set():
            slow.set()
            raise httpx.ReadTimeout("the answer was lost")
        return answer

    monkeypatch.setattr(httpx, "post", accepted_but_too_slow)
    run_task(queued)
    run_task(queued)
    first, second = (job["body"]["relay"]["token"] for job in runner.jobs)
    assert first != second
    with tenant_scope(queued.tenant_id):
        queued.refresh_from_db()
    assert queued.status == SessionStatus.WAITING
    assert TokenIndex.objects.filter(kind="relay").count() == 1


def test_over_daily_a_bot_whose_start_was_never_recorded_gives_way(
    queued: Session, runner: FakeRunner, settings: Settings
) -> None:
    settings.BOT_TRANSPORT = "daily"
    runner.answers = [(200, {"sessionId": f"runner-{n}", "dailyRoom": f"room-{n}", "dailyToken": "t"}) for n in (1, 2)]
    with tenant_scope(queued.tenant_id):
        lost = launch.claim_launch(session_id=queued.pk)
    assert lost is not None
    launch.start_bot(lost)
    # The worker dies here, and the bot is at the relay at once.
    first = open_relay(lost.job)
    ready = {"label": "rtvi-ai", "type": "metrics", "data": {}}
    relay.store_frames(lease=first, frames=[RelayFrame(seq=1, at=timezone.now(), message=ready)])
    with tenant_scope(queued.tenant_id):
        Session.objects.update(launched_at=timezone.now() - timedelta(minutes=2))
    run_task(queued)
    with pytest.raises(relay.RelayRefused) as refused:
        relay.beat(lease=first)
    assert refused.value.code == RELAY_CLOSE_SUPERSEDED
    assert lost.job.relay is not None
    with pytest.raises(relay.RelayRefused) as refused:
        relay.open_relay(token=lost.job.relay.token, instance=first.instance)
    assert refused.value.code == RELAY_CLOSE_UNAUTHORIZED

    second = open_relay(BotJob.model_validate(runner.jobs[1]["body"]))
    started = InterviewStarted(question_count=2, total_limit=1800)
    assert (second.last_seq, relay.store_frames(lease=second, frames=[frame(1, started)])) == (0, 1)
    with tenant_scope(queued.tenant_id):
        queued.refresh_from_db()
        assert list(Event.objects.values_list("seq", "name")) == [(1, "interview.started")]
    assert (queued.status, queued.connect["room_url"]) == (SessionStatus.LIVE, "room-2")


def test_a_bot_whose_start_failed_keeps_no_hold_on_the_queued_session(
    queued: Session, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.launch_session, "apply_async", lambda args, countdown: None)
    with tenant_scope(queued.tenant_id):
        claim = launch.claim_launch(session_id=queued.pk)
        assert claim is not None
    bot = open_relay(claim.job)
    with tenant_scope(queued.tenant_id):
        assert launch.record_refusal(claim=claim, refusal=launch.StartRefused("the runner did not answer in time"))
        Session.objects.filter(heartbeat_at__isnull=False).update(heartbeat_at=timezone.now() - timedelta(minutes=2))
    assert sweeps.sessions_to_reap() == []
    with pytest.raises(relay.RelayRefused):
        relay.beat(lease=bot)


def test_past_the_cap_candidates_queue(acme: Tenant, runner: FakeRunner, settings: Settings) -> None:
    settings.BOT_SESSIONS_PER_RUNNER = 1
    slots.sync_slots()
    with tenant_scope(acme):
        first, second = make_session(), make_session()
    run_task(first)
    run_task(second)
    with tenant_scope(acme):
        assert list(Session.objects.order_by("requested_at").values_list("status", flat=True)) == ["waiting", "queued"]


def test_those_who_queue_know_their_place_and_start_as_room_is_made(
    acme: Tenant, runner: FakeRunner, settings: Settings
) -> None:
    settings.BOT_SESSIONS_PER_RUNNER = 2
    slots.sync_slots()
    with tenant_scope(acme):
        sessions = [make_session() for _ in range(5)]
    for session in sessions:
        run_task(session)

    def look() -> list[tuple[str, int | None]]:
        with tenant_scope(acme):
            return list(Session.objects.order_by("requested_at").values_list("status", "queue_position"))

    def make_room_for(session: Session) -> None:
        with tenant_scope(acme):
            end_session(session=Session.objects.get(pk=session.pk), reason=EndReason.COMPLETED)
        for _tenant_id, session_id in sweeps.sessions_to_launch():
            run_task(next(waiting for waiting in sessions if waiting.pk == session_id))
        sweeps.number_queue()

    sweeps.number_queue()
    assert look() == [("waiting", None), ("waiting", None), ("queued", 1), ("queued", 2), ("queued", 3)]
    assert sweeps.sessions_to_launch() == []
    make_room_for(sessions[1])
    assert look() == [("waiting", None), ("ended", None), ("waiting", 1), ("queued", 1), ("queued", 2)]
    make_room_for(sessions[0])
    assert [status for status, _ in look()] == ["ended", "ended", "waiting", "waiting", "queued"]
    with tenant_scope(acme):
        state = build_state(invitation=sessions[4].invitation, token="t")
    assert state["session"]["queue_position"] == 1
    started = [job["body"]["session_id"] for job in runner.jobs]
    assert started == [str(session.pk) for session in sessions[:4]]


def test_the_emptiest_runner_goes_first_and_one_that_failed_last(db: None, settings: Settings) -> None:
    settings.BOT_RUNNER_URLS, settings.BOT_SESSIONS_PER_RUNNER = ["http://a", "http://b"], 2
    slots.sync_slots()
    first, second, third = uuid4(), uuid4(), uuid4()
    assert slots.take_slot(session_id=first) == "http://a"
    assert slots.take_slot(session_id=second) == "http://b"
    assert slots.take_slot(session_id=first) == "http://a"
    assert slots.take_slot(session_id=third, avoid=["http://a"]) == "http://b"
    assert slots.take_slot(session_id=third, avoid=["http://b"]) == "http://a"
    assert RunnerSlot.objects.exclude(session_id=None).count() == 3


def test_slots_follow_the_settings(db: None, settings: Settings) -> None:
    settings.BOT_RUNNER_URLS, settings.BOT_SESSIONS_PER_RUNNER = ["http://a", "http://b"], 2
    slots.sync_slots()
    busy = uuid4()
    assert slots.take_slot(session_id=busy) == "http://a"
    settings.BOT_RUNNER_URLS = ["http://b"]
    slots.sync_slots()
    assert list(RunnerSlot.objects.order_by("runner_url", "number").values_list("runner_url", "session_id")) == [
        ("http://a", busy),
        ("http://b", None),
        ("http://b", None),
    ]
