"""What a provider reports comes back into the mail, its invitation and the list; from nobody but the provider."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from interviews import tasks
from interviews.domain import emails, invitations
from interviews.enums import EmailKind
from interviews.models import Candidate, EmailEvent, Invitation, InvitationLink, OutgoingEmail
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import make_invitation

SECRET = "user:a long password"


@pytest.fixture(autouse=True)
def provider(settings: Settings) -> None:
    settings.EMAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def send_one(tenant: Tenant) -> OutgoingEmail:
    """An invitation's mail that is out."""
    with tenant_scope(tenant):
        email = emails.queue_invitation_email(invitation=make_invitation())
    tasks.send_email(str(tenant.pk), str(email.pk))
    return read(email)


def read(email: OutgoingEmail) -> OutgoingEmail:
    with tenant_scope(email.tenant_id):
        return OutgoingEmail.objects.select_related("invitation__candidate").get(pk=email.pk)


def report(client: Client, email: OutgoingEmail, kind: str = "Bounce", *, secret: str = SECRET, **more: Any) -> int:
    """As Postmark posts it. Source: postmarkapp.com/developer/webhooks."""
    body = {"RecordType": kind, "MessageID": email.message_id, "Email": email.recipient} | more
    credentials = b64encode(secret.encode()).decode()
    answer = client.post(
        "/mail/events/postmark",
        body,
        content_type="application/json",
        headers={"Authorization": f"Basic {credentials}"} if secret else {},
    )
    return answer.status_code


HARD = {"Type": "HardBounce", "Description": "No such mailbox", "BouncedAt": "2026-11-23T10:00:00Z"}


def test_a_bounce_marks_mail_and_invitation_and_another_companys_stays(
    acme: Tenant, globex: Tenant, client: Client
) -> None:
    email, other = send_one(acme), send_one(globex)
    assert email.invitation is not None
    assert email.invitation.next_reminder_at is not None
    assert report(client, email, **HARD) == 200
    bounced = read(email)
    assert bounced.invitation is not None
    assert (bounced.status, "No such mailbox" in bounced.last_error) == ("bounced", True)
    assert (bounced.invitation.bounced_at is None, bounced.invitation.next_reminder_at) == (False, None)
    untouched = read(other)
    assert untouched.invitation is not None
    assert (untouched.status, untouched.invitation.bounced_at) == ("sent", None)
    with tenant_scope(acme):
        assert list(EmailEvent.objects.values_list("status", flat=True)) == ["sent", "bounced"]


def test_a_report_twice_is_one_and_a_late_delivery_undoes_no_bounce(acme: Tenant, client: Client) -> None:
    email = send_one(acme)
    for _ in range(2):
        assert report(client, email, **HARD) == 200
    assert report(client, email, "Delivery", Recipient=email.recipient) == 200
    assert read(email).status == "bounced"
    with tenant_scope(acme):
        assert EmailEvent.objects.count() == 2


def test_a_delivery_is_seen(acme: Tenant, client: Client) -> None:
    email = send_one(acme)
    assert report(client, email, "Delivery", Recipient=email.recipient) == 200
    assert read(email).status == "delivered"


@pytest.mark.parametrize("secret", ["", "user:wrong", "a long password:user"])
def test_a_forged_report_is_refused(acme: Tenant, client: Client, secret: str) -> None:
    email = send_one(acme)
    assert report(client, email, secret=secret, **HARD) == 400
    assert read(email).status == "sent"


@pytest.mark.parametrize(
    ("provider", "secret"), [("", SECRET), ("mailgun", SECRET), ("postmark", "")], ids=["smtp", "another", "no secret"]
)
def test_no_report_is_taken_where_none_can_be_proved(
    acme: Tenant, client: Client, settings: Settings, provider: str, secret: str
) -> None:
    email = send_one(acme)
    settings.EMAIL_PROVIDER, settings.ANYMAIL = provider, {"WEBHOOK_SECRET": secret}
    assert report(client, email, **HARD) == 404
    assert read(email).status == "sent"


def test_an_unknown_message_is_not_ours(acme: Tenant, client: Client) -> None:
    email = send_one(acme)
    email.message_id = "of somebody else"
    assert report(client, email, **HARD) == 200
    assert read(email).status == "sent"


def test_a_corrected_address_is_invited_anew(acme: Tenant, client: Client) -> None:
    email = send_one(acme)
    report(client, email, **HARD)
    with tenant_scope(acme):
        invitation = Invitation.objects.select_related("candidate", "interview", "tenant").get()
        invitations.correct_address(invitation=invitation, email=" Right@Example.org ")
        again = OutgoingEmail.objects.order_by("-created_at")[0]
        assert (again.recipient, again.status) == ("right@example.org", "queued")
        assert Invitation.objects.get().bounced_at is None
    tasks.send_email(str(acme.pk), str(again.pk))
    assert mail.outbox[-1].to == ["right@example.org"]
    report(client, read(email), "SpamComplaint", Type="SpamComplaint")
    with tenant_scope(acme):
        assert Invitation.objects.get().bounced_at is None


def test_the_wrong_address_is_left_with_no_link(acme: Tenant) -> None:
    """Neither to this invitation nor to another, nor in a mail that has still to go out."""
    send_one(acme)
    with tenant_scope(acme):
        invitation = Invitation.objects.select_related("candidate", "interview", "tenant").get()
        other = make_invitation(candidate=invitation.candidate, invited_at=timezone.now())
        shown = invitations.mint_link(invitation=other)
        emails.queue_email(kind=EmailKind.REMINDER, invitation=other)
        invitations.correct_address(invitation=invitation, email="right@example.org")
        assert not InvitationLink.objects.exists()
        waiting = OutgoingEmail.objects.filter(status="queued")
        assert {(row.kind, row.recipient, row.invitation_id) for row in waiting} == {
            (kind, "right@example.org", row.pk)
            for kind, row in [("invitation", invitation), ("invitation", other), ("reminder", other)]
        }
    wrong = set(re.findall(r"/i/([^/]+)/", str(mail.outbox[0].body) + shown))
    assert (len(wrong), {invitations.locate_link(token=token) for token in wrong}) == (2, {None})
    for row in waiting:
        tasks.send_email(str(acme.pk), str(row.pk))
    assert {recipient for sent in mail.outbox[1:] for recipient in sent.to} == {"right@example.org"}
    right = [match[1] for sent in mail.outbox[1:] if (match := re.search(r"/i/([^/]+)/", str(sent.body)))]
    assert [invitations.locate_link(token=token) is not None for token in right] == [True] * 3


def test_the_same_address_again_takes_no_link_away(acme: Tenant) -> None:
    send_one(acme)
    with tenant_scope(acme):
        invitation = Invitation.objects.select_related("candidate", "interview", "tenant").get()
        invitations.correct_address(invitation=invitation, email=invitation.candidate.email)
        assert InvitationLink.objects.count() == 1


def test_an_address_of_somebody_else_is_not_taken_over(in_acme: Tenant) -> None:
    one, other = make_invitation(), make_invitation()
    with pytest.raises(invitations.AddressTaken):
        invitations.correct_address(invitation=one, email=other.candidate.email)
    assert Candidate.objects.get(pk=one.candidate_id).email == one.candidate.email
