"""System checks that the wall stands. Django runs those of the database before it migrates; a server calls
`refuse_breached_wall` before it serves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models

from tenants.models.wall import ScopeManager, TenantManager, TenantModel
from tenants.rls import POLICY, is_walled, key_name, table_constraints, unique_name, walled_keys

#: What belongs to no tenant, and why that is safe. A model that is neither here nor walled fails the check.
SHARED_MODELS = {
    "tenants.Tenant": "found before it is in scope; the console shows each tenant its own row",
    "tenants.Domain": "look-up: host name to tenant",
    "tenants.TokenIndex": "look-up: hash of a token to tenant",
    "tenants.PlatformEntry": "what the platform's staff did, without a word of a company's rows; shown to them only",
    "tenants.PasswordMail": "of a person, as User; shown to platform staff only, without its link",
    "tenants.PasswordMailTry": "as PasswordMail",
    "tenants.User": "a person may belong to several tenants; the console shows users to platform staff only",
    "auth.Permission": "Django's list of permissions; not used, roles say what people may do",
    "auth.Group": "not used, and not shown",
    "auth.Group_permissions": "not used",
    "interviews.RunnerSlot": "room for a bot; names a session's id and nothing else",
    "contenttypes.ContentType": "names of models",
    "sessions.Session": "found by its key alone",
    "admin.LogEntry": "kept empty: the console writes AuditEntry, which is walled, instead",
    "account.EmailAddress": "not used: a user has one address",
    "account.EmailConfirmation": "not used",
    "mfa.Authenticator": "a user's second factor, its secret encrypted; each sees their own",
    "usersessions.UserSession": "a user's log-ins; each sees their own",
    "axes.AccessAttempt": "log-in attempts, before anybody is known; shown to platform staff only",
    "axes.AccessAttemptExpiration": "as AccessAttempt",
    "axes.AccessFailureLog": "as AccessAttempt",
    "axes.AccessLog": "as AccessAttempt",
}


def walled_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if is_walled(model)]


@register(Tags.models)
def check_models(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every model is walled or listed as shared, and no shared one points behind the wall."""
    messages: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if is_walled(model):
            if not (
                issubclass(model, TenantModel)
                and isinstance(model._default_manager, TenantManager)
                and isinstance(model._base_manager, ScopeManager)
            ):
                messages.append(
                    Error(
                        f"{label} has a manager that ignores the tenant in scope.",
                        hint="Derive it from TenantModel, and its managers from TenantManager.",
                        obj=model,
                        id="tenants.E002",
                    )
                )
        elif label not in SHARED_MODELS:
            messages.append(
                Error(
                    f"{label} belongs to no tenant.",
                    hint="Derive it from TenantModel, or list it in tenants.checks.SHARED_MODELS with the reason.",
                    obj=model,
                    id="tenants.E001",
                )
            )
        elif any(walled_keys(model)):
            messages.append(Error(f"{label} is shared but points behind the wall.", obj=model, id="tenants.E003"))
    return messages


@register(Tags.database)
def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Row security applies to this connection's role, and every walled table has it. Not yet migrated: no matter."""
    if not databases:
        return []
    hint = "See docs/postgres-roles.sql for the roles, and tenants/rls.py for the migration's operations."
    return [Error(breach, hint=hint, id="tenants.E010") for breach in find_breaches()]


def refuse_breached_wall() -> None:
    """Raise ImproperlyConfigured unless the wall stands. For servers and workers, before they begin."""
    breaches = list(find_breaches())
    connection.close()
    if breaches:
        raise ImproperlyConfigured("The wall between tenants has holes: " + " ".join(breaches))


def find_breaches() -> Iterator[str]:
    """A sentence for each hole in Postgres's half of the wall."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)")
        for (role,) in cursor.fetchall():
            yield f"The role {role} is exempt from row security; it must be NOSUPERUSER and NOBYPASSRLS."
        cursor.execute("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind = 'r'")
        secured = dict(cursor.fetchall())
        cursor.execute("SELECT tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies")
        policies: dict[str, list[tuple[str, ...]]] = {}
        for table, *policy in cursor.fetchall():
            policies.setdefault(table, []).append(tuple(policy))
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        columns = set(cursor.fetchall())
    condition = "(tenant_id = ( SELECT current_tenant_id() AS current_tenant_id))"
    expected = [(POLICY, "ALL", "{public}", condition, condition)]
    for model in walled_models():
        table = model._meta.db_table
        if table not in secured:
            continue
        if not secured[table]:
            yield f"Row security is not enabled and forced on {table}."
        if policies.get(table) != expected:
            yield f"The policies of {table} are not the wall's."
        constraints = table_constraints(connection, table)
        wanted = [unique_name(table)]
        wanted += [key_name(table, key.column) for key in walled_keys(model) if (table, key.column) in columns]
        for name in wanted:
            if name not in constraints:
                yield f"{table} lacks the constraint {name}."
