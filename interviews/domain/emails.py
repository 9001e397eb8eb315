"""Mail: a rendered row in the writer's transaction, sent once that has committed, each try an event."""

import re
from datetime import timedelta
from email.utils import make_msgid
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit
from uuid import UUID

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from interviews.domain import bounces, calendars, letters, outbox, queue, reminders
from interviews.domain.languages import choose_language, interview_texts
from interviews.domain.statuses import move
from interviews.enums import (
    INVITING_KINDS,
    OPEN_STATUSES,
    STAFF_KINDS,
    EmailKind,
    EmailStatus,
    InvitationStatus,
    WebhookEventType,
)
from interviews.models import EmailEvent, Invitation, OutgoingEmail, Result
from tenants.domain import tokens
from tenants.domain.link_mails import say_error
from tenants.enums import Role, TokenKind
from tenants.models import Brand, Membership

MAX_ATTEMPTS = 5
#: A mail that somebody took for sending and that is still not sent is anybody's again after this.
LEASE = timedelta(minutes=5)


class EmailRefused(ValueError):
    """This mail cannot be sent again; the message says why."""


def queue_email(*, kind: EmailKind, invitation: Invitation) -> OutgoingEmail:
    """Write the candidate's mail of this kind, in their language, and have it sent after commit.

    One about deleted data belongs to no invitation, because that goes with the data.
    """
    brand = Brand.objects.filter(tenant_id=invitation.tenant_id).first()
    language = choose_language(invitation=invitation)
    with override(language):
        letter = letters.write_letter(kind=kind, invitation=invitation, brand=brand)
        title = interview_texts(interview=invitation.offered, language=language).title
        organizer = (brand.reply_to if brand else "") or sender_address()
        calendar = calendars.write_calendar(
            kind=kind, invitation=invitation, brand=brand, title=title, organizer=organizer
        )
        return store_letter(
            letter=letter,
            kind=kind,
            recipient=invitation.candidate.email,
            invitation=None if kind == EmailKind.DELETED else invitation,
            brand=brand,
            calendar=calendar,
        )


def queue_invitation_email(*, invitation: Invitation) -> OutgoingEmail:
    return queue_email(kind=EmailKind.INVITATION, invitation=invitation)


def queue_request_email(*, invitation: Invitation) -> list[OutgoingEmail]:
    """Tell staff that a candidate asks for a person or another format: the reply-to address, else the owners."""
    brand = Brand.objects.filter(tenant_id=invitation.tenant_id).first()
    recipients = [brand.reply_to] if brand and brand.reply_to else owners()
    page = reverse("admin:interviews_invitation_change", args=[invitation.pk])
    asked = f"{invitation.candidate.name} asks for {invitation.get_wish_display().lower()}"
    with override("en"):
        letter = letters.Letter(
            subject=f"{asked}: {invitation.interview.title}",
            headline=f"{asked} instead of the interview for {invitation.interview.title}.",
            note=invitation.wish_text,
            action="Open the invitation:",
            link=settings.BASE_URL + page,
            signature="Vivavoce",
        )
        return [
            store_letter(letter=letter, kind=EmailKind.REQUEST, recipient=recipient, invitation=invitation, brand=brand)
            for recipient in recipients
        ]


def queue_result_emails(*, result: Result) -> list[OutgoingEmail]:
    """Tell those whom the interview names that a result is ready, each once; not what it says."""
    invitation = result.invitation
    if invitation.rehearsal:
        return []
    told = invitation.interview.result_recipients.select_related("member__user")
    members = {row.member.user.email.lower() for row in told if row.member and row.member.user.is_active}
    recipients = members | {row.email.lower() for row in told if row.email}
    brand = Brand.objects.filter(tenant_id=invitation.tenant_id).first()
    ready = f"{invitation.candidate.name} has finished"
    with override("en"):
        letter = letters.Letter(
            subject=f"{ready}: {invitation.interview.title}",
            headline=f"{ready} the interview for {invitation.interview.title}.",
            action="Read the result:",
            link=settings.BASE_URL + reverse("admin:interviews_result_change", args=[result.pk]),
            signature="Vivavoce",
        )
        return [
            store_letter(letter=letter, kind=EmailKind.RESULT, recipient=recipient, invitation=invitation, brand=brand)
            for recipient in sorted(recipients)
        ]


def write_to_owners(*, letter: letters.Letter, kind: EmailKind) -> list[OutgoingEmail]:
    """Tell the owners of the company in scope something that they have to know."""
    return [store_letter(letter=letter, kind=kind, recipient=owner, invitation=None, brand=None) for owner in owners()]


def owners() -> list[str]:
    """Their addresses."""
    members = Membership.objects.filter(role=Role.OWNER, user__is_active=True)
    return sorted(members.values_list("user__email", flat=True))


def store_letter(
    *,
    letter: letters.Letter,
    kind: EmailKind,
    recipient: str,
    invitation: Invitation | None,
    brand: Brand | None,
    calendar: str = "",
) -> OutgoingEmail:
    company = brand.display_name if brand else letter.signature
    email = OutgoingEmail.objects.create(
        invitation=invitation,
        kind=kind,
        recipient=recipient,
        sender=name_address((brand and brand.sender_name) or company, sender_address()),
        reply_to=brand.reply_to if brand and kind not in STAFF_KINDS else "",
        subject=one_line(letter.subject),
        text_body=letters.render_text(letter),
        html_body=letters.render_html(letter, brand=brand),
        calendar=calendar,
    )
    queue.enqueue("send_email", email.tenant_id, email.pk)
    return email


def resend_email(*, email: OutgoingEmail) -> OutgoingEmail:
    """The same mail once more, as a row of its own, to where its candidate is reached now. Raises EmailRefused."""
    invitation = email.invitation
    if email.kind in INVITING_KINDS and (invitation is None or invitation.status not in OPEN_STATUSES):
        raise EmailRefused("This invitation is closed, so its mail is not sent again.")
    to_candidate = invitation is not None and email.kind not in STAFF_KINDS
    copy = OutgoingEmail.objects.create(
        invitation=invitation,
        kind=email.kind,
        recipient=invitation.candidate.email if invitation and to_candidate else email.recipient,
        sender=email.sender,
        reply_to=email.reply_to,
        subject=email.subject,
        text_body=email.text_body,
        html_body=email.html_body,
        calendar=email.calendar,
    )
    queue.enqueue("send_email", copy.tenant_id, copy.pk)
    return copy


def redirect_emails(*, invitations: QuerySet[Invitation], recipient: str) -> None:
    """Mails with a link that are not out yet go here; so does the next try of one that is being sent."""
    waiting = Q(status__in=[EmailStatus.QUEUED, EmailStatus.SENDING])
    again = Q(status=EmailStatus.FAILED, attempts__lt=MAX_ATTEMPTS)
    mine = OutgoingEmail.objects.filter(waiting | again, kind__in=INVITING_KINDS, invitation__in=invitations)
    mine.update(recipient=recipient)


def sender_address() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")


def name_address(name: str, address: str) -> str:
    """`Name <address>` for a header; a name with more in it than words stands in quotes (RFC 5322, 3.2.4)."""
    plain = one_line(name)[:100].strip()
    return f"{plain} <{address}>" if re.fullmatch(r"[\w\s'&-]*", plain) else f'"{plain}" <{address}>'


def one_line(text: str) -> str:
    """A header value: no line break gets through, and nothing that would start an address or end a quotation."""
    return " ".join(text.translate({ord(c): None for c in '<>"\\'}).split())[:200]


def claim_email(*, email_id: UUID) -> OutgoingEmail | None:
    """Take a mail for sending; None when it was sent, when somebody is at it, or when its invitation has closed."""
    claimable = Q(status__in=[EmailStatus.QUEUED, EmailStatus.FAILED])
    mine = OutgoingEmail.objects.filter(claimable, pk=email_id)
    pointless = mine.filter(kind__in=INVITING_KINDS, invitation__isnull=False).exclude(
        invitation__status__in=OPEN_STATUSES
    )
    if pointless.update(
        status=EmailStatus.FAILED, attempts=MAX_ATTEMPTS, last_error="Not sent: the invitation was closed before."
    ):
        return None
    taken = mine.filter(attempts__lt=MAX_ATTEMPTS).update(
        status=EmailStatus.SENDING, attempts=F("attempts") + 1, due_at=timezone.now() + LEASE
    )
    return OutgoingEmail.objects.select_related("invitation").get(pk=email_id) if taken else None


def needs_link(email: OutgoingEmail) -> bool:
    return OutgoingEmail.LINK_PLACEHOLDER in email.text_body


def deliver(*, email: OutgoingEmail, link: str) -> str:
    """Hand one mail over, with the link where the row has its placeholder; its message id. No database here."""
    host = urlsplit(settings.BASE_URL).hostname
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text_body.replace(OutgoingEmail.LINK_PLACEHOLDER, link),
        from_email=email.sender,
        to=[email.recipient],
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={"Message-ID": make_msgid(domain=host), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(email.html_body.replace(OutgoingEmail.LINK_PLACEHOLDER, link), "text/html")
    if email.calendar:
        calendar, method = calendars.fill_link(email.calendar, link=link)
        message.attach("interview.ics", calendar, f"text/calendar; method={method}")
    message.send()
    # A provider names the message itself; its events come back under that name.
    provider = getattr(message, "anymail_status", None)
    return str(provider.message_id if provider and provider.message_id else message.extra_headers["Message-ID"])


def record_sent(*, email: OutgoingEmail, message_id: str) -> None:
    """The mail is out. An invitation's first one makes it invited, and sets its reminders going."""
    with transaction.atomic():
        now = timezone.now()
        tokens.register_token(kind=TokenKind.MESSAGE, token=message_id, tenant_id=email.tenant_id)
        OutgoingEmail.objects.filter(pk=email.pk).update(
            status=EmailStatus.SENT, sent_at=now, last_error="", message_id=message_id[:255]
        )
        EmailEvent.objects.create(email=email, status=EmailStatus.SENT)
        if email.kind == EmailKind.DELETED:
            # The last thing that names them.
            gone = dict.fromkeys(("recipient", "subject", "text_body", "html_body", "calendar"), "")
            OutgoingEmail.objects.filter(pk=email.pk).update(**gone)
        if email.kind != EmailKind.INVITATION or email.invitation_id is None:
            return
        Invitation.objects.filter(pk=email.invitation_id, invited_at=None).update(invited_at=now)
        # Not one that has expired while its mail was under way.
        new = Invitation.objects.filter(pk=email.invitation_id, status=InvitationStatus.CREATED)
        if move(new, to=InvitationStatus.INVITED):
            outbox.tell_of_invitation(WebhookEventType.INVITATION_INVITED, invitation_id=email.invitation_id)
        reminders.plan_next(invitation_id=email.invitation_id)


def record_failure(*, email: OutgoingEmail, error: Exception) -> bool:
    """Keep why it failed. True when another try is due; an address that was refused for good has bounced."""
    said = say_error(error)
    if is_refused_for_good(error):
        bounces.record_outcome(email=email, status=EmailStatus.BOUNCED, detail=said)
        return False
    OutgoingEmail.objects.filter(pk=email.pk).update(
        status=EmailStatus.FAILED, last_error=said, due_at=timezone.now() + timedelta(seconds=backoff(email))
    )
    EmailEvent.objects.create(email=email, status=EmailStatus.FAILED, detail=said)
    return email.attempts < MAX_ATTEMPTS


def backoff(email: OutgoingEmail) -> int:
    """Seconds until the next try."""
    return 30 * 2**email.attempts


def is_refused_for_good(error: Exception) -> bool:
    """A 5xx answer to the recipient (RFC 5321, 4.2.1), or a provider that will not send to them."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, AnymailRecipientsRefused)
