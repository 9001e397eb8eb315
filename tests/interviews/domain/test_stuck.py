"""An outbox that nobody works off is seen by whoever runs the installation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from interviews import tasks
from interviews.domain import ats_connections, stuck, webhooks
from interviews.models import AtsCallback, Order, WebhookDelivery, WebhookEndpoint
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import make_invitation

MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2025, 11, 29, 10, 8, tzinfo=UTC)


def make_webhook(now: datetime) -> WebhookEndpoint:
    """One delivery due six minutes ago, another just now."""
    endpoint, _secret = webhooks.add_endpoint(url="https://hook.example/")
    for minutes in (6, 0):
        delivery = webhooks.send_test(endpoint=endpoint)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(next_try_at=now - minutes * MINUTE)
    return endpoint


def make_callback(now: datetime) -> None:
    """Due seven minutes ago."""
    greenhouse, _key = ats_connections.install_connection(system="greenhouse", name="Greenhouse")
    order = Order.objects.create(invitation=make_invitation(), system="greenhouse")
    AtsCallback.objects.create(connection=greenhouse, order=order, event="result.ready", next_try_at=now - 7 * MINUTE)


def deliver_all(now: datetime) -> None:
    WebhookDelivery.objects.update(status="delivered", next_try_at=None)


def try_later(now: datetime) -> None:
    WebhookDelivery.objects.update(next_try_at=now + MINUTE)


def wait_a_little(now: datetime) -> None:
    WebhookDelivery.objects.update(next_try_at=now - 4 * MINUTE)


def work_at_it(now: datetime) -> None:
    WebhookEndpoint.objects.update(claimed_until=now + MINUTE)


def test_the_longest_wait_of_any_company_counts(acme: Tenant, globex: Tenant) -> None:
    now = timezone.now()
    with tenant_scope(acme):
        make_webhook(now)
    assert stuck.waiting_since() == now - 6 * MINUTE
    with tenant_scope(globex):
        make_callback(now)
    assert stuck.waiting_since() == now - 7 * MINUTE


@pytest.mark.parametrize("settle", [deliver_all, try_later, wait_a_little, work_at_it])
def test_what_is_under_way_is_not_stuck(acme: Tenant, settle: Callable[[datetime], None]) -> None:
    now = timezone.now()
    with tenant_scope(acme):
        make_webhook(now)
    assert stuck.waiting_since() == now - 6 * MINUTE
    with tenant_scope(acme):
        settle(now)
    assert stuck.waiting_since() is None


def test_a_claim_whose_worker_died_is_stuck_once_it_has_run_out(acme: Tenant) -> None:
    now = timezone.now()
    with tenant_scope(acme):
        make_webhook(now)
        WebhookEndpoint.objects.update(claimed_until=now - MINUTE)
    assert stuck.waiting_since() == now - 6 * MINUTE


def test_the_workers_log_says_so(acme: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="interviews.tasks"):
        tasks.watch_outbox()
        assert caplog.messages == []
        with tenant_scope(acme):
            make_webhook(LONG_AGO)
        tasks.watch_outbox()
    assert caplog.messages == [
        "Webhooks or call-backs to ATSs wait since 2025-11-29T10:02:00+00:00. "
        "Does a worker serve the queue “outbound”? (docs/deployment.md, Workers)"
    ]


def test_the_health_page_says_so_and_the_web_server_stays_well(acme: Tenant, client: Client) -> None:
    well = {"status": "ok", "database": "ok", "redis": "ok"}
    assert client.get("/health").json() == well | {"outbox": "ok"}
    with tenant_scope(acme):
        make_webhook(LONG_AGO)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, well | {"outbox": "waiting since 2025-11-29T10:02:00Z"})


def test_of_a_database_that_answers_nothing_the_outbox_is_not_known(db: None, client: Client) -> None:
    with connection.cursor() as cursor, suppress(DatabaseError):
        cursor.execute("SELECT 1/0")  # after which this connection refuses whatever it is asked
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "database": "down", "redis": "ok"})
