import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from smtplib import SMTPRecipientsRefused
from typing import Any, cast

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.translation import override
from icalendar import Calendar

from interviews import tasks
from interviews.domain import choices, emails, erasure, invitations
from interviews.domain.letters import SAYINGS, write_letter
from interviews.enums import EmailKind, EmailStatus, InvitationStatus
from interviews.models import Candidate, Invitation, OutgoingEmail, Result, ResultRecipient
from tenants.models import Brand, Membership, Tenant, User
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
    assert set(bodies) == {"text/plain", "text/html", "text/calendar"}
    link, *ways = [line for line in bodies["text/plain"].splitlines() if line.startswith("http")]
    assert ways == [f"{link}plan", f"{link}ask", f"{link}decline"]
    assert [bodies["text/html"].count(f'href="{way}"') for way in ways] == [1, 1, 1]
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
    assert token not in stored.calendar
    assert stored.text_body.count(OutgoingEmail.LINK_PLACEHOLDER) == 4


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


def test_those_named_are_told_of_a_result_each_once_and_not_of_a_rehearsal(in_acme: Tenant, recruiter: User) -> None:
    invitation = make_invitation()
    member = Membership.objects.get(user=recruiter)
    ResultRecipient.objects.create(interview=invitation.interview, member=member)
    for address in (recruiter.email.upper(), "hiring@example.org"):
        ResultRecipient.objects.create(interview=invitation.interview, email=address)
    result = Result.objects.create(invitation=invitation, summary="Confidential.")

    told = emails.queue_result_emails(result=result)
    assert [email.recipient for email in told] == ["hiring@example.org", recruiter.email]
    assert told[0].subject == f"{invitation.candidate.name} has finished: {invitation.interview.title}"
    assert (str(result.pk) in told[0].text_body, "Confidential" in told[0].text_body) == (True, False)

    invitation.rehearsal = True
    assert emails.queue_result_emails(result=result) == []


# --- Every kind, as it travels ------------------------------------------------------------------

WITHOUT_LINK = (EmailKind.DONE, EmailKind.CANCELED, EmailKind.DECLINED, EmailKind.DELETED)
KINDS = list(SAYINGS)


def sent_message(kind: EmailKind, tenant: Tenant, **candidate: Any) -> Any:
    """The mail of this kind to Kim in Tokyo, parsed from the bytes that go over the wire."""
    with tenant_scope(tenant):
        Brand.objects.update(display_name="Acme, Inc.", sender_name="", reply_to="jobs@acme.example")
        invitation = make_invitation(
            interview=InterviewFactory(title="Line Cook"),
            candidate=CandidateFactory(**{"name": "Kim", "time_zone": "Asia/Tokyo"} | candidate),
            planned_at=datetime(2026, 12, 1, 5, 0, tzinfo=UTC),
            expires_at=datetime(2026, 12, 24, 20, 0, tzinfo=UTC),
            personal_note="Looking forward!",
            invited_at=timezone.now(),
        )
        email = emails.queue_email(kind=kind, invitation=invitation)
    send(email)
    return message_from_bytes(mail.outbox[-1].message().as_bytes(), policy=policy.default)


def plain(html: str) -> list[str]:
    """What a reader sees of a mail's HTML, word by word."""
    body = html.partition("<body")[2].partition(">")[2]
    return unescape(re.sub(r"<[^>]+>", " ", body)).split()


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_alike_and_the_headers_are_ours(acme: Tenant, kind: EmailKind) -> None:
    message = sent_message(kind, acme)
    text, html = (message.get_body((name,)).get_content() for name in ("plain", "html"))
    assert text.split() == plain(html)
    assert (str(message["From"]), str(message["Reply-To"])) == (
        '"Acme, Inc." <no-reply@localhost>',
        "jobs@acme.example",
    )
    assert (message["Auto-Submitted"], "[[link]]" in text) == ("auto-generated", False)
    assert ("/decline" in text) is (kind not in WITHOUT_LINK)
    assert ("Looking forward!" in text) is (kind == EmailKind.INVITATION)


@pytest.mark.parametrize(
    ("kind", "method", "status"),
    [
        (EmailKind.INVITATION, "REQUEST", "CONFIRMED"),
        (EmailKind.PLANNED, "REQUEST", "CONFIRMED"),
        (EmailKind.EXTENDED, "REQUEST", "CONFIRMED"),
        *((kind, "CANCEL", "CANCELLED") for kind in WITHOUT_LINK),
    ],
)
def test_a_calendar_entry_names_its_method_twice_alike(acme: Tenant, kind: EmailKind, method: str, status: str) -> None:
    (part,) = sent_message(kind, acme, name='Kim "K" Doe;x').iter_attachments()
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert (part.get_content_type(), part.get_param("method"), str(calendar["METHOD"])) == (
        "text/calendar",
        method,
        method,
    )
    assert (str(event["STATUS"]), event.decoded("DTSTART"), part.get_filename()) == (
        status,
        datetime(2026, 12, 1, 5, 0, tzinfo=UTC),
        "interview.ics",
    )
    assert ("/i/" in str(event.get("URL", ""))) is (method == "REQUEST")


def calendar_of(message: Any) -> tuple[str, str, int]:
    """Of a mail as it travels: its calendar entry's UID, method and sequence."""
    (part,) = message.iter_attachments()
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["METHOD"])
    return str(event["UID"]), str(calendar["METHOD"]), int(str(event["SEQUENCE"]))


@pytest.mark.parametrize("ending", ["declined", "canceled", "erased"])
def test_whoever_got_an_entry_gets_it_taken_back(acme: Tenant, ending: str) -> None:
    with tenant_scope(acme):
        invitation = make_invitation()
        email = emails.queue_invitation_email(invitation=invitation)
    send(email)
    with tenant_scope(acme):
        invitation.refresh_from_db()
        choices.plan_time(invitation=invitation, at=invitation.expires_at - timedelta(days=1))
        if ending == "declined":
            invitations.decline(invitation=invitation)
        elif ending == "canceled":
            invitations.cancel(invitation=invitation)
        else:
            erasure.erase(erasure_id=erasure.request_erasure(candidate=invitation.candidate, requested_by="Kim").pk)
        last = OutgoingEmail.objects.latest("created_at")
    send(last)
    first, final = (message_from_bytes(mail.outbox[n].message().as_bytes(), policy=policy.default) for n in (0, -1))
    uid, method, sequence = calendar_of(first)
    assert (method, sequence) == ("REQUEST", 0)
    assert calendar_of(final) == (uid, "CANCEL", 2)
    assert (final["To"], "kim" in read(last).calendar.lower()) == (first["To"], ending != "erased")


def test_whoever_got_none_gets_none_taken_back(in_acme: Tenant) -> None:
    invitation = make_invitation()
    assert emails.queue_email(kind=EmailKind.CANCELED, invitation=invitation).calendar == ""


def test_a_decline_is_confirmed(acme: Tenant) -> None:
    message = sent_message(EmailKind.DECLINED, acme)
    assert message["Subject"] == "You declined the interview: Line Cook"
    assert "You have declined the interview for Line Cook." in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@example.org", "Eve\nX-Evil: 1", "<b>Eve</b>"])
def test_a_hostile_name_adds_no_header(acme: Tenant, name: str) -> None:
    for kind in KINDS:
        message = sent_message(kind, acme, name=name)
        assert (message["Bcc"], message["X-Evil"], len(message.get_all("To"))) == (None, None, 1)
        assert "<b>" not in message.get_body(("html",)).get_content()
        mail.outbox.clear()


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "hi"])
def test_every_kind_speaks_every_language(in_acme: Tenant, language: str) -> None:
    invitation = make_invitation(planned_at=datetime(2026, 12, 1, 5, 0, tzinfo=UTC))
    with override(language):
        letters_ = [write_letter(kind=kind, invitation=invitation, brand=None) for kind in KINDS]
    with override("en"):
        english = [write_letter(kind=kind, invitation=invitation, brand=None) for kind in KINDS]
    assert [one.headline == other.headline for one, other in zip(letters_, english, strict=True)] == [
        language == "en"
    ] * len(KINDS)


def test_a_mail_about_deleted_data_outlives_them(in_acme: Tenant) -> None:
    invitation = make_invitation()
    email = emails.queue_email(kind=EmailKind.DELETED, invitation=invitation)
    invitation.delete()
    assert OutgoingEmail.objects.get().pk == email.pk


def test_an_address_refused_for_good_has_bounced(queued: OutgoingEmail, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**kwargs: Any) -> None:
        raise SMTPRecipientsRefused({"kim@example.org": (550, b"no such user")})

    monkeypatch.setattr(emails, "deliver", refuse)
    send(queued)
    stored = read(queued)
    assert stored.invitation is not None
    assert (stored.status, stored.invitation.bounced_at is None) == (EmailStatus.BOUNCED, False)


def test_a_mail_is_sent_again_as_a_row_of_its_own(queued: OutgoingEmail) -> None:
    with tenant_scope(queued.tenant_id):
        copy = emails.resend_email(email=queued)
        assert (copy.pk == queued.pk, copy.text_body, copy.status) == (False, queued.text_body, EmailStatus.QUEUED)
        assert queued.invitation is not None
        invitations.cancel(invitation=queued.invitation)
        with pytest.raises(emails.EmailRefused):
            emails.resend_email(email=OutgoingEmail.objects.select_related("invitation").get(pk=queued.pk))
