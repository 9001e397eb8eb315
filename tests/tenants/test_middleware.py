"""Which company a console request runs in."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import AsyncClient, Client
from django.urls import reverse

from tenants.domain.members import add_member
from tenants.enums import Role
from tenants.middleware import StaffTenantMiddleware
from tenants.models import AuditEntry, Brand, Tenant, User
from tenants.scope import tenant_id_in_scope, tenant_scope
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
BRANDS = "admin:tenants_brand_changelist"


def join(user: User, tenant: Tenant, role: Role = Role.OWNER) -> None:
    with tenant_scope(tenant):
        add_member(email=user.email, role=role)


def brand_shown(client: Client) -> str:
    page = client.get(reverse(BRANDS)).content.decode()
    names = [name for name in ("Acme", "Globex") if f">{name}</a>" in page.replace("\n", "").replace("  ", "")]
    return ", ".join(names)


def test_a_stranger_logs_in_first(client: Client, acme: Tenant) -> None:
    answer = client.get(reverse(BRANDS))
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('admin:login')}?next={reverse(BRANDS)}")


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_who_is_no_staff_logs_in_as_somebody_else(
    acme: Tenant, owner: User, log_in: LogIn, fields: dict[str, bool]
) -> None:
    client = log_in(owner)
    User.objects.filter(pk=owner.pk).update(**fields)
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_member_works_in_the_own_company(acme: Tenant, globex: Tenant, owner: User, log_in: LogIn) -> None:
    assert brand_shown(log_in(owner)) == "Acme"


def test_a_member_of_two_switches(acme: Tenant, globex: Tenant, owner: User, log_in: LogIn) -> None:
    join(owner, globex)
    client = log_in(owner)
    assert brand_shown(client) == "Acme"
    answer = client.post(reverse("tenants:switch"), {"tenant": str(globex.pk)})
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))
    assert brand_shown(client) == "Globex"


def test_the_choice_lists_own_companies_only(acme: Tenant, globex: Tenant, owner: User, log_in: LogIn) -> None:
    page = log_in(owner).get(reverse("tenants:switch")).content.decode()
    assert (str(acme.pk) in page, str(globex.pk) in page) == (True, False)


@pytest.mark.parametrize("choice", ["globex", "nonsense", ""])
def test_what_is_not_on_the_list_is_not_there(
    acme: Tenant, globex: Tenant, owner: User, log_in: LogIn, choice: str
) -> None:
    client = log_in(owner)
    tenant = str(globex.pk) if choice == "globex" else choice
    assert client.post(reverse("tenants:switch"), {"tenant": tenant}).status_code == 404
    assert brand_shown(client) == "Acme"


def test_who_was_removed_falls_back_or_out(acme: Tenant, globex: Tenant, owner: User, log_in: LogIn) -> None:
    join(owner, globex)
    client = log_in(owner)
    client.post(reverse("tenants:switch"), {"tenant": str(globex.pk)})
    with tenant_scope(globex):
        owner.memberships.all().delete()
    assert brand_shown(client) == "Acme"
    with tenant_scope(acme):
        owner.memberships.all().delete()
    assert client.get(reverse(BRANDS)).status_code == 403


def test_staff_without_a_company_is_told_what_to_do(acme: Tenant, log_in: LogIn) -> None:
    answer = log_in(UserFactory.create(email="new@example.org")).get(reverse("admin:index"))
    assert answer.status_code == 403
    assert "Ask an owner of your company to add new@example.org as a member" in answer.content.decode()


class TestPlatformStaff:
    def test_it_chooses_first(self, acme: Tenant, platform_staff: User, log_in: LogIn) -> None:
        client = log_in(platform_staff)
        assert client.get(reverse("admin:index"))["Location"] == reverse("tenants:switch")
        assert str(acme.pk) in client.get(reverse("tenants:switch")).content.decode()

    def test_entering_is_on_record(self, acme: Tenant, platform_staff: User, log_in: LogIn) -> None:
        client = log_in(platform_staff)
        client.post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
        assert brand_shown(client) == "Acme"
        with tenant_scope(acme):
            entries = AuditEntry.objects.filter(verb="entered as platform staff")
            assert list(entries.values_list("actor", "ip")) == [("ops@platform.example", "127.0.0.1")]

    def test_a_member_enters_without_record(self, acme: Tenant, platform_staff: User, log_in: LogIn) -> None:
        join(platform_staff, acme)
        log_in(platform_staff).post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
        with tenant_scope(acme):
            assert not AuditEntry.objects.filter(verb="entered as platform staff").exists()

    def test_the_first_company_can_be_founded(self, platform_staff: User, log_in: LogIn) -> None:
        client = log_in(platform_staff)
        url = reverse("admin:tenants_tenant_add")
        assert client.get(url).status_code == 200
        form = {
            "name": "Acme",
            "slug": "acme",
            "time_zone": "UTC",
            "owner_email": "ada@acme.example",
        }
        assert client.post(url, form).status_code == 302
        assert list(Tenant.objects.values_list("name", "slug")) == [("Acme", "acme")]


def test_an_exception_undoes_what_the_view_wrote(acme: Tenant, owner: User, log_in: LogIn) -> None:
    client = log_in(owner)
    client.raise_request_exception = False
    model_admin = admin.site._registry[Brand]

    def fail(*args: object, **kwargs: object) -> None:
        Brand.objects.update(display_name="half done")
        raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_admin, "get_queryset", fail)
        assert client.get(reverse(BRANDS)).status_code == 500
    with tenant_scope(acme):
        assert Brand.objects.get().display_name == "Acme"
    assert tenant_id_in_scope() is None


@pytest.mark.django_db(transaction=True)
async def test_it_works_under_asgi(async_client: AsyncClient, acme: Tenant, owner: User) -> None:
    await async_client.aforce_login(owner, backend="tenants.auth.EmailBackend")
    answer = await async_client.get(reverse(BRANDS))
    assert (answer.status_code, ">Acme</a>" in answer.content.decode().replace("\n", "").replace("  ", "")) == (
        200,
        True,
    )


def test_it_is_synchronous_and_last_so_that_a_request_changes_threads_once() -> None:
    assert settings.MIDDLEWARE[-1] == "tenants.middleware.StaffTenantMiddleware"
    assert (StaffTenantMiddleware.sync_capable, StaffTenantMiddleware.async_capable) == (True, False)
