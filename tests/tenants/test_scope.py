"""What tenant_scope promises to Python and to Postgres."""

import pytest
from django.db import ProgrammingError, connection, transaction

from tenants.models import Brand, Tenant
from tenants.platform import platform_scope
from tenants.scope import TenantScopeError, current_tenant_id, tenant_id_in_scope, tenant_scope


def sql_tenant() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_tenant_id()")
        return str(cursor.fetchone()[0])


def test_python_and_postgres_agree(acme: Tenant) -> None:
    with tenant_scope(acme):
        assert current_tenant_id() == acme.pk
        assert sql_tenant() == str(acme.pk)


def test_an_id_will_do(acme: Tenant) -> None:
    with tenant_scope(acme.pk) as tenant_id:
        assert (tenant_id, current_tenant_id()) == (acme.pk, acme.pk)


def test_the_same_tenant_may_be_entered_again(acme: Tenant) -> None:
    with tenant_scope(acme):
        with tenant_scope(acme):
            pass
        assert current_tenant_id() == acme.pk
        assert Brand.objects.count() == 1


def test_another_tenant_may_not(acme: Tenant, globex: Tenant) -> None:
    with tenant_scope(acme):
        with pytest.raises(TenantScopeError, match=str(globex.pk)), tenant_scope(globex):
            pass
        assert current_tenant_id() == acme.pk


def test_afterwards_both_have_forgotten(acme: Tenant) -> None:
    """Within the test's transaction, where a setting that is local to the transaction would live on."""
    with tenant_scope(acme):
        pass
    assert tenant_id_in_scope() is None
    with pytest.raises(ProgrammingError, match="no tenant is in scope"), transaction.atomic():
        sql_tenant()


def test_an_exception_forgets_too_and_rolls_back(acme: Tenant) -> None:
    def fail() -> None:
        Brand.objects.update(display_name="never")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), tenant_scope(acme):
        fail()
    assert tenant_id_in_scope() is None
    with pytest.raises(ProgrammingError, match="no tenant is in scope"), transaction.atomic():
        sql_tenant()
    with tenant_scope(acme):
        assert Brand.objects.get().display_name == "Acme"


def test_a_queryset_made_outside_runs_in_the_scope_it_meets(acme: Tenant, globex: Tenant) -> None:
    names = Brand.objects.values_list("display_name", flat=True)
    with tenant_scope(acme):
        assert list(names.all()) == ["Acme"]
    with tenant_scope(globex):
        assert list(names.all()) == ["Globex"]


def test_it_costs_one_query_beside_its_transaction(
    acme: Tenant, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    # Savepoint, set_config, release; and set_config again, because the test's own transaction goes on.
    with django_assert_num_queries(4), tenant_scope(acme):  # type: ignore[operator]
        pass


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_the_commit_runs_outside_and_may_enter_another(acme: Tenant, globex: Tenant) -> None:
    seen: list[object] = []

    def look() -> None:
        seen.append(tenant_id_in_scope())
        with tenant_scope(globex):
            seen.append(Brand.objects.get().display_name)

    with tenant_scope(acme):
        transaction.on_commit(look)
    assert seen == [None, "Globex"]


@pytest.mark.django_db(transaction=True)
def test_a_pooled_connection_keeps_nothing(acme: Tenant) -> None:
    with tenant_scope(acme):
        assert sql_tenant() == str(acme.pk)
    with pytest.raises(ProgrammingError, match="no tenant is in scope"):
        sql_tenant()


class TestPlatformScope:
    def test_it_sees_all_through_its_own_manager_alone(self, acme: Tenant, globex: Tenant) -> None:
        with platform_scope():
            names = Brand.across_tenants.order_by("display_name").values_list("display_name", flat=True)
            assert list(names) == ["Acme", "Globex"]
            with pytest.raises(TenantScopeError):
                Brand.objects.count()

    def test_its_manager_is_shut_outside(self, acme: Tenant) -> None:
        with pytest.raises(TenantScopeError):
            Brand.across_tenants.count()
        with tenant_scope(acme), pytest.raises(TenantScopeError):
            Brand.across_tenants.count()

    def test_it_mixes_with_no_tenant(self, acme: Tenant) -> None:
        with tenant_scope(acme), pytest.raises(TenantScopeError), platform_scope():
            pass
        with platform_scope(), pytest.raises(TenantScopeError), tenant_scope(acme):
            pass

    def test_the_role_is_given_back(self, acme: Tenant) -> None:
        def role() -> str:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user = session_user, current_user")
                same, name = cursor.fetchone()
                return "own" if same else name

        with platform_scope():
            assert role() == "vivavoce_platform"
        assert role() == "own"
        with pytest.raises(ZeroDivisionError), platform_scope():
            raise ZeroDivisionError
        assert role() == "own"

    def test_it_may_write(self, acme: Tenant, globex: Tenant) -> None:
        with platform_scope():
            brand = Brand.across_tenants.get(tenant=acme)
            brand.display_name = "Acme & Co"
            brand.save()
            assert Brand.across_tenants.exclude(tenant=acme).update(display_name="All others") == 1
        with tenant_scope(acme):
            assert Brand.objects.get().display_name == "Acme & Co"
        with tenant_scope(globex):
            assert Brand.objects.get().display_name == "All others"
