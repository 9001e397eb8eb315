"""Mail: a rendered row in the writer's transaction, sent once that has committed."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override, pgettext

from interviews.domain import queue
from interviews.domain.languages import choose_language, interview_texts
from interviews.enums import OPEN_STATUSES, EmailKind, EmailStatus, InvitationStatus
from interviews.models import Invitation, OutgoingEmail
from tenants.models import Brand

MAX_ATTEMPTS = 5


def queue_invitation_email(*, invitation: Invitation) -> OutgoingEmail:
    """Write the invitation's mail, in the candidate's language, and have it sent after commit."""
    with override(choose_language(invitation=invitation)):
        email = write_invitation_email(invitation=invitation)
    queue.enqueue("send_email", invitation.tenant_id, email.pk)
    return email


def write_invitation_email(*, invitation: Invitation) -> OutgoingEmail:
    """The row, in the active language, which is one that the interview offers."""
    language = get_language()
    deadline = invitation.expires_at.astimezone(ZoneInfo(invitation.candidate.time_zone))
    brand = Brand.objects.filter(tenant_id=invitation.tenant_id).first()
    company = brand.display_name if brand else invitation.tenant.name
    context = {
        "company": company,
        "brand": brand,
        "candidate": invitation.candidate,
        "language": language,
        "title": interview_texts(interview=invitation.interview, language=language).title,
        "deadline": date_format(deadline, pgettext("date format of a mail", "l, j F Y, H:i")),
        "minutes": round(invitation.interview.total_limit * invitation.extra_time / 60),
        "question_count": invitation.interview.interview_questions.count(),
        "link": OutgoingEmail.LINK_PLACEHOLDER,
    }
    return OutgoingEmail.objects.create(
        invitation=invitation,
        kind=EmailKind.INVITATION,
        recipient=invitation.candidate.email,
        sender=f"{one_line((brand and brand.sender_name) or company)} <{sender_address()}>",
        reply_to=brand.reply_to if brand else "",
        subject=one_line(render_to_string("mail/invitation.subject.txt", context)),
        text_body=render_to_string("mail/invitation.txt", context),
        html_body=render_to_string("mail/invitation.html", context),
    )


def sender_address() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")


def one_line(text: str) -> str:
    """A header value: no line break gets through, and no angle brackets or quotes that would start an address."""
    return " ".join(text.translate({ord(c): None for c in '<>"'}).split())[:200]


def claim_email(*, email_id: UUID) -> OutgoingEmail | None:
    """Take a mail for sending; None when it was sent, when somebody is at it, or when its invitation has closed."""
    stale = timezone.now() - timedelta(minutes=5)
    claimable = Q(status__in=[EmailStatus.QUEUED, EmailStatus.FAILED]) | Q(
        status=EmailStatus.SENDING, created_at__lt=stale
    )
    unwanted = OutgoingEmail.objects.filter(pk=email_id).exclude(invitation__status__in=OPEN_STATUSES)
    if unwanted.filter(claimable, invitation__isnull=False).update(
        status=EmailStatus.FAILED, attempts=MAX_ATTEMPTS, last_error="Not sent: the invitation was closed before."
    ):
        return None
    taken = OutgoingEmail.objects.filter(claimable, pk=email_id, attempts__lt=MAX_ATTEMPTS).update(
        status=EmailStatus.SENDING, attempts=F("attempts") + 1
    )
    return OutgoingEmail.objects.select_related("invitation").get(pk=email_id) if taken else None


def deliver(*, email: OutgoingEmail, link: str) -> None:
    """Hand one mail to the mail server, with the link where the row has its placeholder. No database here."""
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text_body.replace(OutgoingEmail.LINK_PLACEHOLDER, link),
        from_email=email.sender,
        to=[email.recipient],
        reply_to=[email.reply_to] if email.reply_to else None,
    )
    message.attach_alternative(email.html_body.replace(OutgoingEmail.LINK_PLACEHOLDER, link), "text/html")
    message.send()


def record_sent(*, email: OutgoingEmail) -> None:
    with transaction.atomic():
        OutgoingEmail.objects.filter(pk=email.pk).update(status=EmailStatus.SENT, sent_at=timezone.now(), last_error="")
        Invitation.objects.filter(emails=email, status=InvitationStatus.CREATED).update(
            status=InvitationStatus.INVITED, invited_at=timezone.now()
        )


def record_failure(*, email: OutgoingEmail, error: Exception) -> bool:
    """Keep why it failed. True when another try is due."""
    OutgoingEmail.objects.filter(pk=email.pk).update(
        status=EmailStatus.FAILED, last_error=f"{type(error).__name__}: {error}"[:300]
    )
    return email.attempts < MAX_ATTEMPTS
