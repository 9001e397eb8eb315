from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from botrunner.contract import AnswerAccepted, InterviewStarted, Modality, QuestionStarted, Role, TimeSpent, TurnAdded
from interviews.candidate.state import build_state
from interviews.domain import relay, sessions, sweeps
from interviews.enums import EndReason, Mode, SessionStatus
from interviews.models import Session
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import frame, launch_session, make_invitation, make_session, open_relay

pytestmark = pytest.mark.django_db


def question_started(session: Session, index: int) -> QuestionStarted:
    question = session.plan["questions"][index - 1]
    return QuestionStarted(
        question_id=question["id"], index=index, count=2, text=question["text"], time_limit=question["time_limit"]
    )


def accepted(session: Session, index: int) -> AnswerAccepted:
    return AnswerAccepted(
        question_id=UUID(session.plan["questions"][index - 1]["id"]),
        text="Storms.",
        modality=Modality.TEXT,
        reason="complete",
        started_at=timezone.now(),
        ended_at=timezone.now(),
    )


def test_before_anything_happened(in_acme: Tenant) -> None:
    invitation = make_invitation()
    assert build_state(invitation=invitation, token="t") == {
        "invitation": {"status": "created", "expires_at": invitation.expires_at.isoformat()},
        "session": None,
        "progress": {
            "index": 0,
            "count": 2,
            "question": None,
            "follow_up": None,
            "time_limit": 0.0,
            "question_left": 0.0,
            "elapsed": 0.0,
            "total_limit": 1800.0,
            "turns": [],
        },
        "result": None,
    }


def test_those_who_wait_know_their_place_among_all(acme: Tenant, globex: Tenant) -> None:
    for place, tenant in enumerate((acme, globex, acme), start=1):
        with tenant_scope(tenant):
            session = make_session()
            assert build_state(invitation=session.invitation, token="t")["session"]["queue_position"] is None
        assert sweeps.number_queue() == [(tenant.pk, session.invitation_id)]
        with tenant_scope(tenant):
            assert build_state(invitation=session.invitation, token="t")["session"]["queue_position"] == place


def test_a_bot_that_waits_can_be_connected_to(in_acme: Tenant) -> None:
    session = make_session()
    launch_session(session)
    state = build_state(invitation=session.invitation, token="secret")["session"]
    assert (state["status"], state["transport"], state["queue_position"]) == ("waiting", "webrtc", None)
    assert state["connect"] == {"offer_url": f"/i/secret/sessions/{session.pk}/offer", "ice_servers": []}


def test_daily_gets_room_and_token(in_acme: Tenant) -> None:
    session = make_session()
    Session.objects.filter(pk=session.pk).update(
        status=SessionStatus.WAITING, transport="daily", connect={"room_url": "https://x.daily.co/r", "token": "abc"}
    )
    state = build_state(invitation=session.invitation, token="t")["session"]
    assert (state["transport"], state["connect"]) == ("daily", {"room_url": "https://x.daily.co/r", "token": "abc"})


@pytest.mark.parametrize(
    ("reason", "restartable"),
    [
        (EndReason.CONNECTION_LOST, True),
        (EndReason.REJOINED, True),
        (EndReason.BOT_LOST, True),
        (EndReason.LEFT, True),
        (EndReason.START_FAILED, True),
        (EndReason.NEVER_JOINED, True),
        (EndReason.ENDED_BY_STAFF, False),
        (EndReason.CANCELED, False),
        (EndReason.COMPLETED, False),
        (EndReason.TIME_LIMIT, False),
    ],
)
def test_after_the_end_it_is_said_whether_one_can_go_on(in_acme: Tenant, reason: EndReason, restartable: bool) -> None:
    session = make_session()
    sessions.end_session(session=session, reason=reason)
    state = build_state(invitation=session.invitation, token="t")["session"]
    assert (state["status"], state["can_restart"], state["connect"]) == ("ended", restartable, None)


def test_it_is_said_how_often_one_may_still_leave_and_come_back(in_acme: Tenant) -> None:
    invitation = make_invitation(interview__retries=1)
    for left in (1, 0):
        session = sessions.request_session(invitation=invitation, mode=Mode.VOICE)
        assert build_state(invitation=invitation, token="t")["session"]["retries_left"] == left
        sessions.end_session(session=session, reason=EndReason.LEFT)


def test_past_the_deadline_one_cannot_go_on(in_acme: Tenant) -> None:
    session = make_session()
    sessions.end_session(session=session, reason=EndReason.LEFT)
    session.invitation.expires_at = timezone.now() - timedelta(hours=1)
    session.invitation.save()
    assert build_state(invitation=session.invitation, token="t")["session"]["can_restart"] is False


def store(session: Session, *events: object) -> None:
    lease = open_relay(launch_session(session))
    frames = [frame(seq, event) for seq, event in enumerate(events, start=1)]  # type: ignore[arg-type]
    assert relay.store_frames(lease=lease, frames=frames) == len(events)
    session.refresh_from_db()


def test_progress_is_the_question_asked_last_with_all_that_was_said(in_acme: Tenant) -> None:
    session = make_session()
    at = timezone.now()
    turn = TurnAdded(role=Role.CANDIDATE, text="Storms.", started_at=at, ended_at=at)
    store(session, InterviewStarted(question_count=2, total_limit=1800), question_started(session, 1), turn)
    progress = build_state(invitation=session.invitation, token="t")["progress"]
    first = session.plan["questions"][0]
    assert (progress["index"], progress["count"], progress["time_limit"]) == (1, 2, first["time_limit"])
    assert progress["question"] == {"id": first["id"], "text": first["text"], "required": first["required"]}
    assert progress["turns"] == [{"role": "candidate", "text": "Storms.", "at": at.isoformat()}]


def test_progress_moves_on_with_an_accepted_answer(in_acme: Tenant) -> None:
    session = make_session()
    store(
        session,
        InterviewStarted(question_count=2, total_limit=1800),
        question_started(session, 1),
        accepted(session, 1),
    )
    progress = build_state(invitation=session.invitation, token="t")["progress"]
    assert (progress["index"], progress["question"]["id"]) == (2, session.plan["questions"][1]["id"])
    assert (progress["question_left"], progress["follow_up"]) == (progress["time_limit"], None)


def test_progress_knows_the_time_that_is_left(in_acme: Tenant) -> None:
    session = make_session()
    asked = question_started(session, 1)
    told = TimeSpent(elapsed=70, interview_left=1730, question_id=asked.question_id, question_left=120)
    store(session, InterviewStarted(question_count=2, total_limit=1800), asked)
    before = build_state(invitation=session.invitation, token="t")["progress"]
    relay.store_frame(session=session, seq=3, frame=frame(3, told))
    after = build_state(invitation=session.invitation, token="t")["progress"]
    assert [(shown["question_left"], shown["elapsed"]) for shown in (before, after)] == [(180, 0), (120, 70)]
