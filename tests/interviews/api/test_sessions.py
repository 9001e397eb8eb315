"""Sessions over the API, and their events as they happen."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from interviews.api import sessions as api_sessions
from interviews.api.ids import write_id
from interviews.domain import relay, sessions
from interviews.enums import EndReason
from interviews.models import Session
from tenants.domain.keys import issue_api_key, revoke_api_key
from tenants.domain.tenants import create_tenant
from tenants.enums import Scope
from tenants.models import ApiKey, Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.factories import launch_session, make_session, open_relay, say


@pytest.mark.django_db
def test_sessions_are_listed_and_read(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        session = make_session()
    _, page = api.get(f"sessions?invitation={write_id('invitation', session.invitation_id)}&status=queued")
    assert [(row["id"], row["number"], row["status"]) for row in page["data"]] == [
        (write_id("session", session.pk), 1, "queued")
    ]
    assert api.get(f"sessions/{page['data'][0]['id']}") == (200, page["data"][0])
    assert api.get("sessions?status=live")[1]["data"] == []


@database_sync_to_async
def begin() -> tuple[Tenant, Session, relay.RelayLease, str]:
    tenant = create_tenant(name="Acme", slug="acme")
    with tenant_scope(tenant):
        session = make_session()
        job = launch_session(session)
        key = issue_api_key(name="ATS", scopes=[Scope.SESSIONS_READ])[1]
    return tenant, session, open_relay(job), key


@database_sync_to_async
def end(tenant: Tenant, session: Session) -> None:
    with tenant_scope(tenant):
        sessions.end_session(session=Session.objects.get(pk=session.pk), reason=EndReason.COMPLETED)


async def listen(key: str, session: Session, **headers: str) -> Any:
    path = f"/api/v1/sessions/{write_id('session', session.pk)}/events"
    return await AsyncClient().get(path, headers={"Authorization": f"Bearer {key}"} | headers)


async def read_next(stream: Any) -> dict[str, str]:
    """The next event; signs of life are passed over."""
    while True:
        text = (await anext(stream)).decode()
        if not text.startswith(":"):
            return dict(line.split(": ", 1) for line in text.strip().splitlines())


@pytest.mark.django_db(transaction=True)
async def test_events_come_as_they_happen_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_sessions, "AFTERMATH", 0.0)
    tenant, session, lease, key = await begin()
    await database_sync_to_async(say)(lease, "Hello.")
    answer = await listen(key, session)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    stream = aiter(answer)
    first = await read_next(stream)
    assert "Hello." in first["data"]
    await database_sync_to_async(say)(lease, "I am here.")
    second = await read_next(stream)
    assert ("I am here." in second["data"], int(second["id"])) == (True, int(first["id"]) + 1)
    await end(tenant, session)
    assert await read_next(stream) == {"event": "end", "data": "{}"}

    again = aiter(await listen(key, session, **{"Last-Event-ID": first["id"]}))
    assert [(await read_next(again))["id"], (await read_next(again))["event"]] == [second["id"], "end"]


@pytest.mark.django_db(transaction=True)
async def test_a_stream_keeps_to_the_rules_of_the_key(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    tenant, session, lease, key = await begin()
    await database_sync_to_async(say)(lease, "Hello.")
    monkeypatch.setattr(api_sessions, "AFTERMATH", 0.0)
    settings.API_RATE_LIMIT = "3/minute"
    monkeypatch.setattr(api_sessions, "MAX_STREAMS", 1)
    first = await listen(key, session, **{"X-Request-Id": "req-1"})
    assert (first["X-Request-Id"], first["RateLimit-Policy"]) == ("req-1", '"key";q=3;w=60')
    stream = aiter(first)
    await read_next(stream)
    second = await listen(key, session)
    assert (second.status_code, second.json()["code"], "Retry-After" in second.headers) == (
        429,
        "too_many_streams",
        True,
    )
    await end(tenant, session)
    assert [piece async for piece in stream][-1] == b"event: end\ndata: {}\n\n"
    assert (await listen(key, session)).status_code == 200
    refused = await listen(key, session)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    for answer in (second, refused):
        assert (answer["RateLimit-Policy"], answer["RateLimit"][:5]) == ('"key";q=3;w=60', '"key"')


async def test_a_fault_of_ours_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*args: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(api_sessions, "open_stream", fault)
    path = f"/api/v1/sessions/{write_id('session', uuid4())}/events"
    answer = await AsyncClient(raise_request_exception=False).get(path, headers={"X-Request-Id": "req-1"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert (answer.json()["code"], answer.json()["request_id"]) == ("internal_error", "req-1")
    assert b"secret" not in answer.content


@pytest.mark.django_db(transaction=True)
async def test_a_revoked_keys_stream_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, session, lease, key = await begin()
    await database_sync_to_async(say)(lease, "Hello.")
    monkeypatch.setattr(api_sessions, "KEEP_ALIVE", 0.01)
    stream = aiter(await listen(key, session))
    await read_next(stream)

    @database_sync_to_async
    def revoke() -> None:
        with tenant_scope(tenant):
            revoke_api_key(key=ApiKey.objects.get())

    await revoke()
    assert [piece async for piece in stream if b"event:" in piece] == []


@pytest.mark.django_db(transaction=True)
async def test_what_the_bot_brings_after_the_end_comes_before_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, session, lease, key = await begin()
    await database_sync_to_async(say)(lease, "Hello.")
    monkeypatch.setattr(api_sessions, "AFTERMATH", 3600.0)
    monkeypatch.setattr(api_sessions, "KEEP_ALIVE", 0.01)
    stream = aiter(await listen(key, session))
    await read_next(stream)
    await end(tenant, session)
    assert (await anext(stream)).startswith(b":")
    await database_sync_to_async(say)(lease, "And goodbye.")
    assert "And goodbye." in (await read_next(stream))["data"]
    monkeypatch.setattr(api_sessions, "AFTERMATH", 0.0)
    assert await read_next(stream) == {"event": "end", "data": "{}"}


@pytest.mark.django_db(transaction=True)
async def test_events_are_for_those_who_may() -> None:
    _, session, _, key = await begin()
    other = await database_sync_to_async(create_tenant)(name="Globex", slug="globex")

    @database_sync_to_async
    def issue(scopes: list[str]) -> str:
        with tenant_scope(other):
            return issue_api_key(name="ATS", scopes=scopes)[1]

    foreign, unscoped = await issue([Scope.SESSIONS_READ]), await issue([])
    answers = [(await listen(each, session)).status_code for each in (foreign, unscoped, "nonsense")]
    assert answers == [404, 403, 401]
    assert (await listen(key, session, **{"Last-Event-ID": "soon"})).status_code == 400
