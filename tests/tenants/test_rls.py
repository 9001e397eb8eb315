"""The migration operations, on tables of their own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, migrations, models, transaction
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenants.models import Tenant
from tenants.models.wall import TenantKey
from tenants.rls import EnableTenantWall, LowerTenantWall, RaiseTenantWall, table_constraints
from tenants.scope import tenant_scope

pytestmark = pytest.mark.django_db


def walled(name: str, *fields: tuple[str, models.Field[Any, Any]]) -> migrations.CreateModel:
    own: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.UUIDField(primary_key=True, default=uuid4)),
        ("tenant", TenantKey()),
    ]
    return migrations.CreateModel(name, [*own, *fields])


class History:
    """Migrations of an app `shop`, applied one after the other, and undone in turn."""

    def __init__(self) -> None:
        self.state = ProjectState()
        self.state.add_model(
            migrations.state.ModelState("tenants", "Tenant", [("id", models.UUIDField(primary_key=True))])
        )
        self.done: list[tuple[list[Operation], list[ProjectState]]] = []

    def migrate(self, *operations: Operation) -> None:
        states = [self.state.clone()]
        with connection.schema_editor(atomic=False) as editor:
            for operation in operations:
                after = states[-1].clone()
                operation.state_forwards("shop", after)
                operation.database_forwards("shop", editor, states[-1], after)
                states.append(after)
        self.state = states[-1]
        self.done.append((list(operations), states))

    def undo(self) -> None:
        operations, states = self.done.pop()
        with connection.schema_editor(atomic=False) as editor:
            for index in reversed(range(len(operations))):
                operations[index].database_backwards("shop", editor, states[index + 1], states[index])
        self.state = states[0]


@pytest.fixture
def history() -> History:
    history = History()
    history.migrate(
        walled("Box"),
        walled("Item", ("box", models.ForeignKey("shop.Box", models.CASCADE))),
        EnableTenantWall("Box", "Item"),
    )
    return history


def query(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def secured() -> dict[str, tuple[bool, bool]]:
    rows = query("SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname ~ '^shop_[a-z]+$'")
    return {name: (enabled, forced) for name, enabled, forced in rows if name in ("shop_box", "shop_item")}


def fill(tenant: Tenant) -> tuple[Any, Any]:
    box, item = uuid4(), uuid4()
    with tenant_scope(tenant):
        query("INSERT INTO shop_box (id, tenant_id) VALUES (%s, %s)", box, tenant.pk)
        query("INSERT INTO shop_item (id, tenant_id, box_id) VALUES (%s, %s, %s)", item, tenant.pk, box)
        query("SET CONSTRAINTS ALL IMMEDIATE")
        query("SET CONSTRAINTS ALL DEFERRED")
    return box, item


def test_a_walled_table_has_all_of_it(history: History) -> None:
    assert secured() == {"shop_box": (True, True), "shop_item": (True, True)}
    assert query("SELECT tablename, policyname FROM pg_policies WHERE tablename ~ '^shop_' ORDER BY 1") == [
        ("shop_box", "tenant_wall"),
        ("shop_item", "tenant_wall"),
    ]
    constraints = table_constraints(connection, "shop_item")
    assert constraints["shop_item_tenant_id_id"] == "UNIQUE (tenant_id, id)"
    assert constraints["shop_item_box_id_same_tenant"] == (
        "FOREIGN KEY (tenant_id, box_id) REFERENCES shop_box(tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
    )


def test_a_row_can_not_point_into_another_tenant(history: History, acme: Tenant, globex: Tenant) -> None:
    box, _ = fill(acme)
    _, item = fill(globex)

    def point_across() -> None:
        query("UPDATE shop_item SET box_id = %s WHERE id = %s", box, item)
        query("SET CONSTRAINTS ALL IMMEDIATE")

    with (
        tenant_scope(globex),
        pytest.raises(IntegrityError, match="shop_item_box_id_same_tenant"),
        transaction.atomic(),
    ):
        point_across()


def test_it_can_be_undone(history: History) -> None:
    history.undo()
    assert secured() == {}


def test_a_later_table_may_point_to_rows_that_are_there(history: History, acme: Tenant) -> None:
    fill(acme)
    history.migrate(
        walled("Label", ("item", models.ForeignKey("shop.Item", models.CASCADE))), EnableTenantWall("Label")
    )
    assert "shop_label_item_id_same_tenant" in table_constraints(connection, "shop_label")
    assert secured() == {"shop_box": (True, True), "shop_item": (True, True)}


def test_a_lowered_wall_lets_a_migration_rewrite_rows_and_add_keys(
    history: History, acme: Tenant, globex: Tenant
) -> None:
    fill(acme)
    fill(globex)
    seen = []

    def look(apps: Any, schema_editor: Any) -> None:
        seen.append(apps.get_model("shop", "Item").objects.update(second_box=models.F("box")))

    history.migrate(
        LowerTenantWall("Box", "Item"),
        migrations.AddField(
            "Item", "second_box", models.ForeignKey("shop.Box", models.CASCADE, null=True, related_name="+")
        ),
        migrations.RunPython(look, migrations.RunPython.noop),
        RaiseTenantWall("Box", "Item"),
    )
    assert seen == [2]
    assert secured() == {"shop_box": (True, True), "shop_item": (True, True)}
    assert "shop_item_second_box_id_same_tenant" in table_constraints(connection, "shop_item")
    with pytest.raises(ProgrammingError, match="no tenant is in scope"), transaction.atomic():
        query("SELECT * FROM shop_item")

    history.undo()
    assert secured() == {"shop_box": (True, True), "shop_item": (True, True)}
    assert "shop_item_second_box_id_same_tenant" not in table_constraints(connection, "shop_item")


def test_a_table_without_a_tenant_can_not_be_walled(history: History) -> None:
    with pytest.raises(ValueError, match=r"shop\.Tool has no TenantKey: derive it from TenantModel\."):
        history.migrate(
            migrations.CreateModel("Tool", [("id", models.UUIDField(primary_key=True))]), EnableTenantWall("Tool")
        )


def test_operations_read_well_in_a_plan() -> None:
    assert EnableTenantWall("Box", "Item").describe() == "EnableTenantWall(Box, Item)"
    assert EnableTenantWall("Box", "Item").deconstruct() == ("EnableTenantWall", ("Box", "Item"), {})
