from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from interviews.domain import invitations, sessions
from interviews.domain.plans import PlanError
from interviews.enums import EmailStatus, EndReason, InvitationStatus, Mode, SessionStatus, TransitionError
from interviews.models import Candidate, Invitation, InvitationLink, OutgoingEmail
from tenants.models import Tenant, TokenIndex
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory, InvitationFactory, make_invitation, make_session


def invite(**fields: Any) -> Invitation:
    return invitations.create_invitation(
        interview=fields.pop("interview", None) or InterviewFactory.create(),
        candidate_name="Kim Lee",
        candidate_email="Kim@Example.org",
        **fields,
    )


def test_inviting_writes_the_mail_in_the_same_breath(
    in_acme: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        invitation = invite()
    email = OutgoingEmail.objects.get()
    assert (email.invitation, email.recipient, email.status) == (invitation, "kim@example.org", EmailStatus.QUEUED)
    assert len(callbacks) == 1
    assert (invitation.status, invitation.candidate.name) == (InvitationStatus.CREATED, "Kim Lee")


def test_the_same_address_is_the_same_candidate(in_acme: Tenant) -> None:
    first, second = invite(), invite(notify=False)
    assert first.candidate == second.candidate == Candidate.objects.get()


def test_an_interview_without_questions_invites_nobody(in_acme: Tenant) -> None:
    with pytest.raises(PlanError, match="no questions yet"):
        invite(interview=InterviewFactory(questions=0))
    assert Invitation.objects.count() == 0


def test_a_link_is_kept_as_its_hash_alone(in_acme: Tenant) -> None:
    link = invitations.mint_link(invitation=make_invitation())
    token = link.rstrip("/").rpartition("/")[2]
    assert len(token) == 43
    stored = InvitationLink.objects.get().digest
    assert TokenIndex.objects.get(kind="invitation").digest == stored
    assert token not in stored


def test_a_link_is_found_without_a_tenant_in_scope(acme: Tenant) -> None:
    with tenant_scope(acme):
        invitation = make_invitation()
        token = invitations.mint_link(invitation=invitation).rstrip("/").rpartition("/")[2]
    located = invitations.locate_link(token=token)
    assert located is not None
    assert located.tenant_id == acme.pk
    with tenant_scope(located.tenant_id):
        assert invitations.get_invitation(digest=located.digest) == invitation


def test_nonsense_leads_nowhere(db: None) -> None:
    assert invitations.locate_link(token="x" * 43) is None


def test_a_link_does_not_open_in_another_company(acme: Tenant, globex: Tenant) -> None:
    with tenant_scope(acme):
        token = invitations.mint_link(invitation=make_invitation()).rstrip("/").rpartition("/")[2]
    located = invitations.locate_link(token=token)
    assert located is not None
    with tenant_scope(globex), pytest.raises(Invitation.DoesNotExist):
        invitations.get_invitation(digest=located.digest)


def test_consent_keeps_the_words_agreed_to_first(in_acme: Tenant) -> None:
    invitation = make_invitation()
    invitations.record_consent(invitation=invitation, locale="en", mode=Mode.VOICE)
    agreed = invitation.consented_at
    interview = invitation.interview
    interview.consent_text, interview.consent_version = "Something else", "2"
    interview.save()
    invitation.refresh_from_db()
    invitations.record_consent(invitation=invitation, locale="de", mode=Mode.TEXT)
    assert (invitation.consented_at, invitation.consent_version, invitation.consent_locale) == (agreed, "1", "en")
    assert invitation.consent_text.startswith("I agree to be interviewed by an AI")
    assert invitation.mode == Mode.TEXT


@pytest.mark.parametrize("verb", [invitations.decline, invitations.cancel])
def test_closing_ends_the_running_session(in_acme: Tenant, verb: Callable[..., None]) -> None:
    session = make_session()
    verb(invitation=session.invitation)
    session.refresh_from_db()
    assert (session.status, session.end_reason) == (SessionStatus.ENDED, EndReason.CANCELED)
    with pytest.raises(TransitionError):
        verb(invitation=session.invitation)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("processing", "This interview has been completed."),
        ("completed", "This interview has been completed."),
        ("declined", "This invitation was declined."),
        ("canceled", "This invitation was withdrawn."),
        ("expired", "This invitation has expired."),
        ("failed", "This interview cannot be started again. Please write to the person who invited you."),
    ],
)
def test_a_closed_invitation_says_so(in_acme: Tenant, status: str, sentence: str) -> None:
    with pytest.raises(invitations.InvitationClosed) as closed:
        invitations.check_open(invitation=make_invitation(status=status))
    assert str(closed.value) == sentence


def test_past_the_deadline_nothing_begins(in_acme: Tenant) -> None:
    overdue = make_invitation(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(invitations.InvitationClosed, match="expired"):
        invitations.check_open(invitation=overdue)


def test_the_deadline_spares_who_is_talking(in_acme: Tenant) -> None:
    talking = make_session().invitation
    Invitation.objects.filter(pk=talking.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    idle = InvitationFactory.create(expires_at=timezone.now() - timedelta(hours=1))
    assert invitations.expire_overdue(invitation_id=talking.pk) is False
    assert invitations.expire_overdue(invitation_id=idle.pk) is True
    assert Invitation.objects.get(pk=idle.pk).status == InvitationStatus.EXPIRED
    session = sessions.active_session(invitation=talking)
    assert session is not None
