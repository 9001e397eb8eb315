"""A list costs as many queries with three rows as with one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenants.domain.password_mails import ask_for_password
from tenants.models import Domain, PlatformEntry, Tenant, User
from tenants.rls import is_walled
from tenants.scope import tenant_scope
from tests.factories import TenantFactory, UserFactory
from tests.interviews.console.conftest import live_through
from tests.interviews.factories import make_session
from tests.isolation.rows import make_row

#: Of which a company has one at most.
SINGLE = {"tenants.Brand", "interviews.CompanyServices"}
REGISTERED = {model._meta.label: model for model in admin.site._registry}
OWN_LISTS = sorted(label for label, model in REGISTERED.items() if is_walled(model) and label not in SINGLE)


def make_user() -> models.Model:
    return UserFactory.create()


def make_tenant() -> models.Model:
    return TenantFactory.create()


def make_password_mail() -> models.Model:
    mail = ask_for_password(user=UserFactory.create())
    assert mail is not None
    return mail


def make_attempt(model: str) -> Callable[[], models.Model]:
    """A row of the log-in protection's own."""
    rows = apps.get_model("axes", model)._default_manager
    counted = {"failures_since_start": 1} if model == "AccessAttempt" else {}
    return lambda: rows.create(
        username=f"person{rows.count()}", ip_address="203.0.113.7", path_info="/", http_accept="", **counted
    )


#: Lists across companies, for platform staff.
PLATFORM_LISTS: dict[str, Callable[[], models.Model]] = {
    "tenants.Tenant": make_tenant,
    "tenants.User": make_user,
    "tenants.PlatformEntry": lambda: PlatformEntry.objects.create(actor="ops@platform.example", verb="did"),
    "tenants.PasswordMail": make_password_mail,
    **{f"axes.{model}": make_attempt(model) for model in ("AccessAttempt", "AccessFailureLog", "AccessLog")},
}


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def address_of(label: str) -> str:
    return reverse("admin:{}_{}_changelist".format(*label.lower().split(".")))


def compare(client: Client, address: str, add_row: Callable[[], object]) -> tuple[int, int]:
    """Queries at one row more than there were, and at three."""
    add_row()
    client.get(address)  # Fills what is read once a process.
    one = count_queries(client, address)
    add_row()
    add_row()
    return one, count_queries(client, address)


def test_every_list_is_compared() -> None:
    assert {*OWN_LISTS, *SINGLE, *PLATFORM_LISTS, "tenants.Domain"} == REGISTERED.keys()


@pytest.mark.parametrize("label", OWN_LISTS)
def test_a_companys_list(acme: Tenant, by_owner: Client, label: str) -> None:
    model = REGISTERED[label]

    def add_row() -> None:
        with tenant_scope(acme):
            make_row(model)

    one, three = compare(by_owner, address_of(label), add_row)
    with tenant_scope(acme):
        assert (three, model._default_manager.count() >= 3) == (one, True)


def test_the_list_of_domains(acme: Tenant, by_owner: Client) -> None:
    def add_row() -> None:
        host = f"jobs{Domain.objects.count()}.example.com"
        Domain.objects.create(tenant=acme, host=host, verified_at=timezone.now())

    one, three = compare(by_owner, address_of("tenants.Domain"), add_row)
    assert three == one


@pytest.mark.parametrize("label", PLATFORM_LISTS)
def test_a_list_across_companies(
    acme: Tenant, platform_staff: User, log_in: Callable[[User], Client], label: str
) -> None:
    client = log_in(platform_staff)
    client.post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
    one, three = compare(client, address_of(label), PLATFORM_LISTS[label])
    assert three == one


@pytest.mark.parametrize("route", ["admin:index", "live:list-data"])
def test_what_runs(acme: Tenant, by_recruiter: Client, route: str) -> None:
    """One more of everything, and one more session that runs."""

    def add_rows() -> None:
        live_through(acme)
        with tenant_scope(acme):
            make_session()

    one, three = compare(by_recruiter, reverse(route), add_rows)
    assert three == one
