"""Every model stands behind the wall, or on the short list of those that are shared."""

import pytest
from django.apps import apps
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from tenants.checks import (
    SHARED_MODELS,
    check_database,
    check_models,
    find_breaches,
    refuse_breached_wall,
    walled_models,
)
from tenants.models import ApiKey, Tenant
from tenants.platform import platform_scope


def test_no_model_is_forgotten() -> None:
    assert check_models(None) == []


def test_walled_and_shared_are_all_there_is() -> None:
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert {model._meta.label for model in walled_models()} | set(SHARED_MODELS) == labels


def test_a_forgotten_model_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(SHARED_MODELS, "tenants.Domain")
    assert [(message.id, message.obj._meta.label) for message in check_models(None)] == [
        ("tenants.E001", "tenants.Domain")
    ]


def test_a_manager_that_ignores_the_scope_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ApiKey._meta, "default_manager", Tenant._default_manager)
    assert [(message.id, message.obj) for message in check_models(None)] == [("tenants.E002", ApiKey)]


@pytest.mark.django_db
class TestPostgres:
    def test_the_wall_stands(self) -> None:
        assert list(find_breaches()) == []
        assert check_database(None, databases=["default"]) == []

    @pytest.mark.parametrize(
        ("sql", "breach"),
        [
            ("DISABLE ROW LEVEL SECURITY", "Row security is not enabled and forced on tenants_brand."),
            ("NO FORCE ROW LEVEL SECURITY", "Row security is not enabled and forced on tenants_brand."),
            (
                "DROP CONSTRAINT tenants_brand_tenant_id_id",
                "tenants_brand lacks the constraint tenants_brand_tenant_id_id.",
            ),
        ],
    )
    def test_a_hole_in_a_table_is_found(self, sql: str, breach: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE tenants_brand {sql}")
        assert list(find_breaches()) == [breach]

    @pytest.mark.parametrize(
        "sql",
        [
            "DROP POLICY tenant_wall ON tenants_brand",
            "CREATE POLICY back_door ON tenants_brand USING (true)",
            "ALTER POLICY tenant_wall ON tenants_brand USING (true)",
            "ALTER POLICY tenant_wall ON tenants_brand WITH CHECK (true)",
        ],
    )
    def test_a_weakened_policy_is_found(self, sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        assert list(find_breaches()) == ["The policies of tenants_brand are not the wall's."]

    def test_a_role_above_the_wall_is_refused(self) -> None:
        breach = "The role vivavoce_platform is exempt from row security; it must be NOSUPERUSER and NOBYPASSRLS."
        with platform_scope():
            assert list(find_breaches()) == [breach]
            assert [(message.id, message.msg) for message in check_database(None, databases=["default"])] == [
                ("tenants.E010", breach)
            ]
            assert all(isinstance(message, Error) for message in check_database(None, databases=["default"]))

    def test_without_databases_nothing_is_asked(self, django_assert_num_queries: pytest.FixtureRequest) -> None:
        with django_assert_num_queries(0):  # type: ignore[operator]
            assert check_database(None, databases=None) == []


@pytest.mark.django_db(transaction=True)
def test_a_server_refuses_to_boot_before_a_hole() -> None:
    refuse_breached_wall()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_apikey NO FORCE ROW LEVEL SECURITY")
    try:
        with pytest.raises(ImproperlyConfigured, match="not enabled and forced on tenants_apikey"):
            refuse_breached_wall()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE tenants_apikey FORCE ROW LEVEL SECURITY")
