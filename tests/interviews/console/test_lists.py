"""A list costs as many queries with three rows as with one."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import live_through
from tests.interviews.factories import make_session

MODELS = ["questionbank", "interview", "candidate", "invitation", "session", "result", "outgoingemail"]
LISTS = {
    "overview": "admin:index",
    "live": "live:list-data",
    **{model: f"admin:interviews_{model}_changelist" for model in MODELS},
}


def measure(client: Client) -> dict[str, int]:
    counts = {}
    for name, route in LISTS.items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(route)).status_code == 200
        counts[name] = len(queries)
    return counts


def add_rows(tenant: Tenant) -> None:
    """One more of everything, and one more session that runs."""
    live_through(tenant)
    with tenant_scope(tenant):
        make_session()


def test_three_rows_cost_what_one_costs(acme: Tenant, by_recruiter: Client) -> None:
    add_rows(acme)
    measure(by_recruiter)  # Fills what is read once a process.
    one = measure(by_recruiter)
    add_rows(acme)
    add_rows(acme)
    assert measure(by_recruiter) == one
