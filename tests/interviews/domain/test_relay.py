import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from botrunner.contract import (
    RELAY_CLOSE_SUPERSEDED,
    RELAY_CLOSE_UNAUTHORIZED,
    AnswerAccepted,
    BotJob,
    CompletionReason,
    FollowUpAsked,
    InterviewCompleted,
    InterviewEvent,
    InterviewStarted,
    Modality,
    PatienceLearnt,
    PriorAnswer,
    PriorExchange,
    QuestionStarted,
    RelayFrame,
    Role,
    SummaryReady,
    TimeSpent,
    TurnAdded,
)
from interviews.domain import invitations, relay, results, sessions, slots
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


def test_a_token_ends_some_hours_after_its_session(session: Session, job: BotJob, lease: relay.RelayLease) -> None:
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.COMPLETED)
        assert job.relay is not None
        Session.objects.update(ended_at=timezone.now() - relay.LATE_LIMIT + timedelta(minutes=1))
    assert relay.open_relay(token=job.relay.token, instance=lease.instance).ended is True
    with tenant_scope(session.tenant_id):
        Session.objects.update(ended_at=timezone.now() - relay.LATE_LIMIT - timedelta(minutes=1))
    with pytest.raises(relay.RelayRefused) as refused:
        relay.open_relay(token=job.relay.token, instance=lease.instance)
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


def test_an_answer_that_goes_on_replaces_itself(session: Session, job: BotJob, lease: relay.RelayLease) -> None:
    planned = job.plan.questions[1]
    longer = answer(planned.id, "I led the migration. And the one after it.")
    relay.store_frames(lease=lease, frames=[frame(1, STARTED), frame(2, answer(planned.id)), frame(3, longer)])
    with tenant_scope(session.tenant_id):
        stored = Answer.objects.get()
        assert (stored.text, stored.position, stored.question_text) == (longer.text, 2, planned.text)


def test_another_sessions_answer_stays(session: Session, job: BotJob, lease: relay.RelayLease) -> None:
    planned = job.plan.questions[0]
    left = InterviewCompleted(reason=CompletionReason.LEFT)
    relay.store_frames(lease=lease, frames=[frame(1, STARTED), frame(2, answer(planned.id)), frame(3, left)])
    with tenant_scope(session.tenant_id):
        later = make_session(invitation=session.invitation)
        results.record_answer(session=later, answer=answer(planned.id, "Something else"))
        assert Answer.objects.get().text == "I led the migration."


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


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        (CompletionReason.LEFT, EndReason.LEFT),
        (CompletionReason.CONNECTION_LOST, EndReason.CONNECTION_LOST),
        (CompletionReason.FAILED, EndReason.BOT_LOST),
    ],
)
def test_leaving_keeps_the_invitation_open_at_the_same_question(
    session: Session, job: BotJob, lease: relay.RelayLease, reason: CompletionReason, end: EndReason
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
            frame(6, TimeSpent(elapsed=70, interview_left=1730, question_id=second.id, question_left=175)),
            frame(7, PatienceLearnt(talked_over=1)),
            frame(8, PatienceLearnt(talked_over=1, full_stops_missing=True)),
            frame(9, InterviewCompleted(reason=reason)),
        ],
    )
    stored = read(session)
    assert (stored.end_reason, stored.invitation.status) == (end, InvitationStatus.IN_PROGRESS)
    with tenant_scope(session.tenant_id):
        checkpoint = compile_plan(invitation=stored.invitation).checkpoint
        assert checkpoint is not None
        assert (checkpoint.accepted, checkpoint.current) == ([first.id], second.id)
        assert [prior.text for prior in checkpoint.transcript] == ["I led the migration."]
        assert (checkpoint.elapsed, checkpoint.question_left) == (70, 175)
        assert (checkpoint.talked_over, checkpoint.full_stops_missing) == (1, True)


def test_what_was_said_to_the_open_question_goes_into_the_checkpoint(
    session: Session, job: BotJob, lease: relay.RelayLease
) -> None:
    first = job.plan.questions[0]
    follow_up = FollowUpAsked(question_id=first.id, number=1, text="Which one?")
    heard = turn(Role.CANDIDATE, "I led the migration.", first.id)
    typed = turn(Role.CANDIDATE, "The last", first.id).model_copy(update={"modality": Modality.TEXT})
    told: list[InterviewEvent] = [
        STARTED,
        question(job, 0),
        turn(Role.BOT, first.text, first.id),
        heard,
        follow_up,
        turn(Role.BOT, follow_up.text, first.id),
        typed,
        InterviewCompleted(reason=CompletionReason.CONNECTION_LOST),
    ]
    relay.store_frames(lease=lease, frames=[frame(seq, event) for seq, event in enumerate(told, start=1)])
    with tenant_scope(session.tenant_id):
        again = make_session(invitation=session.invitation)
        relay.store_frame(session=again, seq=1, frame=frame(1, question(job, 0)))
        relay.store_frame(session=again, seq=2, frame=frame(2, follow_up))
        checkpoint = compile_plan(invitation=read(session).invitation).checkpoint
    assert checkpoint is not None
    assert checkpoint.current == first.id
    assert checkpoint.exchanges == [
        PriorExchange(asked=first.text, answers=[said(heard)]),
        PriorExchange(asked="Which one?", answers=[said(typed)]),
    ]


def heard_words(seq: int, text: str) -> RelayFrame:
    message = {"label": "rtvi-ai", "type": "user-transcription", "data": {"text": text, "final": True}}
    return RelayFrame(seq=seq, at=timezone.now(), message=message)


def test_words_of_a_turn_that_a_killed_bot_did_not_finish_are_kept(
    session: Session, job: BotJob, lease: relay.RelayLease
) -> None:
    first = job.plan.questions[0]
    finished = turn(Role.CANDIDATE, "I led the migration.", first.id)
    begun = [heard_words(5, "It was the"), heard_words(6, "last of three.")]
    frames = [frame(1, STARTED), frame(2, question(job, 0)), heard_words(3, finished.text), frame(4, finished), *begun]
    assert relay.store_frames(lease=lease, frames=frames) == 6
    kept = PriorAnswer(
        text="It was the last of three.", modality=Modality.VOICE, started_at=begun[0].at, ended_at=begun[1].at
    )
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.BOT_LOST)
        checkpoint = compile_plan(invitation=read(session).invitation).checkpoint
        assert checkpoint is not None
        assert checkpoint.exchanges == [PriorExchange(asked=first.text, answers=[said(finished), kept])]
        again = make_session(invitation=session.invitation)
        relay.store_frame(session=again, seq=1, frame=frame(1, question(job, 0)))
        relay.store_frame(session=again, seq=2, frame=frame(2, answer(first.id)))
        relay.store_frame(session=again, seq=3, frame=frame(3, question(job, 1)))
        relay.store_frame(session=again, seq=4, frame=heard_words(4, "Another matter"))
        checkpoint = compile_plan(invitation=read(session).invitation).checkpoint
    assert checkpoint is not None
    assert [(one.asked, [reply.text for reply in one.answers]) for one in checkpoint.exchanges] == [
        (job.plan.questions[1].text, ["Another matter"])
    ]


def said(turn: TurnAdded) -> PriorAnswer:
    return PriorAnswer.model_validate(turn.model_dump(include={"text", "modality", "started_at", "ended_at"}))


def test_a_bot_called_away_does_not_complete_the_interview(session: Session, lease: relay.RelayLease) -> None:
    relay.store_frames(lease=lease, frames=[frame(1, STARTED)])
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.LEFT)
    done = InterviewCompleted(reason=CompletionReason.STAFF)
    assert relay.store_frames(lease=lease, frames=[frame(2, done)]) == 2
    stored = read(session)
    assert (stored.end_reason, stored.invitation.status) == (EndReason.LEFT, InvitationStatus.IN_PROGRESS)


def test_a_bot_called_away_before_its_first_word_does_not_begin(session: Session, lease: relay.RelayLease) -> None:
    with tenant_scope(session.tenant_id):
        invitations.cancel(invitation=session.invitation)
    assert relay.store_frames(lease=lease, frames=[frame(1, STARTED)]) == 1
    stored = read(session)
    assert (stored.status, stored.invitation.status) == (SessionStatus.ENDED, InvitationStatus.CANCELED)


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


@pytest.mark.parametrize("status", [InvitationStatus.CANCELED, InvitationStatus.EXPIRED, InvitationStatus.COMPLETED])
def test_a_bot_given_up_stays_ended_once_its_invitation_is_closed(
    session: Session, job: BotJob, lease: relay.RelayLease, status: InvitationStatus
) -> None:
    relay.store_frames(lease=lease, frames=[frame(1, STARTED)])
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.BOT_LOST)
        Invitation.objects.update(status=status)
    assert job.relay is not None
    assert relay.open_relay(token=job.relay.token, instance=lease.instance).ended is True
    stored = read(session)
    assert (stored.status, stored.invitation.status) == (SessionStatus.ENDED, status)


def test_a_bot_given_up_stays_ended_when_its_slot_is_another_ones(
    session: Session, job: BotJob, lease: relay.RelayLease, settings: Settings
) -> None:
    relay.store_frames(lease=lease, frames=[frame(1, STARTED)])
    with tenant_scope(session.tenant_id):
        sessions.end_session(session=session, reason=EndReason.BOT_LOST)
    for _ in range(settings.BOT_SESSIONS_PER_RUNNER):
        assert slots.take_slot(session_id=uuid4()) is not None
    assert job.relay is not None
    assert relay.open_relay(token=job.relay.token, instance=lease.instance).ended is True
    assert read(session).status == SessionStatus.ENDED


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


@pytest.mark.django_db(transaction=True)
def test_an_invitation_withdrawn_at_the_moment_of_an_answer(
    session: Session, job: BotJob, lease: relay.RelayLease, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay.store_frames(lease=lease, frames=[frame(1, STARTED)])
    record_answer = results.record_answer

    def answer_while_somebody_cancels(**kwargs: Any) -> None:
        canceling = pool.submit(cancel)
        wait_until_somebody_waits()
        assert not canceling.done()
        record_answer(**kwargs)

    def cancel() -> None:
        try:
            with tenant_scope(session.tenant_id):
                invitations.cancel(invitation=Invitation.objects.get())
        finally:
            connection.close()

    monkeypatch.setattr(results, "record_answer", answer_while_somebody_cancels)
    with ThreadPoolExecutor(1) as pool:
        assert relay.store_frames(lease=lease, frames=[frame(2, answer(job.plan.questions[0].id))]) == 2
    stored = read(session)
    assert (stored.status, stored.end_reason) == (SessionStatus.ENDED, EndReason.CANCELED)
    assert stored.invitation.status == InvitationStatus.CANCELED
    with tenant_scope(session.tenant_id):
        assert Answer.objects.get().text == "I led the migration."


def wait_until_somebody_waits() -> None:
    """Until another transaction of this database waits for a row that is locked."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        for _ in range(1000):
            # In a transaction the first look would be shown again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone():
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")
