"""Members of the tenant in scope: adding, changing roles, removing; and which tenant a logged-in person is in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.domain.audit import record
from tenants.enums import Role
from tenants.models import Membership, Tenant, User
from tenants.platform import memberships_of
from tenants.scope import tenant_scope


@dataclass(frozen=True)
class Place:
    """Where a logged-in person works at the moment. Platform staff without a membership count as owners."""

    tenant: Tenant
    membership: Membership | None
    role: Role


def find_place(*, user: User, tenant_id: UUID | None) -> Place | None:
    """The place of `user` in the tenant they chose, else in their first one, else None. Opens its own scope."""
    if tenant_id and (place := find_place_in(tenant_id, user=user)):
        return place
    for membership in memberships_of(user):
        return Place(membership.tenant, membership, Role(membership.role))
    return None


def find_place_in(tenant_id: UUID, *, user: User) -> Place | None:
    """The place of `user` in this tenant, if it is active. Opens its scope, unless it is open."""
    with tenant_scope(tenant_id):
        members = Membership.objects.filter(user=user, tenant__is_active=True)
        membership = members.select_related("tenant").first()
    if membership is not None:
        return Place(membership.tenant, membership, Role(membership.role))
    tenant = Tenant.objects.filter(pk=tenant_id, is_active=True).first() if user.is_platform_staff else None
    return Place(tenant, None, Role.OWNER) if tenant else None


def add_member(
    *, email: str, role: Role, name: str = "", actor: User | None = None, ip: str | None = None
) -> Membership:
    """Give a person a role in the tenant in scope; unknown people get an account.

    A new account has a password that nobody knows: its owner sets one by "Forgotten your password?". Raises
    ValidationError when the person is a member already.
    """
    address = email.strip()
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User(email=address, name=name)
            user.set_password(secrets.token_urlsafe(32))
            user.full_clean()
            user.save()
        if Membership.objects.filter(user=user).exists():
            raise ValidationError(_("%(email)s is a member already.") % {"email": user.email})
        membership = Membership.objects.create(user=user, role=role)
        record(actor=actor, verb="added the member", target=membership, ip=ip, details={"role": role})
    return membership


def change_role(*, membership: Membership, role: Role, actor: User | None = None, ip: str | None = None) -> None:
    """Raises ValidationError when the tenant would be left without an owner."""
    with transaction.atomic():
        if role != Role.OWNER:
            _keep_an_owner(membership)
        before = Membership.objects.values_list("role", flat=True).get(pk=membership.pk)
        membership.role = role
        membership.save(update_fields=["role"])
        details = {"from": before, "to": role}
        record(actor=actor, verb="changed the role of", target=membership, ip=ip, details=details)


def remove_member(*, membership: Membership, actor: User | None = None, ip: str | None = None) -> None:
    """Take away the place, not the account. Raises ValidationError for the last owner."""
    with transaction.atomic():
        _keep_an_owner(membership)
        record(actor=actor, verb="removed the member", target=membership, ip=ip)
        membership.delete()


def _keep_an_owner(membership: Membership) -> None:
    # Locked, so that two owners can't remove each other at the same time.
    owners = set(Membership.objects.select_for_update().filter(role=Role.OWNER).values_list("pk", flat=True))
    if owners == {membership.pk}:
        raise ValidationError(_("A company needs an owner. Make somebody else one first."))
