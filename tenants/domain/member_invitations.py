"""Asking people by mail to become members: the invitation, its mail, and its acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.domain import tokens
from tenants.domain.audit import acting_person, record
from tenants.domain.members import add_member
from tenants.enums import Role, TokenKind
from tenants.models import Brand, MemberInvitation, Membership, User
from tenants.platform import platform_scope
from tenants.scope import tenant_scope

WINDOW = timedelta(days=7)
MAX_ATTEMPTS = 5
#: A mail that was not sent in this time was lost on its way to a worker.
LOST_AFTER = timedelta(minutes=2)


class InvitationClosed(Exception):
    """The link is genuine but opens nothing any more; the message says why."""


@dataclass(frozen=True)
class Mail:
    """What is handed to the mail server, the link included. It is never stored."""

    to: str
    sender: str
    reply_to: str
    subject: str
    text: str
    html: str


# --- Inviting -----------------------------------------------------------------------------------


def invite_member(
    *, email: str, role: Role, name: str = "", actor: User | None = None, ip: str | None = None
) -> MemberInvitation:
    """Ask somebody to join the tenant in scope; the mail goes out after commit.

    Raises ValidationError for a member, for somebody who was asked already, and for what is no address.
    """
    now, host = timezone.now(), actor or acting_person()
    invitation = MemberInvitation(
        email=email.strip().lower(),
        name=name.strip(),
        role=role,
        invited_by=host.email if host else "",
        expires_at=now + WINDOW,
        queued_at=now,
    )
    with transaction.atomic():
        invitation.clean_fields(exclude=["tenant"])
        if Membership.objects.filter(user__email=invitation.email).exists():
            raise ValidationError(_("%(email)s is a member already.") % {"email": invitation.email})
        if MemberInvitation.objects.filter(email=invitation.email, accepted_at=None, revoked_at=None).exists():
            text = _("%(email)s was invited already. Send that invitation again, or revoke it first.")
            raise ValidationError(text % {"email": invitation.email})
        invitation.save(force_insert=True)
        record(verb="invited the member", target=invitation, details={"role": role}, actor=actor, ip=ip)
        _enqueue_mail(invitation)
    return invitation


def resend_member_invitation(*, invitation: MemberInvitation, actor: User | None = None, ip: str | None = None) -> None:
    """Send a new link, which works as long as a first one; the one before is void. Raises InvitationClosed."""
    now = timezone.now()
    with transaction.atomic():
        resent = MemberInvitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
            expires_at=now + WINDOW, queued_at=now, sent_at=None, attempts=0, last_error=""
        )
        invitation.refresh_from_db()
        if not resent:
            raise InvitationClosed(why_closed(invitation))
        record(verb="invited the member again", target=invitation, actor=actor, ip=ip)
        _enqueue_mail(invitation)


def revoke_member_invitation(*, invitation: MemberInvitation, actor: User | None = None, ip: str | None = None) -> None:
    """From now on the link opens nothing. Raises InvitationClosed for one that was accepted or revoked."""
    with transaction.atomic():
        revoked = MemberInvitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
            revoked_at=timezone.now()
        )
        invitation.refresh_from_db()
        if not revoked:
            raise InvitationClosed(why_closed(invitation))
        record(verb="revoked the member's invitation", target=invitation, actor=actor, ip=ip)


def _enqueue_mail(invitation: MemberInvitation) -> None:
    arguments = [str(invitation.tenant_id), str(invitation.pk)]
    transaction.on_commit(
        lambda: current_app.send_task("tenants.tasks.send_member_invitation", args=arguments), robust=True
    )


# --- The mail -----------------------------------------------------------------------------------


def write_member_mail(*, invitation_id: UUID) -> Mail | None:
    """Take the invitation's mail for sending, with a fresh link; None when it was sent or is not wanted any more."""
    with transaction.atomic():
        invitation = (
            MemberInvitation.objects.select_for_update(of=("self",))
            .select_related("tenant")
            .filter(pk=invitation_id, sent_at=None, accepted_at=None, revoked_at=None, attempts__lt=MAX_ATTEMPTS)
            .first()
        )
        if invitation is None:
            return None
        if invitation.digest:
            tokens.forget_token(digest=invitation.digest)
        token, digest = tokens.mint_token(kind=TokenKind.MEMBER, tenant_id=invitation.tenant_id)
        MemberInvitation.objects.filter(pk=invitation.pk).update(
            digest=digest, attempts=F("attempts") + 1, queued_at=timezone.now()
        )
        brand = Brand.objects.get()
        context = {
            "company": invitation.tenant.name,
            "invitation": invitation,
            "days": WINDOW.days,
            "link": settings.BASE_URL + reverse("tenants:join", args=[token]),
        }
        address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
        return Mail(
            to=invitation.email,
            sender=f'"{one_line(brand.sender_name or invitation.tenant.name)}" <{address}>',
            reply_to=brand.reply_to,
            subject=one_line(_("Join %(company)s on Vivavoce") % {"company": invitation.tenant.name}),
            text=render_to_string("tenants/mail/member.txt", context),
            html=render_to_string("tenants/mail/member.html", context),
        )


def one_line(text: str) -> str:
    """A header's value: no line break, angle bracket, quote or backslash gets through."""
    return " ".join(text.translate({ord(c): None for c in '<>"\\'}).split())[:150]


def deliver_member_mail(mail: Mail) -> None:
    """Hand it to the mail server. No database here."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
    )
    message.attach_alternative(mail.html, "text/html")
    message.send()


def record_member_mail(*, invitation_id: UUID, error: Exception | None = None) -> bool:
    """Note that it was sent, or why not. True when another try is due."""
    row = MemberInvitation.objects.filter(pk=invitation_id)
    if error is None:
        row.update(sent_at=timezone.now(), last_error="")
        return False
    row.update(last_error=f"{type(error).__name__}: {error}"[:300])
    return row.filter(attempts__lt=MAX_ATTEMPTS).exists()


def lost_member_mails() -> list[tuple[UUID, UUID]]:
    """Tenant and id of invitations whose mail should have gone out by now. Across tenants."""
    with platform_scope():
        waiting = MemberInvitation.across_tenants.filter(
            Q(queued_at__lt=timezone.now() - LOST_AFTER),
            sent_at=None,
            accepted_at=None,
            revoked_at=None,
            attempts__lt=MAX_ATTEMPTS,
        )
        return list(waiting.values_list("tenant_id", "pk")[:200])


# --- Joining ------------------------------------------------------------------------------------


def open_member_invitation(*, token: str) -> MemberInvitation | None:
    """The invitation of this link, in the tenant in scope; None when a later mail has replaced it.

    The tenant is found before, by `find_tenant_by_token(kind=TokenKind.MEMBER, token=token)`.
    """
    found = MemberInvitation.objects.select_related("tenant").filter(digest=tokens.digest_of(token))
    return found.first()


def why_closed(invitation: MemberInvitation) -> str:
    """Empty for an invitation that can be accepted now."""
    if invitation.accepted_at:
        return _("This invitation was accepted already. Log in to go on.")
    if invitation.revoked_at:
        return _("This invitation was withdrawn.")
    if not invitation.is_open:
        return _("This invitation has expired. Ask for a new one.")
    return ""


def join_with_password(*, invitation: MemberInvitation, password: str, name: str = "") -> User:
    """Make the invited person's account, with the password they chose, and their membership.

    Raises InvitationClosed; and ValidationError where the address has an account, which is then the one to join with.
    """
    with transaction.atomic():
        locked = _lock(invitation)
        if User.objects.filter(email=locked.email).exists():
            raise ValidationError(_("%(email)s has an account. Log in with it to join.") % {"email": locked.email})
        user = User(email=locked.email, name=name.strip() or locked.name)
        user.set_password(password)
        user.full_clean()
        user.save()
        _join(locked, user)
    return user


def join_as_user(*, invitation: MemberInvitation, user: User) -> None:
    """Give the logged-in person their place. Raises InvitationClosed; PermissionError for anybody else's account."""
    with transaction.atomic():
        locked = _lock(invitation)
        if user.email != locked.email or not user.is_active:
            raise PermissionError(f"The invitation is not for {user.email}.")
        _join(locked, user)


def _lock(invitation: MemberInvitation) -> MemberInvitation:
    locked = MemberInvitation.objects.select_for_update().get(pk=invitation.pk)
    if reason := why_closed(locked):
        raise InvitationClosed(reason)
    return locked


def _join(invitation: MemberInvitation, user: User) -> None:
    MemberInvitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now())
    add_member(email=user.email, role=Role(invitation.role), actor=user)


def send_member_mail(*, tenant_id: UUID, invitation_id: UUID) -> bool:
    """Write, deliver and note the mail of one invitation, each step on its own. True when another try is due."""
    with tenant_scope(tenant_id):
        mail = write_member_mail(invitation_id=invitation_id)
    if mail is None:
        return False
    problem: Exception | None = None
    try:
        deliver_member_mail(mail)
    except OSError as error:  # SMTP and socket errors alike
        problem = error
    with tenant_scope(tenant_id):
        return record_member_mail(invitation_id=invitation_id, error=problem)
