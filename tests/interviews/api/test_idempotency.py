"""The same request at the same time, and a day later."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from interviews.domain import candidates
from interviews.models import Candidate, IdempotentRequest
from tenants.domain.keys import issue_api_key
from tenants.domain.tenants import create_tenant
from tenants.enums import Scope
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient

ANA = {"name": "Ana Wu", "email": "ana@example.org"}
SECONDS = 60


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """One thread, whose connection is closed in the end."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(lambda: connection.close()).result()


@pytest.mark.django_db(transaction=True)
def test_while_a_request_is_under_way_the_same_one_is_a_409(
    monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor
) -> None:
    tenant = create_tenant(name="Acme", slug="acme")
    with tenant_scope(tenant):
        key = issue_api_key(name="ATS", scopes=[Scope.CANDIDATES_WRITE])[1]
    begun, go_on, add = Event(), Event(), candidates.add_candidate

    def add_slowly(**who: Any) -> Candidate:
        begun.set()
        assert go_on.wait(SECONDS)
        return add(**who)

    monkeypatch.setattr(candidates, "add_candidate", add_slowly)
    first = pool.submit(lambda: ApiClient(key).post("candidates", ANA, Idempotency_Key="k-1"))
    assert begun.wait(SECONDS)
    client = ApiClient(key)
    status, body = client.post("candidates", ANA, Idempotency_Key="k-1")
    go_on.set()
    assert (status, body["code"], client.last.headers["Retry-After"]) == (409, "in_flight", "1")
    assert first.result(SECONDS)[0] == 201
    assert client.post("candidates", ANA, Idempotency_Key="k-1") == first.result()
    with tenant_scope(tenant):
        assert Candidate.objects.count() == 1


def test_after_a_day_a_key_is_new(acme: Tenant, api: ApiClient) -> None:
    made = api.post("candidates", ANA, Idempotency_Key="k-1")
    for age, answer in ((timedelta(hours=23), 201), (timedelta(hours=24, seconds=1), 409)):
        with tenant_scope(acme):
            IdempotentRequest.objects.update(created_at=timezone.now() - age)
        status, body = api.post("candidates", ANA, Idempotency_Key="k-1")
        assert status == answer
    assert (made[0], body["code"]) == (201, "candidate_exists")
