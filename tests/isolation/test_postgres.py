"""The Postgres half: what Python's filters and checks would have stopped is stopped without them too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from psycopg.errors import InsufficientPrivilege

from tenants.checks import walled_models
from tenants.domain.audit import record
from tenants.models import AuditEntry, Tenant
from tenants.platform import platform_scope
from tenants.rls import walled_keys
from tenants.scope import tenant_scope
from tests.isolation.rows import make_row

pytestmark = pytest.mark.django_db

WALLED = [pytest.param(model, id=model._meta.label) for model in walled_models()]
KEYS = [
    pytest.param(model, key, id=f"{model._meta.label}.{key.name}")
    for model in walled_models()
    for key in walled_keys(model)
]


def run(sql: str, *params: Any) -> int:
    """Execute it past every manager; returns the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def insert(row: Any, **changed: Any) -> int:
    """Insert a copy of `row` past every manager, with columns changed."""
    fields = {field.column: field for field in row._meta.concrete_fields}
    values = {
        column: field.get_db_prep_save(field.value_from_object(row), connection) for column, field in fields.items()
    }
    values |= changed
    columns = ", ".join(f'"{column}"' for column in values)
    marks = ", ".join(["%s"] * len(values))
    return run(f"INSERT INTO {row._meta.db_table} ({columns}) VALUES ({marks})", *values.values())


@contextmanager
def refused(message: str) -> Iterator[None]:
    with pytest.raises(ProgrammingError, match=message) as caught, transaction.atomic():
        yield
    assert isinstance(caught.value.__cause__, InsufficientPrivilege)


@pytest.mark.parametrize("model", WALLED)
def test_with_no_tenant_every_statement_is_refused(acme: Tenant, model: Any) -> None:
    with tenant_scope(acme):
        row = make_row(model)
    table = model._meta.db_table
    with refused("no tenant is in scope"):
        run(f"SELECT * FROM {table}")
    with refused("no tenant is in scope"):
        run(f"UPDATE {table} SET tenant_id = tenant_id")
    with refused("no tenant is in scope"):
        run(f"DELETE FROM {table}")
    with refused("no tenant is in scope"):
        insert(row, id=uuid4())


@pytest.mark.parametrize("model", WALLED)
def test_an_unfiltered_query_sees_own_rows_only(acme: Tenant, globex: Tenant, model: Any) -> None:
    with tenant_scope(acme):
        foreign = make_row(model)
    with tenant_scope(globex):
        own = make_row(model)
        unfiltered: models.QuerySet[Any] = models.QuerySet(model)
        assert set(unfiltered.values_list("tenant_id", flat=True)) == {globex.pk}
        assert set(unfiltered.filter(pk__in=[foreign.pk, own.pk])) == {own}
        assert run(f"SELECT 1 FROM {model._meta.db_table} WHERE tenant_id = %s", acme.pk) == 0


@pytest.mark.parametrize("model", WALLED)
def test_a_foreign_row_is_out_of_reach(acme: Tenant, globex: Tenant, model: Any) -> None:
    table = model._meta.db_table
    with tenant_scope(acme):
        row = make_row(model)
    with tenant_scope(globex):
        assert run(f"UPDATE {table} SET tenant_id = tenant_id WHERE id = %s", row.pk) == 0
        assert run(f"DELETE FROM {table} WHERE id = %s", row.pk) == 0
    with tenant_scope(acme):
        assert model.objects.filter(pk=row.pk).count() == 1


@pytest.mark.parametrize("model", WALLED)
def test_nothing_is_written_into_another_tenant(acme: Tenant, globex: Tenant, model: Any) -> None:
    with tenant_scope(acme):
        row = make_row(model)
        with refused("row-level security|never changed"):
            run(f"UPDATE {model._meta.db_table} SET tenant_id = %s WHERE id = %s", globex.pk, row.pk)
    with tenant_scope(globex), refused("row-level security"):
        insert(row, id=uuid4())


@pytest.mark.parametrize(("model", "key"), KEYS)
def test_a_key_never_leads_to_another_tenant(
    acme: Tenant, globex: Tenant, model: Any, key: models.ForeignKey[Any, Any]
) -> None:
    with tenant_scope(acme):
        target: Any = make_row(key.related_model)
    with tenant_scope(globex):
        row = make_row(model)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="_same_tenant"), transaction.atomic():
            run(f"UPDATE {model._meta.db_table} SET {key.column} = %s WHERE id = %s", target.pk, row.pk)


class TestTheAuditLog:
    """Append-only for the application's role; and the platform's may delete entries, with their tenant, alone."""

    def test_entries_are_added_and_nothing_else(self, acme: Tenant) -> None:
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("ALTER TABLE tenants_auditentry ENABLE TRIGGER audit_no_truncate")  # Off for the tests' own tidying up.
        with tenant_scope(acme):
            before = run("SELECT 1 FROM tenants_auditentry")
            record(verb="did something")
            with refused("never changed"):
                run("UPDATE tenants_auditentry SET verb = 'undid'")
            with refused("never changed"):
                run("DELETE FROM tenants_auditentry")
            with refused("never changed"):
                run("TRUNCATE tenants_auditentry")
            with refused("never changed"):
                AuditEntry.objects.all().delete()
            assert run("SELECT 1 FROM tenants_auditentry") == before + 1

    def test_nor_does_the_platform_rewrite_them(self, acme: Tenant) -> None:
        with platform_scope(), refused("never changed"):
            AuditEntry.across_tenants.update(verb="undid")

    def test_they_go_with_their_tenant(self, acme: Tenant, globex: Tenant) -> None:
        with platform_scope():
            acme.delete()
            assert set(AuditEntry.across_tenants.values_list("tenant", flat=True)) == {globex.pk}
