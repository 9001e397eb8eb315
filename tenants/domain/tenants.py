"""Founding tenants, and the platform staff's way into them."""

from __future__ import annotations

from django.db import transaction

from tenants.domain.audit import record_act
from tenants.domain.members import add_member
from tenants.enums import Role
from tenants.models import Brand, Tenant, User
from tenants.scope import tenant_scope


def create_tenant(
    *, name: str, slug: str, owner_email: str | None = None, time_zone: str = "UTC", actor: User | None = None
) -> Tenant:
    """A tenant with its brand and, if an address is given, its owner. Raises ValidationError on a taken slug."""
    with transaction.atomic():
        tenant = Tenant(name=name, slug=slug, time_zone=time_zone)
        tenant.full_clean()
        tenant.save()
        with tenant_scope(tenant):
            Brand.objects.create(display_name=name, sender_name=name)
            record_act(actor=actor, verb="founded", target=tenant)
            if owner_email:
                add_member(email=owner_email, role=Role.OWNER, actor=actor)
    return tenant


def enter_tenant(*, user: User, tenant: Tenant, ip: str | None = None) -> None:
    """Record that platform staff enters. Raises PermissionError for everybody else: members need no entry."""
    if not (user.is_active and user.is_platform_staff):
        raise PermissionError(f"{user.email} is not platform staff.")
    with tenant_scope(tenant):
        record_act(actor=user, verb="entered as platform staff", target=tenant, ip=ip)
