"""Broken off more often than its interview allows, an invitation has failed; one more start opens it again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from interviews import tasks
from interviews.domain import invitations, retries, sessions, webhooks
from interviews.domain.versions import publish
from interviews.enums import EndReason, InvitationStatus, Mode
from interviews.models import Interview, Invitation, Session, WebhookEvent
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory, make_invitation


def break_off(invitation: Invitation, reason: EndReason) -> Session:
    session = sessions.request_session(invitation=invitation, mode=Mode.VOICE)
    Session.objects.filter(pk=session.pk).update(started_at=timezone.now())
    Invitation.objects.filter(pk=invitation.pk, status="created").update(status="in_progress")
    sessions.end_session(session=session, reason=reason)
    invitation.refresh_from_db()
    return session


def stay_away(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(ended_at=timezone.now() - retries.RETURN_WITHIN)


def test_leaving_once_too_often_fails_the_invitation_and_tells_it(in_acme: Tenant) -> None:
    webhooks.add_endpoint(url="https://hooks.example/", events=["session.ended", "invitation.failed"])
    invitation = make_invitation(interview__retries=1)
    Invitation.objects.update(next_reminder_at=timezone.now() + timedelta(days=3))
    break_off(invitation, EndReason.LEFT)
    assert invitation.status == InvitationStatus.IN_PROGRESS
    break_off(invitation, EndReason.LEFT)
    assert (invitation.status, invitation.next_reminder_at) == (InvitationStatus.FAILED, None)
    told = WebhookEvent.objects.order_by("created_at").values_list("type", flat=True)
    assert list(told) == ["session.ended", "session.ended", "invitation.failed"]
    with pytest.raises(invitations.InvitationClosed, match="write to the person who invited you"):
        invitations.check_open(invitation=invitation)


@pytest.mark.parametrize(
    "reason",
    [EndReason.BOT_LOST, EndReason.START_FAILED, EndReason.NEVER_JOINED, EndReason.REJOINED, EndReason.CONNECTION_LOST],
)
def test_what_is_not_the_candidates_doing_fails_nothing(in_acme: Tenant, reason: EndReason) -> None:
    invitation = make_invitation(interview__retries=0)
    for _ in range(3):
        break_off(invitation, reason)
    assert invitation.status == InvitationStatus.IN_PROGRESS


def test_one_more_start_goes_on_where_it_broke_off(in_acme: Tenant) -> None:
    invitation = make_invitation(interview__retries=0)
    break_off(invitation, EndReason.LEFT)
    assert invitation.status == InvitationStatus.FAILED
    invitations.grant_retry(invitation=invitation)
    assert (invitation.status, invitation.extra_retries) == (InvitationStatus.IN_PROGRESS, 1)
    assert sessions.request_session(invitation=invitation, mode=Mode.VOICE).number == 2


def test_whose_data_was_deleted_gets_no_more_start(in_acme: Tenant) -> None:
    invitation = make_invitation(status=InvitationStatus.FAILED, forgotten_at=timezone.now())
    with pytest.raises(invitations.InvitationClosed):
        invitations.grant_retry(invitation=invitation)


@pytest.mark.parametrize("status", [InvitationStatus.PROCESSING, InvitationStatus.EXPIRED, InvitationStatus.CANCELED])
def test_what_has_ended_otherwise_stays_as_it_is(in_acme: Tenant, status: InvitationStatus) -> None:
    invitation = make_invitation(interview__retries=0)
    stay_away(break_off(invitation, EndReason.CONNECTION_LOST))
    Invitation.objects.update(status=status)
    assert retries.fail_when_used_up(invitation_id=invitation.pk) is False
    invitation.refresh_from_db()
    assert invitation.status == status


def test_the_sweep_finds_who_lost_the_connection_and_stayed_away(acme: Tenant, enqueued: dict[str, Any]) -> None:
    with tenant_scope(acme):
        away, back, spare, granted = (make_invitation(interview__retries=n) for n in (0, 0, 1, 0))
        Invitation.objects.filter(pk=granted.pk).update(extra_retries=1)
        for invitation in (away, spare, granted):
            stay_away(break_off(invitation, EndReason.CONNECTION_LOST))
        break_off(back, EndReason.CONNECTION_LOST)
    tasks.sweep()
    with tenant_scope(acme):
        failed = Invitation.objects.filter(status=InvitationStatus.FAILED)
        assert list(failed) == [away]


def test_as_often_as_the_version_allows_that_it_was_begun_in(acme: Tenant, enqueued: dict[str, Any]) -> None:
    with tenant_scope(acme):
        interview = InterviewFactory.create(retries=0)
        publish(interview=interview)
        lost = break_off(make_invitation(interview=interview), EndReason.CONNECTION_LOST)
        Interview.objects.update(retries=5)
        stay_away(lost)
    tasks.sweep()
    with tenant_scope(acme):
        assert Invitation.objects.get().status == InvitationStatus.FAILED
