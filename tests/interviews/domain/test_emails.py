from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, cast

import pytest
from django.core import mail

from interviews import tasks
from interviews.domain import emails, invitations
from interviews.enums import EmailStatus, InvitationStatus
from interviews.models import Candidate, Invitation, OutgoingEmail
from tenants.models import Brand, Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import CandidateFactory, InterviewFactory, make_invitation


@pytest.fixture
def queued(acme: Tenant) -> OutgoingEmail:
    with tenant_scope(acme):
        Brand.objects.update(display_name="Acme Careers", sender_name="", reply_to="jobs@acme.example")
        invitation = make_invitation(
            interview=InterviewFactory(title="Line <b>Cook</b>"),
            candidate=CandidateFactory(
                name="Kim <script>alert(1)</script>", email="kim@example.org", time_zone="Asia/Tokyo"
            ),
            expires_at=datetime(2026, 12, 24, 20, 0, tzinfo=UTC),
        )
        return emails.queue_invitation_email(invitation=invitation)


def send(email: OutgoingEmail) -> None:
    tasks.send_email(str(email.tenant_id), str(email.pk))


def read(email: OutgoingEmail) -> OutgoingEmail:
    with tenant_scope(email.tenant_id):
        return OutgoingEmail.objects.select_related("invitation").get(pk=email.pk)


def parts(message: EmailMessage) -> dict[str, str]:
    return {
        part.get_content_type(): cast(bytes, part.get_payload(decode=True)).decode()
        for part in message.walk()
        if not part.is_multipart()
    }


def test_text_and_html_carry_the_same_link(queued: OutgoingEmail) -> None:
    send(queued)
    (sent,) = mail.outbox
    bodies = parts(sent.message())
    assert set(bodies) == {"text/plain", "text/html"}
    (link,) = [line for line in bodies["text/plain"].splitlines() if line.startswith("http")]
    assert bodies["text/html"].count(f'href="{link}"') == 1
    located = invitations.locate_link(token=link.rstrip("/").rpartition("/")[2])
    assert located is not None
    with tenant_scope(queued.tenant_id):
        assert invitations.get_invitation(digest=located.digest) == queued.invitation


def test_the_token_is_in_no_column(queued: OutgoingEmail) -> None:
    send(queued)
    token = mail.outbox[0].body.split("/i/")[1].split("/")[0]
    stored = read(queued)
    assert token not in stored.text_body + stored.html_body
    assert stored.text_body.count(OutgoingEmail.LINK_PLACEHOLDER) == 1


def test_a_sent_mail_makes_the_invitation_invited_and_is_sent_once(queued: OutgoingEmail) -> None:
    send(queued)
    send(queued)
    stored = read(queued)
    assert (stored.status, stored.attempts, len(mail.outbox)) == (EmailStatus.SENT, 1, 1)
    assert stored.invitation is not None
    assert stored.invitation.status == InvitationStatus.INVITED


def test_the_deadline_is_in_the_candidates_zone(queued: OutgoingEmail) -> None:
    assert "The link works until Friday, 25 December 2026, 05:00 (Asia/Tokyo)." in queued.text_body


def test_the_company_speaks_and_answers_come_to_a_person(queued: OutgoingEmail) -> None:
    send(queued)
    (sent,) = mail.outbox
    assert sent.from_email == "Acme Careers <no-reply@localhost>"
    assert sent.reply_to == ["jobs@acme.example"]
    assert sent.to == ["kim@example.org"]


def test_names_are_text_and_never_markup(queued: OutgoingEmail) -> None:
    assert "<script>" not in queued.html_body
    assert "Kim &lt;script&gt;" in queued.html_body
    assert "Kim <script>" in queued.text_body


@pytest.mark.parametrize("hostile", ["Eve\r\nBcc: all@example.org", 'Eve" <eve@example.org>'])
def test_a_header_takes_one_plain_line(hostile: str) -> None:
    line = emails.one_line(hostile)
    assert not set(line) & set('\r\n<>"')


def test_a_mail_server_that_is_away_is_tried_again(queued: OutgoingEmail, monkeypatch: pytest.MonkeyPatch) -> None:
    retries: list[Any] = []

    def refuse(**kwargs: Any) -> None:
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr(emails, "deliver", refuse)
    monkeypatch.setattr(tasks.send_email, "apply_async", lambda args, countdown: retries.append(countdown))
    for _ in range(emails.MAX_ATTEMPTS + 1):
        send(queued)
    stored = read(queued)
    assert (stored.status, stored.attempts) == (EmailStatus.FAILED, emails.MAX_ATTEMPTS)
    assert stored.last_error == "ConnectionRefusedError: no mail server"
    assert retries == [60, 120, 240, 480]
    with tenant_scope(queued.tenant_id):
        assert Invitation.objects.get().status == InvitationStatus.CREATED
        assert Candidate.objects.count() == 1


def test_no_mail_leads_to_a_closed_invitation(queued: OutgoingEmail) -> None:
    with tenant_scope(queued.tenant_id):
        assert queued.invitation is not None
        invitations.cancel(invitation=queued.invitation)
    send(queued)
    stored = read(queued)
    assert mail.outbox == []
    assert (stored.status, stored.last_error) == (EmailStatus.FAILED, "Not sent: the invitation was closed before.")
