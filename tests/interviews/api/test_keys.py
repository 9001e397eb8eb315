"""Who gets in, and how much."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from pytest_django.fixtures import Settings

from tenants.domain.keys import revoke_api_key, rotate_api_key
from tenants.models import ApiKey, AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.factories import make_invitation

MakeApi = Callable[..., ApiClient]


def test_without_a_key_nothing_is_told(db: None) -> None:
    stranger = ApiClient("vv_live_nonsense")
    for path in ("interviews", "invitations", "no-such-thing"):
        status, body = stranger.get(path)
        assert (status, body["code"], body["title"]) == (401, "authentication_failed", "Unauthorized")
    assert stranger.last.headers["WWW-Authenticate"] == 'Bearer realm="Vivavoce"'
    assert stranger.last.headers["Content-Type"] == "application/problem+json"


def test_a_key_opens_its_scopes_alone(acme: Tenant, make_api: MakeApi) -> None:
    reader = make_api(acme, ["interviews:read"])
    assert reader.get("interviews")[0] == 200
    status, body = reader.get("invitations")
    assert (status, body["code"]) == (403, "missing_scope")
    assert "invitations:read" in body["detail"]
    assert [reader.send("HEAD", path)[0] for path in ("interviews", "invitations")] == [200, 403]


@pytest.mark.parametrize("name", ["candidate", "interview"])
def test_expanding_takes_the_scope_of_what_is_shown(acme: Tenant, make_api: MakeApi, name: str) -> None:
    with tenant_scope(acme):
        pk = make_invitation(candidate__name="Ana Wu").pk
    for path in (f"invitations?expand={name}", f"invitations/inv_{pk.hex}?expand={name}"):
        status, body = make_api(acme, ["invitations:read"]).get(path)
        assert (status, body["code"], f"{name}s:read" in body["detail"]) == (403, "missing_scope", True)
        assert make_api(acme, ["invitations:read", f"{name}s:read"]).get(path)[0] == 200


def test_sharing_takes_more_than_reading(acme: Tenant, make_api: MakeApi) -> None:
    with tenant_scope(acme):
        link = f"invitations/inv_{make_invitation().pk.hex}/result-link"
    for method in ("POST", "DELETE"):
        assert make_api(acme, ["results:read"]).send(method, link)[1]["code"] == "missing_scope"
        assert make_api(acme, ["results:share"]).send(method, link)[1]["code"] == "no_result_yet"


def test_what_nobody_asks_in_an_address_is_named(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        candidate = f"candidates/cand_{make_invitation().candidate_id.hex}"
    for method, path in (("GET", "usage"), ("HEAD", "usage"), ("GET", candidate), ("POST", "candidates")):
        assert api.send(method, f"{path}?moth=2026-11")[0] == 400
    assert [(error["pointer"], error["code"]) for error in api.post("candidates?a=1", {})[1]["errors"]] == [
        ("/a", "unknown_field")
    ]
    assert [api.get(path)[0] for path in ("usage", candidate)] == [200, 200]


def test_a_method_that_is_not_there_is_a_405(api: ApiClient) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        status, body = api.send(method, "interviews")
        assert (status, body["code"], api.last.headers["Allow"]) == (405, "method_not_allowed", "GET, HEAD")
    assert [api.send(method, "no-such-thing")[0] for method in ("GET", "POST")] == [404, 404]


def test_a_revoked_and_an_expired_key_open_nothing(acme: Tenant, api: ApiClient, make_api: MakeApi) -> None:
    expired = make_api(acme, expires_at=timezone.now() - timedelta(seconds=1))
    assert expired.get("interviews")[0] == 401
    with tenant_scope(acme):
        revoke_api_key(key=ApiKey.objects.get(expires_at=None))
    assert api.get("interviews")[0] == 401


def test_a_rotated_key_and_the_new_one_both_work_for_a_while(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        old = ApiKey.objects.get()
        new, text = rotate_api_key(key=old, overlap=timedelta(hours=1))
    assert (new.scopes, old.expires_at is not None) == (old.scopes, True)
    assert [client.get("interviews")[0] for client in (api, ApiClient(text))] == [200, 200]
    with tenant_scope(acme):
        ApiKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    assert [client.get("interviews")[0] for client in (api, ApiClient(text))] == [401, 200]


def test_a_key_bound_to_networks_works_from_there_alone(acme: Tenant, make_api: MakeApi) -> None:
    here, elsewhere = make_api(acme, networks=["127.0.0.0/8"]), make_api(acme, networks=["203.0.113.0/24"])
    assert here.get("interviews")[0] == 200
    status, body = elsewhere.get("interviews")
    assert (status, body["code"]) == (403, "address_not_allowed")


def test_a_closed_companys_key_opens_nothing(acme: Tenant, api: ApiClient) -> None:
    acme.is_active = False
    acme.save()
    assert api.get("interviews")[0] == 401


def test_requests_are_counted_by_key(acme: Tenant, api: ApiClient, make_api: MakeApi, settings: Settings) -> None:
    settings.API_RATE_LIMIT = "2/minute"
    assert [api.get("interviews")[0] for _ in range(3)] == [200, 200, 429]
    assert api.last.headers["RateLimit-Policy"] == '"key";q=2;w=60'
    assert api.last.headers["RateLimit"].startswith('"key";r=0;t=')
    assert 1 <= int(api.last.headers["Retry-After"]) <= 60
    assert make_api(acme).get("interviews")[0] == 200


def fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError("SELECT secret")


@contextmanager
def failing_at_its_end(tenant: Any) -> Iterator[None]:
    with tenant_scope(tenant):
        yield
    raise IntegrityError("DETAIL: secret")


@pytest.mark.parametrize(
    ("place", "fault"),
    [("interviews.api.interviews.interviews", fail), ("interviews.api.base.tenant_scope", failing_at_its_end)],
)
def test_a_fault_of_ours_is_a_problem_too(
    api: ApiClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: str,
    fault: Callable[..., Any],
) -> None:
    monkeypatch.setattr(place, fault)
    api.raises = False
    status, body = api.get("interviews", X_Request_Id="req-1")
    assert (status, api.last.headers["Content-Type"], api.last.headers["X-Request-Id"]) == (
        500,
        "application/problem+json",
        "req-1",
    )
    assert body == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "code": "internal_error",
        "detail": "Something went wrong on our side. Try again in a while.",
        "request_id": "req-1",
    }
    [logged] = [record for record in caplog.records if record.name == "interviews.api.problems"]
    assert (logged.getMessage(), "secret" in str(logged.exc_info)) == ("request req-1: GET /api/v1/interviews", True)


def test_every_answer_names_its_request(api: ApiClient) -> None:
    api.get("interviews", X_Request_Id="mine-1")
    assert api.last.headers["X-Request-Id"] == "mine-1"
    _, body = api.get("nothing", X_Request_Id="not one\tid")
    assert body["request_id"].startswith("req_")
    assert api.last.headers["X-Request-Id"] == body["request_id"]


def test_reading_a_result_is_in_the_audit_log(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        invitation = make_invitation()
    api.get(f"invitations/inv_{invitation.pk.hex}/transcript")
    with tenant_scope(acme):
        entry = AuditEntry.objects.get(verb="read the transcript")
    assert (entry.object_id, entry.ip) == (str(invitation.pk), "127.0.0.1")
