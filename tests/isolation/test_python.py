"""The Python half: without a tenant in scope nothing can be done to any walled model, and with another one no harm."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count
from django.db.models.manager import BaseManager

from tenants.checks import walled_models
from tenants.models import Tenant
from tenants.scope import TenantScopeError, tenant_scope
from tests.isolation.rows import make_row

pytestmark = pytest.mark.django_db

WALLED = [pytest.param(model, id=model._meta.label) for model in walled_models()]

OPERATIONS: dict[str, Callable[[Any], object]] = {
    "all": lambda row: list(type(row).objects.all()),
    "iterator": lambda row: list(type(row).objects.iterator()),
    "values": lambda row: list(type(row).objects.values("pk")),
    "get": lambda row: type(row).objects.get(pk=row.pk),
    "first": lambda row: type(row).objects.first(),
    "in_bulk": lambda row: type(row).objects.in_bulk([row.pk]),
    "count": lambda row: type(row).objects.count(),
    "exists": lambda row: type(row).objects.exists(),
    "aggregate": lambda row: type(row).objects.aggregate(Count("pk")),
    "union": lambda row: list(type(row).objects.all().union(type(row).objects.all())),
    "default manager": lambda row: type(row)._default_manager.count(),
    "base manager": lambda row: type(row)._base_manager.count(),
    "create": lambda row: type(row).objects.create(),
    "bulk_create": lambda row: type(row).objects.bulk_create([type(row)()]),
    "get_or_create": lambda row: type(row).objects.get_or_create(pk=row.pk),
    "update_or_create": lambda row: type(row).objects.update_or_create(pk=row.pk),
    "update": lambda row: type(row).objects.update(id=row.pk),
    "bulk_update": lambda row: type(row).objects.bulk_update([row], [_plain_field(row)]),
    "delete": lambda row: type(row).objects.all().delete(),
    "raw_delete": lambda row: type(row).objects.all()._raw_delete("default"),
    "row.save": lambda row: row.save(),
    "row.delete": lambda row: row.delete(),
    "row.refresh_from_db": lambda row: row.refresh_from_db(),
}


def _plain_field(row: Any) -> str:
    return next(field.name for field in row._meta.concrete_fields if not field.primary_key and not field.is_relation)


def allowed(acts: dict[str, Callable[[], object]]) -> list[str]:
    """The names of the acts that did not raise TenantScopeError."""
    names = []
    for name, act in acts.items():
        try:
            with transaction.atomic():
                act()
        except TenantScopeError:
            continue
        names.append(name)
    return names


@pytest.mark.parametrize("model", WALLED)
def test_nothing_works_outside_a_scope(acme: Tenant, model: Any) -> None:
    with tenant_scope(acme):
        row = make_row(model)
    assert allowed({name: partial(act, row) for name, act in OPERATIONS.items()}) == []
    with tenant_scope(acme):
        assert model.objects.filter(pk=row.pk).count() == 1


@pytest.mark.parametrize("model", WALLED)
def test_relations_need_a_scope_too(acme: Tenant, model: Any) -> None:
    with tenant_scope(acme):
        pk = make_row(model).pk
        row = model.objects.get(pk=pk)
    relations = [
        field.get_accessor_name() if field.auto_created else field.name
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model in walled_models() and not field.hidden
    ]
    assert allowed({name: partial(follow, row, name) for name in relations}) == empty_keys(row)


def follow(row: Any, name: str) -> None:
    related = getattr(row, name)
    if isinstance(related, BaseManager):
        list(related.all())


def empty_keys(row: Any) -> list[str]:
    """Foreign keys without a value: None needs no query."""
    return [field.name for field in row._meta.concrete_fields if field.is_relation and not getattr(row, field.attname)]


@pytest.mark.parametrize("model", WALLED)
def test_another_tenants_row_can_be_neither_found_nor_written(acme: Tenant, globex: Tenant, model: Any) -> None:
    with tenant_scope(acme):
        row = make_row(model)
    with tenant_scope(globex):
        assert model.objects.filter(pk=row.pk).count() == 0
        assert model.objects.filter(pk=row.pk).update(id=row.pk) == 0
        with pytest.raises(model.DoesNotExist):
            row.refresh_from_db()
        acts = {
            "save": row.save,
            "delete": row.delete,
            "bulk_create": lambda: model.objects.bulk_create([row]),
            "move": lambda: model.objects.update(tenant=globex),
            "move by id": lambda: model.objects.update(tenant_id=globex.pk),
        }
        assert allowed(acts) == []


@pytest.mark.parametrize("model", WALLED)
def test_a_new_row_belongs_to_the_tenant_in_scope(acme: Tenant, model: Any) -> None:
    with tenant_scope(acme):
        assert make_row(model).tenant_id == acme.pk
        assert model().tenant_id == acme.pk
    assert model().tenant_id is None
