import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from interviews import tasks
from interviews.domain import erasure, figures, launch, sessions, slots, sweeps
from interviews.domain.invitations import create_invitation
from interviews.domain.limits import LimitReached, OutOfMinutes, check_invitations
from interviews.enums import EndReason, Mode, SessionStatus
from interviews.models import Invitation, OutgoingEmail, Session, SessionFigures
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.conftest import FakeRunner
from tests.interviews.factories import InterviewFactory, make_invitation, make_session


def limit(tenant: Tenant, **limits: int) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(**limits)
    tenant.refresh_from_db()


def use(minutes: float, *, started: timedelta = timedelta()) -> Session:
    """A session that has ended, in the tenant in scope."""
    session = make_session()
    Session.objects.filter(pk=session.pk).update(
        status=SessionStatus.ENDED, end_reason=EndReason.COMPLETED, started_at=timezone.now() - started
    )
    session.refresh_from_db()
    row = figures.record_figures(session=session)
    SessionFigures.objects.filter(pk=row.pk).update(seconds=minutes * 60)
    return session


class TestInterviewsAtOnce:
    @pytest.fixture(autouse=True)
    def room(self, db: None, runner: FakeRunner, settings: Any) -> None:
        settings.BOT_SESSIONS_PER_RUNNER = 4
        slots.sync_slots()

    def test_who_is_beyond_waits_in_the_queue(self, acme: Tenant, globex: Tenant) -> None:
        limit(acme, max_concurrent_sessions=1)
        with tenant_scope(acme):
            first, second = make_session(), make_session()
        with tenant_scope(globex):
            other = make_session()
        for session in (first, second, other):
            tasks.launch_session(str(session.tenant_id), str(session.pk))
        sweeps.number_queue()
        for session in (first, second, other):
            with tenant_scope(session.tenant_id):
                session.refresh_from_db()
        assert [session.status for session in (first, second, other)] == ["waiting", "queued", "waiting"]
        assert second.queue_position == 1
        assert slots.free_slots().count() == 2

    def test_and_starts_when_one_ends(self, acme: Tenant) -> None:
        limit(acme, max_concurrent_sessions=1)
        with tenant_scope(acme):
            first, second = make_session(), make_session()
        tasks.launch_session(str(acme.pk), str(first.pk))
        assert sweeps.sessions_to_launch() == []
        with tenant_scope(acme):
            first.refresh_from_db()
            sessions.end_session(session=first, reason=EndReason.LEFT)
        assert sweeps.sessions_to_launch() == [(acme.pk, second.pk)]
        with tenant_scope(acme):
            assert launch.claim_launch(session_id=second.pk) is not None

    def test_a_start_whose_worker_died_holds_no_room_while_it_waits(self, acme: Tenant) -> None:
        with tenant_scope(acme):
            dead, other = make_session(), make_session()
            assert launch.claim_launch(session_id=dead.pk) is not None
            assert launch.claim_launch(session_id=other.pk) is not None
            stale = Session.objects.filter(pk=dead.pk)
            stale.update(launched_at=timezone.now() - 2 * launch.CLAIM_LIMIT)
        limit(acme, max_concurrent_sessions=1)
        assert slots.free_slots().count() == 2
        with tenant_scope(acme):
            assert launch.claim_launch(session_id=dead.pk) is None
            assert stale.get().status == SessionStatus.QUEUED
        assert slots.free_slots().count() == 3

    def test_those_who_wait_hold_nobody_else_up(self, acme: Tenant, globex: Tenant, settings: Any) -> None:
        limit(acme, max_concurrent_sessions=0)
        with tenant_scope(acme):
            for _ in range(5):
                make_session()
        with tenant_scope(globex):
            other = make_session()
        assert sweeps.sessions_to_launch() == [(globex.pk, other.pk)]


class TestMinutesAMonth:
    def test_used_up_nothing_begins(self, in_acme: Tenant) -> None:
        limit(in_acme, max_monthly_minutes=30)
        use(29)
        make_session()
        use(1)
        with pytest.raises(OutOfMinutes, match="30 interview minutes of this month are used up"):
            make_session()
        assert Session.objects.filter(status=SessionStatus.QUEUED).count() == 1

    def test_erasing_gives_no_minutes_back(self, in_acme: Tenant) -> None:
        limit(in_acme, max_monthly_minutes=30)
        candidate = use(31).invitation.candidate
        erasure.erase(erasure_id=erasure.request_erasure(candidate=candidate, requested_by="them").pk)
        assert not Session.objects.exists()
        with pytest.raises(OutOfMinutes):
            make_session()

    def test_what_has_begun_goes_on(self, in_acme: Tenant) -> None:
        invitation = make_invitation()
        broken = make_session(invitation=invitation)
        sessions.end_session(session=broken, reason=EndReason.CONNECTION_LOST)
        use(31)
        limit(in_acme, max_monthly_minutes=30)
        again = sessions.request_session(invitation=invitation, mode=Mode.VOICE)
        assert (again.number, again.status) == (2, SessionStatus.QUEUED)

    def test_another_month_and_another_company_do_not_count(self, acme: Tenant, globex: Tenant) -> None:
        with tenant_scope(globex):
            use(100)
        with tenant_scope(acme):
            limit(acme, max_monthly_minutes=30)
            use(100, started=timedelta(days=40))
            assert make_session().status == SessionStatus.QUEUED

    def test_owners_are_told_once_a_month(
        self, acme: Tenant, owner: User, viewer: User, mailoutbox: list[EmailMessage]
    ) -> None:
        limit(acme, max_monthly_minutes=30)
        with tenant_scope(acme):
            running = [make_session(), make_session()]
            use(40)
            for session in running:
                sessions.end_session(session=session, reason=EndReason.LEFT)
            mail = OutgoingEmail.objects.get()
            assert (mail.recipient, mail.kind) == (owner.email, "limit")
            assert mail.subject == "Acme: no further interviews can begin this month"
            assert ("The 30 interview minutes" in mail.text_body, "The 30 interview minutes" in mail.html_body) == (
                True,
                True,
            )
        tasks.send_email(str(acme.pk), str(mail.pk))
        assert [sent.to for sent in mailoutbox] == [[owner.email]]

    def test_below_it_nobody_is(self, in_acme: Tenant, owner: User) -> None:
        limit(in_acme, max_monthly_minutes=30)
        use(20)
        sessions.end_session(session=make_session(), reason=EndReason.LEFT)
        assert OutgoingEmail.objects.count() == 0


class TestInvitationsAnHour:
    def test_one_too_many_is_refused_with_the_time(self, in_acme: Tenant) -> None:
        limit(in_acme, max_hourly_invitations=2)
        first, second = make_invitation(), make_invitation()
        at = timezone.now() - timedelta(minutes=20)
        Invitation.objects.filter(pk=first.pk).update(created_at=at)
        interview = InterviewFactory.create()
        free = timezone.localtime(at + timedelta(hours=1)).strftime("%H:%M")
        with pytest.raises(LimitReached, match=f"may invite 2 people an hour. Go on at {free}"):
            create_invitation(interview=interview, candidate_name="Kim", candidate_email="kim@example.org")
        Invitation.objects.filter(pk=first.pk).update(created_at=at - timedelta(hours=1))
        create_invitation(interview=interview, candidate_name="Kim", candidate_email="kim@example.org")
        assert (Invitation.objects.count(), second.status) == (3, "created")

    def test_more_than_fit_in_an_hour_are_told_apart(self, in_acme: Tenant) -> None:
        limit(in_acme, max_hourly_invitations=2)
        check_invitations(adding=2)
        with pytest.raises(LimitReached, match="2 people an hour, and these are 3"):
            check_invitations(adding=3)

    def test_without_a_limit_there_is_none(self, in_acme: Tenant) -> None:
        check_invitations(adding=100_000)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_counted_one_after_the_other(acme: Tenant) -> None:
    limit(acme, max_hourly_invitations=1)
    with tenant_scope(acme):
        interview = InterviewFactory.create()
    start, outcomes = threading.Barrier(4), []

    def invite(number: int) -> None:
        start.wait()
        try:
            with tenant_scope(acme.pk):
                create_invitation(interview=interview, candidate_name="Kim", candidate_email=f"kim{number}@example.org")
            outcomes.append("invited")
        except LimitReached:
            outcomes.append("refused")
        finally:
            connection.close()

    run_together(invite, 4)
    assert sorted(outcomes) == ["invited", "refused", "refused", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_launches_at_the_same_moment_are_one(acme: Tenant, runner: FakeRunner) -> None:
    limit(acme, max_concurrent_sessions=1)
    slots.sync_slots()
    with tenant_scope(acme):
        waiting = [make_session() for _ in range(3)]
    start, claims = threading.Barrier(3), []

    def claim(number: int) -> None:
        start.wait()
        try:
            with tenant_scope(acme.pk):
                claims.append(launch.claim_launch(session_id=waiting[number].pk) is not None)
        finally:
            connection.close()

    run_together(claim, 3)
    assert sorted(claims) == [False, False, True]


def run_together(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
