"""TenantModel: the Python half of the wall between tenants. `tenants/rls.py` is the other half."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from tenants.scope import TenantScopeError, current_tenant_id, platform_in_scope, tenant_id_in_scope

M = TypeVar("M", bound=models.Model, covariant=True)


class CurrentTenant(models.Expression):
    """The id of the tenant in scope, asked for at the moment the query runs.

    So a queryset built at import time is safe, and one that runs with no tenant in scope raises TenantScopeError.
    """

    output_field = models.UUIDField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", (current_tenant_id(),)


class TenantKey(models.ForeignKey):
    """The owner of a walled row. A model that has one is walled; migrations know it by this class.

    It is filled from the scope, and refuses to be written with any other tenant. The wall's UNIQUE (tenant_id, id)
    serves as its index.
    """

    def __init__(self, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "to": "tenants.Tenant",
            "on_delete": models.CASCADE,
            "related_name": "+",
            "editable": False,
            "db_index": False,
            "default": tenant_id_in_scope,
        }
        super().__init__(**options | kwargs)

    def get_default(self) -> UUID | None:
        return tenant_id_in_scope()

    def has_default(self) -> bool:
        """False, though it is filled by itself: type checkers take a key with a default for one that may be None."""
        return False

    def pre_save(self, model_instance: models.Model, add: bool) -> UUID:
        tenant_id = self.tenant_id_to_write(model_instance)
        setattr(model_instance, self.attname, tenant_id)
        return tenant_id

    @staticmethod
    def tenant_id_to_write(row: Any) -> UUID:
        """The row's tenant, else the one in scope. Raises TenantScopeError when they differ."""
        tenant_id: UUID | None = row.tenant_id
        if platform_in_scope() and tenant_id is not None:
            return tenant_id
        present = current_tenant_id()
        if tenant_id not in (None, present):
            raise TenantScopeError(f"A row of tenant {tenant_id} was to be written while {present} is in scope.")
        return present


class TenantQuerySet(models.QuerySet[M]):
    def update(self, **kwargs: Any) -> int:
        if not {"tenant", "tenant_id"}.isdisjoint(kwargs):
            raise TenantScopeError("A row never moves to another tenant.")
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]


class TenantManager(models.Manager[M]):
    """The rows of the tenant in scope; with none in scope, running a query raises TenantScopeError."""

    _queryset_class = TenantQuerySet

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(tenant=CurrentTenant())


class ScopeManager(models.Manager[M]):
    """Django's own look-ups (foreign keys, save, delete): the tenant in scope, or all inside `platform_scope()`."""

    _queryset_class = TenantQuerySet

    def get_queryset(self) -> models.QuerySet[M]:
        rows = super().get_queryset()
        return rows if platform_in_scope() else rows.filter(tenant=CurrentTenant())


class PlatformManager(models.Manager[M]):
    """The rows of every tenant; outside `platform_scope()` it raises TenantScopeError."""

    _queryset_class = TenantQuerySet

    def get_queryset(self) -> models.QuerySet[M]:
        if not platform_in_scope():
            raise TenantScopeError("across_tenants is for `with platform_scope():` alone.")
        return super().get_queryset()


class TenantModel(models.Model):
    """A row that belongs to one tenant, and that no other tenant can reach.

    Every concrete model needs a line in a migration too: `EnableTenantWall("name")` from `tenants.rls`. A manager of
    its own derives from TenantManager: `objects = TenantManager.from_queryset(AnswerQuerySet)()`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = TenantKey()

    objects = TenantManager()
    across_tenants = PlatformManager()
    in_scope = ScopeManager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = []
        default_manager_name = "objects"
        base_manager_name = "in_scope"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_foreign()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_foreign()
        return super().delete(*args, **kwargs)

    def _refuse_foreign(self) -> None:
        """Before Django opens a transaction that the refusal would break."""
        TenantKey.tenant_id_to_write(self)
