"""Whoever invites somebody while another request does is told so, as if they had come after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from interviews.api.ids import write_id
from interviews.domain import batches, invitations
from interviews.models import Interview, Invitation
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.factories import InterviewFactory

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 60


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Two threads."""
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        return InterviewFactory.create()


def apart(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
    """Do the work in a thread and on a connection of its own."""

    def do() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(do)


def wait_until_held_up_or_done(work: Future[Any]) -> None:
    deadline = time.monotonic() + SECONDS
    while not work.done() and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone() is not None:
                return
        time.sleep(0.01)


@pytest.fixture
def while_one_invites(
    acme: Tenant,
    interview: Interview,
    make_api: Callable[..., ApiClient],
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Callable[[], Any]], Any]:
    """What comes of work that begins after a request has seen that nobody is invited, and before it invites."""

    def run(work: Callable[[], Any]) -> Any:
        seen, go_on, create = Event(), Event(), invitations.create_invitation

        def create_later(**options: Any) -> Invitation:
            monkeypatch.setattr(invitations, "create_invitation", create)
            seen.set()
            assert go_on.wait(SECONDS)
            return create(**options)

        monkeypatch.setattr(invitations, "create_invitation", create_later)
        api = make_api(acme)
        first = apart(pool, lambda: api.post("invitations", body_for(interview)))
        assert seen.wait(SECONDS)
        second = apart(pool, work)
        wait_until_held_up_or_done(second)
        go_on.set()
        assert first.result(SECONDS)[0] == 201
        return second.result(SECONDS)

    return run


def body_for(interview: Interview) -> dict[str, Any]:
    return {
        "interview": write_id("interview", interview.pk),
        "candidate": {"name": "Ana Wu", "email": "ana@example.org"},
    }


def test_a_second_request_is_a_409(
    acme: Tenant,
    interview: Interview,
    make_api: Callable[..., ApiClient],
    while_one_invites: Callable[[Callable[[], Any]], Any],
) -> None:
    api = make_api(acme)
    status, problem = while_one_invites(lambda: api.post("invitations", body_for(interview)))
    assert (status, problem["code"]) == (409, "already_invited")
    with tenant_scope(acme):
        assert Invitation.objects.count() == 1


def test_a_list_leaves_them_out(
    acme: Tenant, interview: Interview, while_one_invites: Callable[[Callable[[], Any]], Any]
) -> None:
    with tenant_scope(acme):
        batch = batches.create_batch(
            interview=interview,
            source="people.csv",
            text="Ana Wu,Ana@example.org\nBo Li,bo@example.org",
            expires_at=timezone.now() + timedelta(days=7),
        )
        batches.start_batch(batch=batch)

    def work_off() -> None:
        with tenant_scope(acme):
            batches.work_off(batch_id=batch.pk)

    while_one_invites(work_off)
    with tenant_scope(acme):
        assert list(batch.rows.order_by("number").values_list("state", "problem")) == [
            ("problem", "Invited meanwhile: created."),
            ("invited", ""),
        ]
