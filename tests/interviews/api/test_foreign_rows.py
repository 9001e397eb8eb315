"""Whoever has another company's ids and a key of their own with all scopes finds nothing, and changes nothing.

Every route and method of the API has a line: what is sent to it with real rows of Acme's. Acme's own key, with the same
request, finds them, so a 404 says whose they are and not that they were never there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, reverse

from interviews.api.ids import write_id
from interviews.api.urls import urlpatterns
from tenants.checks import walled_models
from tenants.models import ApiKey, Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.api.rows import make_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_one_transaction")]

Rows = dict[str, Any]
FAR = "2100-01-01T00:00:00Z"
LONG_AGO = "2020-01-01T00:00:00Z"

#: Of rows by the id in their address: route, method -> the body sent to it.
BY_ADDRESS: dict[tuple[str, str], Any] = {
    ("interview", "GET"): None,
    ("question-bank", "GET"): None,
    ("question-bank", "PATCH"): {"name": "Ours now"},
    ("question-bank", "DELETE"): None,
    ("bank-questions", "POST"): {"text": "Whose are you?"},
    ("bank-question", "PATCH"): {"text": "Whose are you?"},
    ("bank-question", "DELETE"): None,
    ("candidate", "GET"): None,
    ("candidate", "PATCH"): {"name": "Mallory"},
    ("candidate-data", "GET"): None,
    ("candidate-data", "DELETE"): None,
    ("erasure", "GET"): None,
    ("invitation", "GET"): None,
    ("cancel", "POST"): {},
    ("resend", "POST"): {},
    ("new-link", "POST"): {},
    ("extend", "POST"): {"expires_at": FAR},
    ("result", "GET"): None,
    ("transcript", "GET"): None,
    ("result-link", "POST"): {"days": 3},
    ("result-link", "DELETE"): None,
    ("recording", "GET"): None,
    ("session", "GET"): None,
    ("events", "GET"): None,
    ("webhook-endpoint", "GET"): None,
    ("webhook-endpoint", "PATCH"): {"url": "https://evil.example/"},
    ("webhook-endpoint", "DELETE"): None,
    ("rotate-secret", "POST"): {},
    ("test-webhook", "POST"): {},
    ("webhook-delivery", "GET"): None,
    ("redeliver", "POST"): {},
    ("hook", "DELETE"): None,
}
#: Whose `pk` is not of the kind that the address says: a hook is an endpoint.
ROWS = {"hook": {"pk": "hook"}}

#: What asks for rows by ids elsewhere: route, method -> query and body with Acme's ids, and what a stranger gets.
BY_QUERY_OR_BODY: dict[tuple[str, str], list[tuple[str, Any, int]]] = {
    ("interviews", "GET"): [("", None, 200)],
    ("question-banks", "GET"): [("?include_archived=true", None, 200)],
    ("question-banks", "POST"): [],  # Names no row.
    ("candidates", "GET"): [("", None, 200), ("?email={email}", None, 200)],
    ("candidates", "POST"): [],
    ("invitations", "GET"): [
        ("?expand=candidate,interview", None, 200),
        ("?interview={interview}", None, 200),
        ("?candidate={candidate}&expand=candidate", None, 200),
    ],
    ("invitations", "POST"): [("", {"interview": "{interview}", "candidate": {"name": "M", "email": "m@x.co"}}, 404)],
    ("sessions", "GET"): [
        ("", None, 200),
        ("?invitation={invitation}&expand=invitation", None, 200),
        ("?candidate={candidate}&interview={interview}&expand=invitation.candidate", None, 200),
    ],
    ("webhook-endpoints", "GET"): [("", None, 200)],
    ("webhook-endpoints", "POST"): [],
    ("webhook-deliveries", "GET"): [
        ("", None, 200),
        ("?endpoint={endpoint}&expand=endpoint,event.invitation", None, 200),
    ],
    ("redeliver-range", "POST"): [
        ("", {"endpoint": "{endpoint}", "created_after": LONG_AGO, "status": "pending"}, 404)
    ],
    ("usage", "GET"): [("", None, 200)],
    ("hooks", "POST"): [],
    ("hook-samples", "GET"): [],  # The same for everybody.
    ("schema", "GET"): [],
    ("docs", "GET"): [],
    ("nothing", ""): [],  # No address of anything.
}
METHODS = ("get", "post", "patch", "put", "delete")


def served() -> Iterator[tuple[str, str]]:
    """Each route with each method that its view has."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view = getattr(pattern.callback, "view_class", None)
        methods = [name for name in METHODS if hasattr(view, name)] if view else ["get"]
        yield from ((str(pattern.name), name.upper()) for name in methods or [""])


def path_of(name: str, rows: Rows) -> str:
    (pattern,) = (pattern for pattern in urlpatterns if pattern.name == name)
    kinds = {word: converter._kind for word, converter in pattern.pattern.converters.items()} | ROWS.get(name, {})
    address = reverse(f"api:{name}", kwargs={word: rows[kind].pk for word, kind in kinds.items()})
    return address.removeprefix("/api/v1/")


def fill(text: str, rows: Rows) -> str:
    ids = {kind: write_id(kind, row.pk) for kind, row in rows.items() if kind != "hook"}
    return text.format(email=rows["candidate"].email, **ids)


def filled(body: Any, rows: Rows) -> Any:
    if isinstance(body, dict):
        return {name: filled(value, rows) for name, value in body.items()}
    return fill(body, rows) if isinstance(body, str) else body


def kept(tenant: Tenant) -> dict[str, list[Any]]:
    """Every row of the company, but when its keys were last used."""
    with tenant_scope(tenant):
        return {
            model._meta.label: list(model._default_manager.order_by("pk").values())
            for model in walled_models()
            if model is not ApiKey
        }


@pytest.fixture
def rows(acme: Tenant) -> Rows:
    return make_rows(acme)


@pytest.fixture
def foreign(globex: Tenant, make_api: Callable[..., ApiClient]) -> ApiClient:
    """Globex', with all scopes."""
    return make_api(globex)


def test_every_route_and_method_has_a_line() -> None:
    assert sorted(served()) == sorted([*BY_ADDRESS, *BY_QUERY_OR_BODY])


def test_a_foreign_row_is_not_there_whatever_is_done_to_it(
    acme: Tenant, globex: Tenant, rows: Rows, api: ApiClient, foreign: ApiClient
) -> None:
    before = kept(acme), kept(globex)
    found = {}
    for (name, method), body in BY_ADDRESS.items():
        path = path_of(name, rows)
        asked = [method, "HEAD"] if method == "GET" and name != "events" else [method]
        found[name, method] = {foreign.send(each, path, body)[0] for each in asked}
    assert found == {line: {404} for line in BY_ADDRESS}
    assert (kept(acme), kept(globex)) == before
    for (name, method), body in BY_ADDRESS.items():
        with transaction.atomic():
            found[name, method] = {api.send(method, path_of(name, rows), body)[0]}
            transaction.set_rollback(True)
    conflict = {(name, "POST") for name in ("cancel", "resend", "new-link", "extend")}  # The invitation is completed.
    assert [line for line, status in found.items() if status == {409}] == sorted(conflict, key=list(found).index)
    assert [line for line, status in found.items() if not status < {200, 201, 202, 204, 409}] == []


def test_a_foreign_row_is_not_there_whoever_names_it(
    acme: Tenant, globex: Tenant, rows: Rows, api: ApiClient, foreign: ApiClient
) -> None:
    before = kept(acme), kept(globex)
    for (name, method), asked in BY_QUERY_OR_BODY.items():
        for query, body, expected in asked:
            path = path_of(name, rows) + fill(query, rows)
            status, answer = foreign.send(method, path, filled(body, rows))
            shown = str(answer.get("data")) if status == 200 else "None"
            assert (path, status, shown) == (path, expected, "[]" if status == 200 else "None")
    assert (kept(acme), kept(globex)) == before


def test_a_foreign_row_is_not_there_below_an_own_one(
    globex: Tenant, rows: Rows, foreign: ApiClient, make_api: Callable[..., ApiClient]
) -> None:
    own = make_rows(globex)
    mixed = [rows | {"bank": own["bank"]}, own | {"bank": rows["bank"]}]
    asked: list[tuple[str, str, Any]] = [
        (method, path_of("bank-question", mix), {"text": "Mine?"} if method == "PATCH" else None)
        for mix in mixed
        for method in ("PATCH", "DELETE")
    ]
    asked.append(("GET", f"{path_of('recording', own)}?session={write_id('session', rows['session'].pk)}", None))
    assert [foreign.send(*request)[0] for request in asked] == [404] * len(asked)
    assert foreign.send("PATCH", path_of("bank-question", own), {"text": "Mine!"})[0] == 200
    assert foreign.get(f"{path_of('recording', own)}?session={write_id('session', own['session'].pk)}")[0] == 200
