from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from interviews.domain import retries, sessions
from interviews.enums import EndReason, Mode, SessionStatus
from interviews.models import RunnerSlot, Session
from tenants.models import Tenant
from tests.interviews.factories import launch_session, make_invitation, make_session


def test_pressed_twice_it_is_one_session(
    in_acme: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    invitation = make_invitation()
    first = sessions.request_session(invitation=invitation, mode=Mode.VOICE)
    with django_capture_on_commit_callbacks() as callbacks:
        assert sessions.request_session(invitation=invitation, mode=Mode.TEXT) == first
    assert callbacks == []
    assert Session.objects.get().number == 1


def test_two_active_sessions_are_refused_by_the_database(in_acme: Tenant) -> None:
    session = make_session()
    with pytest.raises(IntegrityError, match="one_active_session"), transaction.atomic():
        Session.objects.create(invitation=session.invitation, number=2, plan={})


def test_the_plan_is_fixed_when_the_session_begins(in_acme: Tenant) -> None:
    session = make_session()
    question = session.invitation.interview.interview_questions.get(position=0).question
    before = question.text
    question.text = "Changed"
    question.save()
    session.refresh_from_db()
    assert session.plan["questions"][0]["text"] == before


def test_ending_frees_the_slot_and_happens_once(in_acme: Tenant) -> None:
    session = make_session()
    launch_session(session)
    assert RunnerSlot.objects.filter(session_id=session.pk).count() == 1
    assert sessions.end_session(session=session, reason=EndReason.LEFT) is True
    assert sessions.end_session(session=session, reason=EndReason.COMPLETED) is False
    session.refresh_from_db()
    assert (session.status, session.end_reason) == (SessionStatus.ENDED, EndReason.LEFT)
    assert RunnerSlot.objects.filter(session_id=session.pk).count() == 0


def test_coming_back_is_limited_but_not_by_our_own_failures(in_acme: Tenant) -> None:
    invitation = make_invitation()
    invitation.interview.retries = 1
    invitation.interview.save()
    for reason in (EndReason.START_FAILED, EndReason.BOT_LOST, EndReason.LEFT, EndReason.CONNECTION_LOST):
        session = sessions.request_session(invitation=invitation, mode=Mode.VOICE)
        sessions.end_session(session=session, reason=reason)
    Session.objects.filter(pk=session.pk).update(ended_at=timezone.now() - retries.RETURN_WITHIN)
    with pytest.raises(sessions.OutOfRetries, match="write to the person who invited you"):
        sessions.request_session(invitation=invitation, mode=Mode.VOICE)


def test_who_is_back_at_once_after_their_connection_broke_has_not_left(in_acme: Tenant) -> None:
    invitation = make_invitation(interview__retries=0)
    for _ in range(3):
        session = sessions.request_session(invitation=invitation, mode=Mode.VOICE)
        sessions.end_session(session=session, reason=EndReason.CONNECTION_LOST)
        assert retries.retries_left(invitation=invitation) == 0
    assert list(Session.objects.order_by("number").values_list("end_reason", flat=True)) == [
        EndReason.REJOINED,
        EndReason.REJOINED,
        EndReason.CONNECTION_LOST,
    ]
    Session.objects.filter(pk=session.pk).update(ended_at=timezone.now() - retries.RETURN_WITHIN)
    assert retries.retries_left(invitation=invitation) == -1


@pytest.mark.parametrize(
    ("silence", "reason"), [(None, EndReason.REJOINED), (3, EndReason.REJOINED), (9, EndReason.BOT_LOST)]
)
def test_taking_over_says_whether_the_bot_was_lost(in_acme: Tenant, silence: float | None, reason: EndReason) -> None:
    session = make_session()
    launch_session(session)
    heard = timezone.now() - timedelta(seconds=silence) if silence is not None else None
    Session.objects.filter(pk=session.pk).update(status=SessionStatus.LIVE, heartbeat_at=heard)
    session.refresh_from_db()
    assert sessions.take_over(session=session) is True
    session.refresh_from_db()
    assert (session.end_reason, retries.retries_left(invitation=session.invitation)) == (reason, 3)


@pytest.mark.parametrize(
    ("silence", "closed"), [(timedelta(seconds=10), None), (timedelta(seconds=60), EndReason.BOT_LOST)]
)
def test_a_silent_bot_loses_its_lease(
    in_acme: Tenant, settings: Settings, silence: timedelta, closed: EndReason | None
) -> None:
    settings.SESSION_LEASE_SECONDS = 25
    session = make_session()
    launch_session(session)
    Session.objects.filter(pk=session.pk).update(heartbeat_at=timezone.now() - silence)
    assert sessions.reap_session(session_id=session.pk) == closed


def test_nobody_is_waited_for_forever(in_acme: Tenant) -> None:
    session = make_session()
    launch_session(session)
    assert sessions.reap_session(session_id=session.pk) is None
    Session.objects.filter(pk=session.pk).update(launched_at=timezone.now() - timedelta(minutes=5))
    assert sessions.reap_session(session_id=session.pk) == EndReason.NEVER_JOINED
    assert sessions.reap_session(session_id=session.pk) is None
