"""Founding tenants, and the platform staff's way into them."""

from __future__ import annotations

from django.db import transaction

from tenants.domain.audit import record
from tenants.domain.member_invitations import invite_member
from tenants.enums import Role
from tenants.models import Brand, Tenant, User
from tenants.scope import tenant_scope
from tenants.signals import company_founded


def create_tenant(
    *,
    name: str,
    slug: str,
    owner_email: str = "",
    owner_name: str = "",
    time_zone: str = "UTC",
    actor: User | None = None,
    ip: str | None = None,
) -> Tenant:
    """A tenant with its brand; and, if an address is given, its owner, who is asked by mail to join.

    Raises ValidationError on a taken slug.
    """
    with transaction.atomic():
        tenant = Tenant(name=name, slug=slug, time_zone=time_zone)
        tenant.full_clean()
        tenant.save()
        with tenant_scope(tenant):
            Brand.objects.create(display_name=name, sender_name=name)
            record(actor=actor, verb="founded", target=tenant, ip=ip)
            if owner_email:
                invite_member(email=owner_email, name=owner_name, role=Role.OWNER, actor=actor, ip=ip)
                company_founded.send(sender=Tenant, tenant=tenant)
    return tenant


def enter_tenant(*, user: User, tenant: Tenant, ip: str | None = None) -> None:
    """Record that platform staff enters. Raises PermissionError for everybody else: members need no entry."""
    if not (user.is_active and user.is_platform_staff):
        raise PermissionError(f"{user.email} is not platform staff.")
    with tenant_scope(tenant):
        record(actor=user, verb="entered as platform staff", target=tenant, ip=ip)
