"""The wall between tenants in Postgres: row level security, raised by operations that a migration names in one line.

    operations = [EnableTenantWall("Invitation", "Session")]

Foreign key checks bypass row security, so every key from one walled table to another is doubled by a composite one,
(tenant_id, x_id) -> (tenant_id, id): a row can't point into another tenant.

Postgres applies the policies to migrations too. A later migration that must read or rewrite walled rows, or adds a
foreign key to a walled table, stands between `LowerTenantWall("Session")` and `RaiseTenantWall("Session")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import truncate_name
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenants.models.wall import TenantKey

#: NOLOGIN, BYPASSRLS, granted to the application's role, which takes it by SET LOCAL ROLE. See docs/postgres-roles.sql.
PLATFORM_ROLE = "vivavoce_platform"

POLICY = "tenant_wall"
CONDITION = "tenant_id = (SELECT current_tenant_id())"

INSTALL = f"""
CREATE OR REPLACE FUNCTION current_tenant_id() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    present text := current_setting('vivavoce.tenant_id', true);
BEGIN
    IF coalesce(present, '') = '' THEN
        RAISE EXCEPTION 'no tenant is in scope' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN present::uuid;
END $$;
GRANT USAGE ON SCHEMA public TO {PLATFORM_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {PLATFORM_ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {PLATFORM_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {PLATFORM_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {PLATFORM_ROLE};
"""

UNINSTALL = f"""
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {PLATFORM_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {PLATFORM_ROLE};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {PLATFORM_ROLE};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {PLATFORM_ROLE};
REVOKE USAGE ON SCHEMA public FROM {PLATFORM_ROLE};
DROP FUNCTION current_tenant_id();
"""


def is_walled(model: type[models.Model]) -> bool:
    """Whether `model`, real or historical, belongs to a tenant."""
    return any(isinstance(field, TenantKey) for field in model._meta.local_fields)


def walled_keys(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """The foreign keys of `model` that point to walled tables."""
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and is_walled(field.related_model):
            yield field


def unique_name(table: str) -> str:
    return truncate_name(f"{table}_tenant_id_id", 63, hash_len=8)


def key_name(table: str, column: str) -> str:
    return truncate_name(f"{table}_{column}_same_tenant", 63, hash_len=8)


class _WallOperation(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, *names: str) -> None:
        self.names = names

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The wall is no part of the models' state."""

    def describe(self) -> str:
        return f"{type(self).__name__}({', '.join(self.names)})"

    def models(self, apps: Apps, app_label: str) -> list[type[models.Model]]:
        found = [apps.get_model(app_label, name) for name in self.names]
        for model in found:
            if not is_walled(model):
                raise ValueError(f"{model._meta.label} has no TenantKey: derive it from TenantModel.")
        return found


class EnableTenantWall(_WallOperation):
    """Wall the tables of the named models: policy, UNIQUE (tenant_id, id), and the composite foreign keys."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        found = self.models(to_state.apps, app_label)
        for model in found:
            table = model._meta.db_table
            schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {unique_name(table)} UNIQUE (tenant_id, id)")
            schema_editor.execute(f"CREATE POLICY {POLICY} ON {table} USING ({CONDITION}) WITH CHECK ({CONDITION})")
        for model in found:
            add_composite_keys(schema_editor, model)
        for model in found:
            force_row_security(schema_editor, model._meta.db_table)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        found = self.models(from_state.apps, app_label)
        for model in found:
            for field in walled_keys(model):
                table = model._meta.db_table
                schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key_name(table, field.column)}")
        for model in reversed(found):
            table = model._meta.db_table
            schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
            schema_editor.execute(f"DROP POLICY {POLICY} ON {table}")
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {unique_name(table)}")


class LowerTenantWall(_WallOperation):
    """Let this migration, as the tables' owner, see all rows. Name every table it touches."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self.models(to_state.apps, app_label):
            unforce_row_security(schema_editor, model._meta.db_table)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self.models(from_state.apps, app_label):
            force_row_security(schema_editor, model._meta.db_table)


class RaiseTenantWall(_WallOperation):
    """Close what LowerTenantWall opened, and add the composite keys of foreign keys that are new."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self.models(to_state.apps, app_label):
            add_composite_keys(schema_editor, model)
            force_row_security(schema_editor, model._meta.db_table)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self.models(from_state.apps, app_label):
            unforce_row_security(schema_editor, model._meta.db_table)


#: Postgres alters no table that has foreign key checks waiting.
SETTLE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


def unforce_row_security(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    schema_editor.execute(f"{SETTLE}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def force_row_security(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """At the end of the migration, after Django's foreign keys: Postgres checks a new key by reading the tables."""
    schema_editor.deferred_sql.append(
        f"{SETTLE}; ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    )


def add_composite_keys(schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> None:
    """Add what is missing. NO ACTION, deferred, as Django's own keys are: deletion cascades in Python."""
    table = model._meta.db_table
    present = table_constraints(schema_editor.connection, table)
    for field in walled_keys(model):
        name = key_name(table, field.column)
        target = field.related_model._meta.db_table
        if name not in present:
            unforce_row_security(schema_editor, target)
            schema_editor.execute(
                f"{SETTLE}; ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, {field.column})"
                f" REFERENCES {target} (tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
            )
            force_row_security(schema_editor, target)


def table_constraints(connection: BaseDatabaseWrapper, table: str) -> dict[str, str]:
    """The constraints of `table`: name -> definition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass(%s)", [table]
        )
        return dict(cursor.fetchall())
