"""Whose data may be touched right now.

`tenant_scope` is the only way to say it, and it says it twice: to Python (a context variable that the managers of
`TenantModel` read) and to Postgres (a transaction-local setting that the row security policies read).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

if TYPE_CHECKING:
    from tenants.models import Tenant

#: The Postgres setting that `current_tenant_id()` in SQL reads.
TENANT_SETTING = "vivavoce.tenant_id"

_tenant_id: ContextVar[UUID | None] = ContextVar("tenant_id", default=None)
#: True inside `tenants.platform.platform_scope`, which alone sets it.
platform_flag: ContextVar[bool] = ContextVar("platform_flag", default=False)


class TenantScopeError(RuntimeError):
    """A tenant's data was touched with no tenant in scope, or with another one."""


def tenant_id_in_scope() -> UUID | None:
    """The id of the tenant in scope, or None."""
    return _tenant_id.get()


def current_tenant_id() -> UUID:
    """The id of the tenant in scope. Raises TenantScopeError when there is none."""
    tenant_id = _tenant_id.get()
    if tenant_id is None:
        raise TenantScopeError("No tenant is in scope. Wrap the work in `with tenant_scope(tenant):`.")
    return tenant_id


def platform_in_scope() -> bool:
    """Whether the work across tenants of `tenants.platform` is under way."""
    return platform_flag.get()


@contextmanager
def tenant_scope(tenant: Tenant | UUID) -> Iterator[UUID]:
    """Run the block in one transaction that sees and writes the rows of `tenant` alone.

    Opening it again for the same tenant changes nothing; for another one it raises TenantScopeError. It is for
    synchronous code: a consumer calls one function through `database_sync_to_async` that opens the scope itself.
    No network call belongs inside, because the block holds a database connection. Functions given to
    `transaction.on_commit` run outside the scope.
    """
    tenant_id = tenant if isinstance(tenant, UUID) else tenant.pk
    present = _tenant_id.get()
    if present is not None:
        if present != tenant_id:
            raise TenantScopeError(f"Tenant {tenant_id} can't be entered while tenant {present} is in scope.")
        yield tenant_id
        return
    if platform_in_scope():
        raise TenantScopeError("Leave platform_scope() before entering a tenant: its role sees every row.")

    with transaction.atomic():
        set_locally(TENANT_SETTING, str(tenant_id))
        token = _tenant_id.set(tenant_id)
        try:
            yield tenant_id
        finally:
            _tenant_id.reset(token)
    if connection.in_atomic_block and not connection.needs_rollback:
        # The setting lives as long as the outermost transaction, which here goes on.
        set_locally(TENANT_SETTING, "")


def set_locally(setting: str, value: str) -> None:
    """Set a Postgres setting until the end of the present transaction (or savepoint, if that is rolled back)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])
