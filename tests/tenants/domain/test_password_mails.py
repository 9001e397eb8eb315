"""A forgotten password: a row and a task, a mail with a link that is stored nowhere, and not without end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenants.domain.password_mails import HOURLY, ask_for_password, forget_old_mails, send_password_mail
from tenants.domain.password_mails import lost_password_mails as lost
from tenants.models import PasswordMail, User

pytestmark = pytest.mark.django_db


def ask(user: User) -> PasswordMail:
    mail = ask_for_password(user=user)
    assert mail is not None
    return mail


def test_asking_writes_a_row_and_queues_a_task(
    client: Client, owner: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        "tenants.domain.password_mails.current_app.send_task", lambda name, args: sent.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        for address in (owner.email, "nobody@acme.example"):
            answer = client.post(reverse("admin_password_reset"), {"email": address})
            assert answer["Location"] == reverse("password_reset_done")
    mail = PasswordMail.objects.get()
    assert (mail.user, mail.sent_at, sent) == (owner, None, [("tenants.tasks.send_password_mail", [mail.pk])])


def test_the_mail_says_the_same_in_text_and_html_and_its_link_is_stored_nowhere(
    owner: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=owner.pk).update(name="<b>Olive</b>")
    mail = ask(User.objects.get(pk=owner.pk))
    assert send_password_mail(mail_id=mail.pk) is None
    (sent,) = mailoutbox
    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    (link,) = re.findall(r"http\S+/admin/reset/[\w-]+/[\w-]+/", str(sent.body))
    assert (sent.to, sent.subject, "3 days" in html) == ([owner.email], "Set a new password for Vivavoce", True)
    assert ("&lt;b&gt;Olive" in html, "<b>Olive" in html) == (True, False)
    mail.refresh_from_db()
    assert (mail.attempts, mail.sent_at is not None) == (1, True)
    assert [(one.sent, one.error) for one in mail.tries.all()] == [(True, "")]
    assert (mail.text_body.replace(mail.LINK_PLACEHOLDER, link), link in str(vars(mail))) == (sent.body, False)
    assert mail.html_body.replace(mail.LINK_PLACEHOLDER, link) == html
    assert send_password_mail(mail_id=mail.pk) is None
    assert len(mailoutbox) == 1


def test_what_fails_is_tried_again_and_what_is_lost_is_found(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object) -> None:
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr("tenants.domain.link_mails.EmailMultiAlternatives.send", refuse)
    mail = ask(owner)
    assert (send_password_mail(mail_id=mail.pk), list(lost())) == (60, [])
    mail.refresh_from_db()
    assert (mail.attempts, mail.last_error) == (1, "ConnectionRefusedError: no server")
    assert [(one.sent, one.error) for one in mail.tries.all()] == [(False, "ConnectionRefusedError: no server")]
    assert send_password_mail(mail_id=mail.pk) is None  # Not due yet.
    PasswordMail.objects.update(due_at=timezone.now() - timedelta(minutes=3))
    assert list(lost()) == [mail.pk]
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert (list(lost()), send_password_mail(mail_id=mail.pk)) == ([], None)


def test_nobody_is_flooded_and_old_ones_are_forgotten(owner: User, recruiter: User) -> None:
    for _ in range(HOURLY):
        ask(owner)
    assert (ask_for_password(user=owner), ask(recruiter).user) == (None, recruiter)
    PasswordMail.objects.filter(user=owner).update(created_at=timezone.now() - timedelta(hours=2))
    ask(owner)
    PasswordMail.objects.filter(user=recruiter).update(created_at=timezone.now() - timedelta(days=31))
    forget_old_mails()
    assert PasswordMail.objects.count() == HOURLY + 1
