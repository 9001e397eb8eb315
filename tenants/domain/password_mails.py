"""A new password by mail: asked for by anybody who has an account, and sent as a row of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from tenants.domain import link_mails
from tenants.models import PasswordMail, User

HOUR = timedelta(hours=1)
#: More than these an hour are not sent: anybody can ask in anybody's name.
HOURLY = 5
KEPT = timedelta(days=30)


def ask_for_password(*, user: User) -> PasswordMail | None:
    """Write the mail, and have it sent after commit. None when they have been sent enough of them lately."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if PasswordMail.objects.filter(user=user, created_at__gt=timezone.now() - HOUR).count() >= HOURLY:
            return None
        days = settings.PASSWORD_RESET_TIMEOUT // 86400
        written = link_mails.render(
            subject=_("Set a new password for Vivavoce"), template="password", context={"user": user, "days": days}
        )
        mail = PasswordMail.objects.create(user=user, **written)
        transaction.on_commit(
            lambda: current_app.send_task("tenants.tasks.send_password_mail", args=[mail.pk]), robust=True
        )
    return mail


def send_password_mail(*, mail_id: int) -> int | None:
    """Deliver one mail with a fresh link. The seconds until another try is due; None when there is none."""
    rows = PasswordMail.objects.filter(pk=mail_id, user__is_active=True)
    if not link_mails.claim(rows):
        return None
    mail = PasswordMail.objects.select_related("user").get(pk=mail_id)
    error = link_mails.deliver(mail, to=mail.user.email, link=make_link(mail.user))
    return link_mails.record_try(rows, mail=mail, error=error)


def make_link(user: User) -> str:
    """It works once, and until the password, the address or the last log-in changes."""
    person = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("password_reset_confirm", args=[person, default_token_generator.make_token(user)])
    return f"{settings.BASE_URL}{path}"


def lost_password_mails() -> Iterable[int]:
    """The ids of those that should have gone out by now."""
    return PasswordMail.objects.filter(link_mails.lost(), user__is_active=True).values_list("pk", flat=True)[:200]


def forget_old_mails() -> None:
    PasswordMail.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
