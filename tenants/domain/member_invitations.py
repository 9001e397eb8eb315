"""Asking people by mail to become members: the invitation, its mail, and its acceptance."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.domain import link_mails, tokens
from tenants.domain.audit import acting_person, record
from tenants.domain.members import add_member
from tenants.enums import Role, TokenKind
from tenants.models import Brand, MemberInvitation, Membership, Tenant, User
from tenants.platform import platform_scope
from tenants.scope import current_tenant_id, tenant_scope

WINDOW = timedelta(days=7)


class InvitationClosed(Exception):
    """The link is genuine but opens nothing any more; the message says why."""


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
    )
    with transaction.atomic():
        invitation.clean_fields(exclude=["tenant"])
        if Membership.objects.filter(user__email=invitation.email).exists():
            raise ValidationError(_("%(email)s is a member already.") % {"email": invitation.email})
        if MemberInvitation.objects.filter(email=invitation.email, accepted_at=None, revoked_at=None).exists():
            text = _("%(email)s was invited already. Send that invitation again, or revoke it first.")
            raise ValidationError(text % {"email": invitation.email})
        _write_mail(invitation)
        invitation.save(force_insert=True)
        record(verb="invited the member", target=invitation, details={"role": role}, actor=actor, ip=ip)
        _enqueue_mail(invitation)
    return invitation


def resend_member_invitation(*, invitation: MemberInvitation, actor: User | None = None, ip: str | None = None) -> None:
    """Send a new link, which works as long as a first one; the one before is void. Raises InvitationClosed."""
    with transaction.atomic():
        pending = MemberInvitation.objects.select_for_update().filter(
            pk=invitation.pk, accepted_at=None, revoked_at=None
        )
        again = pending.first()
        if again is None:
            invitation.refresh_from_db()
            raise InvitationClosed(why_closed(invitation))
        _write_mail(again)
        again.expires_at = timezone.now() + WINDOW
        again.save()
        invitation.refresh_from_db()
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


def _write_mail(invitation: MemberInvitation) -> None:
    """Set the row's own mail, due now."""
    company = Tenant.objects.get(pk=current_tenant_id()).name
    written = link_mails.render(
        subject=_("Join %(company)s on Vivavoce") % {"company": company},
        template="member",
        context={"company": company, "invitation": invitation, "days": WINDOW.days},
    )
    for field, value in written.items():
        setattr(invitation, field, value)


def send_member_mail(*, tenant_id: UUID, invitation_id: UUID) -> int | None:
    """Deliver the mail of one invitation, with a fresh link that voids the one before, each step on its own.

    The seconds until another try is due; None when there is none.
    """
    with tenant_scope(tenant_id):
        rows = MemberInvitation.objects.filter(pk=invitation_id, accepted_at=None, revoked_at=None)
        if not link_mails.claim(rows):
            return None
        invitation, brand = rows.select_related("tenant").get(), Brand.objects.get()
        link = _mint_link(invitation)
    company = brand.sender_name or invitation.tenant.name
    error = link_mails.deliver(invitation, to=invitation.email, link=link, company=company, reply_to=brand.reply_to)
    with tenant_scope(tenant_id):
        return link_mails.record_try(rows, mail=invitation, error=error)


def _mint_link(invitation: MemberInvitation) -> str:
    if invitation.digest:
        tokens.forget_token(digest=invitation.digest)
    token, digest = tokens.mint_token(kind=TokenKind.MEMBER, tenant_id=invitation.tenant_id)
    MemberInvitation.objects.filter(pk=invitation.pk).update(digest=digest)
    return settings.BASE_URL + reverse("tenants:join", args=[token])


def lost_member_mails() -> list[tuple[UUID, UUID]]:
    """Tenant and id of invitations whose mail should have gone out by now. Across tenants."""
    with platform_scope():
        waiting = MemberInvitation.across_tenants.filter(link_mails.lost(), accepted_at=None, revoked_at=None)
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
