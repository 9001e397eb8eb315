"""Data goes when a candidate asks, and when its time is over."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from interviews.domain import batches, emails, erasure, invitations, sweeps
from interviews.enums import EmailKind, InvitationStatus
from interviews.models import (
    Answer,
    BatchRow,
    Candidate,
    Invitation,
    OutgoingEmail,
    SelfIdentification,
    Session,
    TranscriptTurn,
)
from tenants.domain.audit import record
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory, launch_session, make_invitation, make_session, open_relay, say

pytestmark = pytest.mark.django_db


def interviewed(tenant: Tenant, *, days_ago: int, retention: int | None) -> Invitation:
    """Somebody who has said something, that long ago."""
    with tenant_scope(tenant):
        invitation = make_invitation()
        job = launch_session(make_session(invitation=invitation))
    say(open_relay(job), "I was born in Oslo.")
    with tenant_scope(tenant):
        invitation.interview.retention_days = retention
        invitation.interview.save()
        over = timezone.now() - timedelta(days=days_ago)
        Session.objects.filter(invitation=invitation).update(status="ended")
        Invitation.objects.filter(pk=invitation.pk).update(status=InvitationStatus.COMPLETED, completed_at=over)
    return invitation


def test_what_is_kept_too_long_is_found_and_forgotten(acme: Tenant) -> None:
    old = interviewed(acme, days_ago=31, retention=30)
    interviewed(acme, days_ago=29, retention=30)
    interviewed(acme, days_ago=3000, retention=None)
    assert sweeps.invitations_to_forget() == [(acme.pk, old.pk)]
    with tenant_scope(acme):
        assert erasure.forget_expired(invitation_id=old.pk)
        assert not erasure.forget_expired(invitation_id=old.pk)
        assert Candidate.objects.get(pk=old.candidate_id).name == "Erased"
        assert TranscriptTurn.objects.count() == 2
    assert sweeps.invitations_to_forget() == []


def test_a_candidate_with_another_interview_keeps_their_name(acme: Tenant) -> None:
    old = interviewed(acme, days_ago=31, retention=30)
    with tenant_scope(acme):
        make_invitation(candidate=Candidate.objects.get(pk=old.candidate_id))
        assert erasure.forget_expired(invitation_id=old.pk)
        assert Candidate.objects.get(pk=old.candidate_id).name != "Erased"


def test_what_they_said_of_themselves_is_shown_to_them_and_goes_both_ways(acme: Tenant) -> None:
    kept, erased, old = (interviewed(acme, days_ago=days, retention=30) for days in (1, 1, 31))
    with tenant_scope(acme):
        for invitation in (kept, erased, old):
            SelfIdentification.objects.create(invitation=invitation, sex="female", race="asian")
        candidate = Candidate.objects.get(pk=erased.candidate_id)
        [shown] = erasure.export_data(candidate=candidate)["self_identification"]
        assert (shown.sex, shown.race) == ("female", "asian")
        wish = erasure.request_erasure(candidate=candidate, requested_by="them")
        assert erasure.erase(erasure_id=wish.pk)
        assert erasure.forget_expired(invitation_id=old.pk)
        assert SelfIdentification.objects.get().invitation_id == kept.pk


def test_an_open_invitation_is_not_forgotten(in_acme: Tenant) -> None:
    assert not erasure.forget_expired(invitation_id=make_invitation().pk)


def test_what_was_forgotten_is_not_opened_again(in_acme: Tenant) -> None:
    forgotten = make_invitation(status=InvitationStatus.EXPIRED, forgotten_at=timezone.now())
    with pytest.raises(invitations.InvitationClosed):
        invitations.extend(invitation=forgotten, expires_at=timezone.now() + timedelta(days=1))


def test_the_erased_are_told_and_then_nothing_names_them(acme: Tenant) -> None:
    invitation = interviewed(acme, days_ago=1, retention=None)
    with tenant_scope(acme):
        Invitation.objects.filter(pk=invitation.pk).update(invited_at=timezone.now())
        candidate = Candidate.objects.get(pk=invitation.candidate_id)
        wish = erasure.request_erasure(candidate=candidate, requested_by="them")
        assert erasure.erase(erasure_id=wish.pk)
        mail = OutgoingEmail.objects.get()
        assert (mail.kind, mail.recipient) == (EmailKind.DELETED, candidate.email)
        emails.record_sent(email=mail, message_id="<1@example.org>")
        mail.refresh_from_db()
        assert (mail.recipient, mail.text_body, mail.html_body) == ("", "", "")
        assert (Answer.objects.count(), TranscriptTurn.objects.count()) == (0, 0)


def test_the_audit_log_forgets_their_name_and_nothing_else(acme: Tenant) -> None:
    invitation, other = (interviewed(acme, days_ago=1, retention=None) for _ in range(2))
    with tenant_scope(acme):
        candidate = Candidate.objects.get(pk=invitation.candidate_id)
        session = Session.objects.get(invitation=invitation)
        record(verb="watched the session", target=session)
        record(verb="changed", target=candidate, changes={"name": ("Kim", candidate.name)}, details={"by": "hand"})
        record(verb="viewed", target=Candidate.objects.get(pk=other.candidate_id))
        before = AuditEntry.objects.count()
        assert erasure.erase(erasure_id=erasure.request_erasure(candidate=candidate, requested_by="them").pk)
        entries = AuditEntry.objects.order_by("at").values_list("verb", "object_label", "details")
        assert list(entries)[before - 3 :] == [
            ("watched the session", "Erased", {}),
            ("changed", "Erased", {"by": "hand"}),
            ("viewed", str(Candidate.objects.get(pk=other.candidate_id)), {}),
            ("asked for the erasure of a candidate's data", "Erased", {}),
        ]
        for change in ({"verb": "undid"}, {"object_label": "Somebody"}, {"object_label": "Erased", "details": {}}):
            with pytest.raises(DatabaseError), transaction.atomic():
                AuditEntry.objects.filter(verb="changed").update(**change)


def test_lists_forget_them_whether_started_or_not(in_acme: Tenant) -> None:
    interview = InterviewFactory.create()
    expires_at = timezone.now() + timedelta(days=3)
    lists = [
        batches.create_batch(interview=interview, source=source, text=text, expires_at=expires_at)
        for source, text in (("one", "Kim Doe,kim@example.org"), ("two", "Ann,ann@example.org\nKim D.,KIM@example.org"))
    ]
    batches.start_batch(batch=lists[0])
    batches.work_off(batch_id=lists[0].pk)
    invitation = Invitation.objects.get()
    invitations.correct_address(invitation=invitation, email="kim.doe@example.org")
    assert BatchRow.objects.get(batch=lists[0]).email == "kim.doe@example.org"
    invitations.correct_address(invitation=invitation, email="kim@example.org")

    wish = erasure.request_erasure(candidate=invitation.candidate, requested_by="them")
    assert erasure.erase(erasure_id=wish.pk)
    rows = BatchRow.objects.order_by("batch__source", "number").values_list("name", "email", "state")
    assert list(rows) == [("", "", "invited"), ("Ann", "ann@example.org", "ready"), ("", "", "problem")]
    lists[1].refresh_from_db()
    assert lists[1].table == [["Ann", "ann@example.org"], ["", ""]]
