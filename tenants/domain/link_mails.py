"""Mails with a secret link: a rendered row first, sent after commit, tried again with growing pauses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from tenants.models.mail import LinkMail

MAX_ATTEMPTS = 5
#: A mail that is due and was not taken for sending in this time was lost on its way to a worker, or with it.
LOST_AFTER = timedelta(minutes=2)
#: What a mail server or provider may answer; anything else is a bug.
SEND_ERRORS = (OSError, AnymailError)

M = TypeVar("M", bound=LinkMail)


def render(*, subject: str, template: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a mail that is due now: its subject and both bodies, of `tenants/mail/<template>`."""
    words = {**context, "link": LinkMail.LINK_PLACEHOLDER}
    return {
        "subject": one_line(subject),
        "text_body": render_to_string(f"tenants/mail/{template}.txt", words).strip() + "\n",
        "html_body": render_to_string(f"tenants/mail/{template}.html", words),
        "due_at": timezone.now(),
        "sent_at": None,
        "attempts": 0,
        "last_error": "",
    }


def one_line(text: str) -> str:
    """A header's value: no line break, angle bracket, quote or backslash gets through."""
    return " ".join(text.translate({ord(c): None for c in '<>"\\'}).split())[:150]


def to_send() -> Q:
    return Q(sent_at=None, attempts__lt=MAX_ATTEMPTS)


def lost() -> Q:
    return to_send() & Q(due_at__lt=timezone.now() - LOST_AFTER)


def claim(rows: QuerySet[M]) -> bool:
    """Take the mail, the one row of `rows`, for sending. False when it was sent or taken, or is not due."""
    due = rows.filter(to_send(), due_at__lte=timezone.now())
    return bool(due.update(attempts=F("attempts") + 1, due_at=timezone.now() + LOST_AFTER))


def deliver(mail: LinkMail, *, to: str, link: str, company: str = "Vivavoce", reply_to: str = "") -> Exception | None:
    """Hand it over with its link; what stood in the way, if anything did. No database here."""
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text_body.replace(LinkMail.LINK_PLACEHOLDER, link),
        from_email=f'"{one_line(company)}" <{address}>',
        to=[to],
        reply_to=[reply_to] if reply_to else None,
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(mail.html_body.replace(LinkMail.LINK_PLACEHOLDER, link), "text/html")
    try:
        message.send()
    except SEND_ERRORS as error:
        return error
    return None


def record_try(rows: QuerySet[M], *, mail: M, error: Exception | None) -> int | None:
    """Note that `mail`, the row of `rows`, was sent, or why not. The seconds until the next try; None without any."""
    said = say_error(error) if error else ""
    pause = 30 * 2**mail.attempts
    with transaction.atomic():
        mail.tries.create(sent=error is None, error=said)  # type: ignore[attr-defined]  # of its concrete models
        if error is None:
            rows.update(sent_at=timezone.now(), last_error="")
            return None
        rows.update(last_error=said, due_at=timezone.now() + timedelta(seconds=pause))
    return pause if mail.attempts < MAX_ATTEMPTS else None


def say_error(error: Exception) -> str:
    """As it is kept."""
    return f"{type(error).__name__}: {error}"[:300]
