"""Whatever goes wrong below /api/ is a problem document (RFC 9457), wherever it is found; elsewhere it is words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from interviews.api.refusals import ProblemMiddleware
from tenants.models import Domain, Tenant
from tests.interviews.api.conftest import ApiClient

pytestmark = pytest.mark.django_db

HOST = "interviews.acme.example"
JSON = {"content_type": "application/json"}
#: Method, path, and what else is sent, each with a key; status, code, and a word of the sentence.
REFUSED: dict[str, tuple[str, str, dict[str, Any], tuple[int, str, str]]] = {
    "unknown host": ("GET", "/api/v1/interviews", {"HTTP_HOST": "evil.example"}, (400, "bad_request", "not known")),
    "unknown host, other path": ("POST", "/api/v9", {"HTTP_HOST": "evil.example"}, (400, "bad_request", "not known")),
    "no host": ("GET", "/api/v1/usage", {"HTTP_HOST": ""}, (400, "bad_request", "not known")),
    "a company's domain": ("GET", "/api/v1/interviews", {"HTTP_HOST": HOST}, (404, "not_found", "nothing here")),
    "no version": ("GET", "/api", {}, (404, "not_found", "/api/v1/docs")),
    "no version, slash": ("GET", "/api/", {}, (404, "not_found", "/api/v1/docs")),
    "another version": ("POST", "/api/v2/invitations", JSON | {"data": "{}"}, (404, "not_found", "/api/v1/docs")),
    "version alone": ("GET", "/api/v1", {}, (404, "not_found", "/api/v1/docs")),
    "version alone, posted to": ("POST", "/api/v1", JSON | {"data": "{}"}, (404, "not_found", "/api/v1/docs")),
    "version and slash": ("GET", "/api/v1/", {}, (404, "not_found", "/api/v1/docs")),
    "slash at the end": ("GET", "/api/v1/interviews/", {}, (404, "not_found", "/api/v1/docs")),
    "unknown path": ("DELETE", "/api/v1/nothing", {}, (404, "not_found", "/api/v1/docs")),
    "id of nothing": ("GET", f"/api/v1/interviews/int_{'0' * 32}", {}, (404, "not_found", "this id")),
    "method": ("PUT", "/api/v1/interviews", {}, (405, "method_not_allowed", "PUT")),
    "method of the schema": ("POST", "/api/v1/openapi.json", {}, (405, "method_not_allowed", "POST")),
    "method of the reference": ("DELETE", "/api/v1/docs", {}, (405, "method_not_allowed", "DELETE")),
    "method of a stream": ("POST", f"/api/v1/sessions/ses_{'0' * 32}/events", {}, (405, "method_not_allowed", "read")),
    "form of the schema": (
        "GET",
        "/api/v1/openapi.json",
        {"HTTP_ACCEPT": "text/html"},
        (406, "not_acceptable", "Accept"),
    ),
    "not JSON": ("POST", "/api/v1/candidates", JSON | {"data": "{'a'}"}, (400, "parse_error", "JSON")),
    "form": (
        "POST",
        "/api/v1/candidates",
        {"content_type": "application/x-www-form-urlencoded", "data": "name=Ana"},
        (415, "unsupported_media_type", "x-www-form-urlencoded"),
    ),
    "text": (
        "POST",
        "/api/v1/invitations",
        {"content_type": "text/plain", "data": "{}"},
        (415, "unsupported_media_type", "text/plain"),
    ),
    "no charset": (
        "POST",
        "/api/v1/candidates",
        {"content_type": "application/json; charset=base64", "data": "{}"},
        (400, "parse_error", "base64"),
    ),
    "too much": (
        "POST",
        "/api/v1/candidates",
        JSON | {"data": json.dumps({"name": "a" * 1_000_001})},
        (413, "too_large", "1,000,000"),
    ),
    "too many questions": (
        "GET",
        "/api/v1/candidates?" + "a=1&" * 1001,
        {},
        (400, "bad_request", "can't be read"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_refusal_is_a_problem(acme: Tenant, api: ApiClient, name: str) -> None:
    Domain.objects.create(tenant=acme, host=HOST, verified_at=timezone.now())
    method, path, sent, (status, code, word) = REFUSED[name]
    headers = {"authorization": f"Bearer {api.key}", "x-request-id": "mine"}
    answer = Client(raise_request_exception=False).generic(method, path, headers=headers, **sent)
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert sorted(problem.keys() - {"errors"}) == ["code", "detail", "request_id", "status", "title", "type"]
    assert (problem["type"], problem["status"], problem["code"]) == ("about:blank", status, code)
    assert (word in problem["detail"], problem["title"] != "") == (True, True)
    assert (problem["request_id"], answer["X-Request-Id"], answer["Cache-Control"]) == ("mine", "mine", "no-store")
    assert status != 405 or "GET" in answer["Allow"]


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/api/v2/invitations", "/api/v1/", "/api/v1/nothing"])
def test_without_a_key_no_address_is_told_from_another(client: Client, path: str) -> None:
    answers = [client.generic(method, path) for method in ("GET", "POST")]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "not_authenticated")] * 2


def test_json_comes_whatever_is_accepted(api: ApiClient) -> None:
    for accepted in ("text/html", "application/xml", "image/*;q=0.1", "nonsense"):
        assert api.get("usage", Accept=accepted)[0] == 200
        assert api.last["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/", "/health", "/admin/", "/apiary", "/ats/workable/tests", "/i/x/"])
def test_pages_are_refused_in_words(client: Client, path: str) -> None:
    answer = client.get(path, headers={"host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"], answer.content) == (
        400,
        "text/plain",
        b"This address is not known here.",
    )


def test_what_breaks_before_the_api_tells_nothing_of_it() -> None:
    def break_down(request: HttpRequest) -> HttpResponse:
        return HttpResponse("<h1>Server Error: a secret</h1>", status=500, headers={"Retry-After": "5"})

    request = RequestFactory().get("/api/v1/usage")
    answer: Any = ProblemMiddleware(break_down)(request)
    problem = json.loads(answer.content)
    assert (problem["code"], "secret" in str(problem), answer["Retry-After"]) == ("internal_error", False, "5")
    assert problem["request_id"] == answer["X-Request-Id"] != ""
    page: Any = ProblemMiddleware(break_down)(RequestFactory().get("/admin/"))
    assert b"Server Error" in page.content
