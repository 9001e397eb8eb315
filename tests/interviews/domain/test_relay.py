from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from botrunner.contract import (
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    AnswerAccepted,
    BotJob,
    CompletionReason,
    InterviewCompleted,
    InterviewStarted,
    Modality,
    QuestionStarted,
    RelayFrame,
    Role,
    SummaryReady,
    TurnAdded,
)
from interviews.domain import relay, results, sessions
from interviews.domain.plans import compile_plan
from interviews.enums import EndReason, InvitationStatus, SessionStatus
from interviews.models import Answer, Event, Invitation, Result, RunnerSlot, Session, TranscriptTurn
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import frame, launch_session, make_session, open_relay

STARTED = InterviewStarted(question_count=2, total_limit=1800)


@pytest.fixture
def session(acme: Tenant) -> Session:
    with tenant_scope(acme):
        return make_session()


@pytest.fixture
def job(session: Session) -> BotJob:
    with tenant_scope(session.tenant_id):
        return launch_session(session)


@pytest.fixture
def lease(job: BotJob) -> relay.RelayLease:
    return open_relay(job)


def question(job: BotJob, index: int) -> QuestionStarted:
    planned = job.plan.questions[index]
    return QuestionStarted(
        question_id=planned.id, index=index + 1, count=2, text=planned.text, time_limit=planned.time_limit
    )


def answer(question_id: UUID, text: str = "I led the migration.") -> AnswerAccepted:
    now = timezone.now()
    return AnswerAccepted(
        question_id=question_id, text=text, modality=Modality.VOICE, reason="complete", started_at=now, ended_at=now
    )


def turn(role: Role, text: str, question_id: UUID | None = None) -> TurnAdded:
    now = timezone.now()
    return TurnAdded(role=role, text=text, question_id=question_id, started_at=now, ended_at=now)


def read(session: Session) -> Session:
    with tenant_scope(session.tenant_id):
        return Session.objects.select_related("invitation").get(pk=session.pk)


def test_a_token_that_was_never_given_out_is_refused(db: None) -> None:
    with pytest.raises(relay.RelayRefused) as refused:
        relay.open_relay(token="made-up", instance=uuid4())
    assert refused.value.code == RELAY_CLOSE_UNAUTHORIZED


def test_a_second_bot_of_the_session_is_turned_away(job: BotJob, lease: relay.RelayLease) -> None:
    assert job.relay is not None
    with pytest.raises(relay.RelayRefused) as refused:
        relay.open_relay(token=job.relay.token, instance=uuid4())
    assert refused.value.code == RELAY_CLOSE_SUPERSEDED
    assert relay.open_relay(token=job.relay.token, instance=lease.instance).last_seq == 0


def test_the_first_word_takes_the_session_live(session: Session, lease: relay.RelayLease) -> None:
    assert relay.store_frames(lease=lease, frames=[frame(1, STARTED)]) == 1
    stored = read(session)
    assert (stored.status, stored.last_seq) == (SessionStatus.LIVE, 1)
    assert stored.invitation.status == InvitationStatus.IN_PROGRESS


def test_resent_frames_are_stored_once(session: Session, job: BotJob, lease: relay.RelayLease) -> None:
    frames = [frame(1, STARTED), frame(2, question(job, 0)), frame(3, turn(Role.CANDIDATE, "Hello"))]
    assert relay.store_frames(lease=lease, frames=frames[:2]) == 2
    assert relay.store_frames(lease=lease, frames=frames) == 3
    assert relay.store_frames(lease=lease, frames=frames) == 3
    with tenant_scope(session.tenant_id):
        assert list(Event.objects.values_list("seq", "name")) == [
            (1, "interview.started"),
            (2, "question.started"),
            (3, "turn.added"),
        ]
        assert list(TranscriptTurn.objects.values_list("role", "text")) == [("candidate", "Hello")]


def test_after_a_gap_nothing_is_taken(session: Session, lease: relay.RelayLease) -> None:
    assert relay.store_frames(lease=lease, frames=[frame(1, STARTED), frame(3, turn(Role.BOT, "late"))]) == 1
    with tenant_scope(session.tenant_id):
        assert Event.objects.count() == 1


def test_an_answer_counts_once_a_question(session: Session, job: BotJob, lease: relay.RelayLease) -> None:
    planned = job.plan.questions[1]
    frames = [frame(1, STARTED), frame(2, answer(planned.id)), frame(3, answer(planned.id, "Something else"))]
    relay.store_frames(lease=lease, frames=frames)
    with tenant_scope(session.tenant_id):
        stored = Answer.objects.get()
        assert (stored.text, stored.position, stored.question_text) == ("I led the migration.", 2, planned.text)


def test_an_answer_to_no_question_of_the_plan_is_kept_as_an_event_only(
    session: Session, lease: relay.RelayLease
) -> None:
    relay.store_frames(lease=lease, frames=[frame(1, STARTED), frame(2, answer(uuid4()))])
    with tenant_scope(session.tenant_id):
        assert (Answer.objects.count(), Event.objects.count()) == (0, 2)


def test_other_rtvi_messages_are_events_without_a_name(session: Session, lease: relay.RelayLease) -> None:
    message = {"label": "rtvi-ai", "type": "server-message", "data": {"type": "interview.started", "hostile": True}}
    relay.store_frames(lease=lease, frames=[RelayFrame(seq=1, at=timezone.now(), message=message)])
    with tenant_scope(session.tenant_id):
        assert Event.objects.values_list("type", "name").get() == ("server-message", "")
        assert read(session).status == SessionStatus.WAITING


def test_the_last_word_sends_the_invitation_on(session: Session, job: BotJob, lease: relay.RelayLease) -> None:
    summary = SummaryReady(text="Kim led a migration.", spoken="You led a migration.", points=["migration"])
    done = InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)
    relay.store_frames(lease=lease, frames=[frame(1, STARTED), frame(2, summary), frame(3, done)])
    stored = read(session)
    assert (stored.status, stored.end_reason) == (SessionStatus.ENDED, EndReason.COMPLETED)
    assert stored.invitation.status == InvitationStatus.PROCESSING
    assert RunnerSlot.objects.exclude(session_id=None).count() == 0
    with tenant_scope(session.tenant_id):
        assert results.complete_invitation(invitation_id=stored.invitation_id) is True
        assert results.complete_invitation(invitation_id=stored.invitation_id) is False
        assert Result.objects.values_list("summary", "points").get() == ("Kim led a migration.", ["migration"])
        assert Invitation.objects.get().status == InvitationStatus.COMPLETED


@pytest.mark.parametrize("reason", [CompletionReason.LEFT, CompletionReason.CONNECTION_LOST])
def test_leaving_keeps_the_invitation_open_at_the_same_question(
    session: Session, job: BotJob, lease: relay.RelayLease, reason: CompletionReason
) -> None:
    first, second = job.plan.questions
    relay.store_frames(
        lease=lease,
        frames=[
            frame(1, STARTED),
            frame(2, question(job, 0)),
            frame(3, turn(Role.CANDIDATE, "I led the migration.", first.id)),
            frame(4, answer(first.id)),
            frame(5, question(job, 1)),
            frame(6, InterviewCompleted(reason=reason)),
        ],
    )
    stored = read(session)
    assert (stored.end_reason, stored.invitation.status) == (reason.value, InvitationStatus.IN_PROGRESS)
    with tenant_scope(session.tenant_id):
        checkpoint = compile_plan(invitation=stored.invitation).checkpoint
        assert checkpoint is not None
        assert (checkpoint.accepted, checkpoint.current) == ([first.id], second.id)
        assert [prior.text for prior in checkpoint.transcript] == ["I led the migration."]
        assert checkpoint.elapsed == (Event.objects.get(seq=6).at - Event.objects.get(seq=1).at).total_seconds()


def test_a_bot_called_away_does_not_complete_the_interview(session: Session, lease: relay.RelayLease) -> None:
    relay.store_frames(lease=lease, frames=[frame(1, STARTED)])
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.LEFT)
    done = InterviewCompleted(reason=CompletionReason.STAFF)
    assert relay.store_frames(lease=lease, frames=[frame(2, done)]) == 2
    stored = read(session)
    assert (stored.end_reason, stored.invitation.status) == (EndReason.LEFT, InvitationStatus.IN_PROGRESS)


def test_a_bot_given_up_too_soon_takes_its_session_up_again(
    session: Session, job: BotJob, lease: relay.RelayLease
) -> None:
    relay.store_frames(lease=lease, frames=[frame(1, STARTED)])
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.BOT_LOST)
    assert job.relay is not None
    again = relay.open_relay(token=job.relay.token, instance=lease.instance)
    assert (again.last_seq, again.ended, read(session).status) == (1, False, SessionStatus.LIVE)
    assert RunnerSlot.objects.filter(session_id=session.pk).count() == 1


def test_a_bot_whose_place_was_taken_is_told_to_leave(session: Session, job: BotJob, lease: relay.RelayLease) -> None:
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.BOT_LOST)
        make_session(invitation=session.invitation)
    assert job.relay is not None
    assert relay.open_relay(token=job.relay.token, instance=lease.instance).ended is True


def test_a_heartbeat_renews_the_lease_of_its_bot_alone(session: Session, lease: relay.RelayLease) -> None:
    with tenant_scope(session.tenant_id):
        Session.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
        assert sessions.is_overdue(Session.objects.get()) == EndReason.BOT_LOST
    relay.beat(lease=lease)
    assert sessions.is_overdue(read(session)) is None
    with tenant_scope(session.tenant_id):
        Session.objects.update(bot_instance=uuid4())
    with pytest.raises(relay.RelayRefused):
        relay.beat(lease=lease)
    with pytest.raises(relay.RelayRefused):
        relay.store_frames(lease=lease, frames=[frame(1, STARTED)])
