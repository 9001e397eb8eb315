"""The only door across tenants, for sweeps and for what must be known before a tenant is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

from tenants.rls import PLATFORM_ROLE
from tenants.scope import TenantScopeError, platform_flag, platform_in_scope, set_locally, tenant_id_in_scope

if TYPE_CHECKING:
    from tenants.models import Membership, User


@contextmanager
def platform_scope() -> Iterator[None]:
    """Run the block in one transaction that sees every tenant's rows, through `Model.across_tenants`.

    It takes the role that bypasses row security, for this transaction alone. `Model.objects` still needs a tenant.
    Raises TenantScopeError inside a tenant's scope.
    """
    if tenant_id_in_scope() is not None:
        raise TenantScopeError("platform_scope() can't be opened inside a tenant's scope.")
    if platform_in_scope():
        yield
        return
    with transaction.atomic():
        set_locally("role", PLATFORM_ROLE)
        token = platform_flag.set(True)
        try:
            yield
        finally:
            platform_flag.reset(token)
    if connection.in_atomic_block and not connection.needs_rollback:
        set_locally("role", "none")


def tenant_ids() -> list[UUID]:
    """The ids of all active tenants, for sweeps that then enter one after the other."""
    from tenants.models import Tenant

    return list(Tenant.objects.filter(is_active=True).order_by("created_at").values_list("id", flat=True))


def memberships_of(user: User) -> list[Membership]:
    """What `user` belongs to, in any active tenant, by the tenant's name; each with its `tenant` loaded."""
    from tenants.models import Membership

    with platform_scope():
        memberships = Membership.across_tenants.filter(user=user, tenant__is_active=True)
        return list(memberships.select_related("tenant").order_by("tenant__name"))
