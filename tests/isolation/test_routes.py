"""Every route meets a stranger, and somebody from another company with the address of a real row.

A route that is in neither table fails: say in ROUTES what it answers, or in tests/permissions who is let in where it is
under /admin/. Of the console's pages of a model more is tested here: an outsider gets for a foreign row what everybody
gets for a row that never was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tenants.models import Domain, Tenant, User
from tenants.rls import is_walled
from tenants.scope import tenant_scope
from tests.isolation.rows import make_row
from tests.permissions.matrix import PAGES

pytestmark = pytest.mark.django_db

#: Makes a row of "app.Model" at Acme.
MakeRow = Callable[[str], Any]


@dataclass(frozen=True)
class Route:
    """What a route answers to GET: `stranger` is not logged in, `outsider` owns Globex; both ask for Acme's things."""

    stranger: int
    outsider: int
    kwargs: Callable[[MakeRow], dict[str, Any]] = lambda make: {}


def no_token(make: MakeRow) -> dict[str, Any]:
    return {"token": "nonsense"}


def foreign_session(make: MakeRow) -> dict[str, Any]:
    return {"session_id": make("interviews.Session").pk}


def chunk_of_foreign_session(make: MakeRow) -> dict[str, Any]:
    return foreign_session(make) | {"number": 1}


def no_token_and_session(make: MakeRow) -> dict[str, Any]:
    return no_token(make) | foreign_session(make)


ROUTES = {
    # For everybody
    "home": Route(302, 302),
    "health": Route(200, 200),
    "tenants:logo": Route(404, 404, lambda make: {"slug": "acme"}),
    # For candidates, who have a token and no account
    "candidate:interview": Route(404, 404, no_token),
    "candidate:state": Route(404, 404, no_token),
    "candidate:start": Route(405, 405, no_token),
    "candidate:leave": Route(405, 405, no_token),
    "candidate:plan": Route(404, 404, no_token),
    "candidate:ask": Route(404, 404, no_token),
    "candidate:decline": Route(404, 404, no_token),
    "candidate:about_you": Route(404, 404, no_token),
    "candidate:offer": Route(405, 405, no_token_and_session),
    # For whoever has a link that a company shares
    "shared-result": Route(404, 404, no_token),
    # For bots, which have a token
    "recording-chunk": Route(405, 405, chunk_of_foreign_session),
    # For other systems, which have a key
    **{
        f"api:{name}": Route(401, 401, lambda make, kind=kind: {"pk": uuid4()} if kind else {})  # type: ignore[misc]
        for kind, names in {
            "": (
                *("interviews", "question-banks", "candidates", "invitations", "sessions", "usage"),
                *("webhook-endpoints", "webhook-deliveries", "redeliver-range"),
                *("hooks", "hook-samples"),
            ),
            "row": (
                *("interview", "candidate", "candidate-data", "erasure", "session", "events"),
                *(
                    "invitation",
                    "cancel",
                    "resend",
                    "new-link",
                    "extend",
                    "result",
                    "result-link",
                    "transcript",
                    "recording",
                ),
                *("webhook-endpoint", "rotate-secret", "test-webhook", "webhook-delivery", "redeliver"),
                *("hook",),
                *("question-bank", "bank-questions"),
            ),
        }.items()
        for name in names
    },
    "api:bank-question": Route(401, 401, lambda make: {"pk": uuid4(), "question": uuid4()}),
    "api:nothing": Route(401, 401),
    "no-api": Route(401, 401),
    "no-api-version": Route(401, 401),
    "api:schema": Route(200, 200),
    "api:docs": Route(200, 200),
    # For ATSs, each with a key of its connection
    **{
        f"ats:{name}": Route(401, 401)
        for name in (
            *("greenhouse-list-tests", "greenhouse-send-test", "greenhouse-test-status", "greenhouse-response-error"),
            *("ashby-list", "ashby-start", "ashby-cancel", "workable-tests", "workable-assessments"),
            *("recruitee-tests", "recruitee-send-candidate"),
        )
    },
    # For the mail's provider, which has a secret
    "mail-events": Route(404, 404, lambda make: {"provider": "postmark"}),
}


def walk(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(
                pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )
        elif pattern.name or namespace != "admin:":  # Without a name the admin only redirects to its named routes.
            yield f"{namespace}{pattern.name}", pattern


def model_routes() -> dict[str, tuple[Any, bool]]:
    """The console's pages: name -> (model, whether it is about one row)."""
    found = {}
    for name, pattern in walk(get_resolver().url_patterns):
        for model in admin.site._registry:
            if name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
                found[name] = (model, "object_id" in pattern.pattern.converters or "object_id" in str(pattern.pattern))
    return found


ROW_ROUTES = sorted(name for name, (model, one) in model_routes().items() if one and is_walled(model))
LIST_ROUTES = sorted(name for name, (model, one) in model_routes().items() if not one and is_walled(model))
PLATFORM_ROUTES = sorted(name for name, (model, _) in model_routes().items() if not is_walled(model))


@pytest.fixture
def make(acme: Tenant) -> MakeRow:
    def make_at_acme(label: str) -> Any:
        with tenant_scope(acme):
            return make_row(apps.get_model(label))

    return make_at_acme


@pytest.fixture
def intruder(outsider: User, log_in: Callable[[User], Client]) -> Client:
    return log_in(outsider)


def body(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace")  # Some are files.


def test_every_route_has_a_line() -> None:
    routes = {name for name, _ in walk(get_resolver().url_patterns)}
    assert routes == set(ROUTES) | set(PAGES)


@pytest.mark.parametrize("name", ROUTES)
def test_a_stranger_and_an_outsider_get_what_the_table_says(
    client: Client, intruder: Client, make: MakeRow, name: str
) -> None:
    route = ROUTES[name]
    url = reverse(name, kwargs=route.kwargs(make))
    answers = (client.get(url).status_code, intruder.get(url).status_code)
    assert answers == (route.stranger, route.outsider)


@pytest.mark.parametrize("name", ROW_ROUTES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_foreign_row_looks_like_one_that_never_was(
    client: Client, intruder: Client, make: MakeRow, name: str, method: str
) -> None:
    row = make(model_routes()[name][0]._meta.label)
    foreign, missing = (reverse(name, kwargs={"object_id": pk}) for pk in (row.pk, uuid4()))
    answer = getattr(intruder, method)(foreign)
    assert answer.status_code in (403, 404, 405)
    assert answer.status_code == getattr(intruder, method)(missing).status_code
    assert getattr(client, method)(foreign).status_code == 302


@pytest.mark.parametrize("name", LIST_ROUTES)
def test_a_list_shows_own_rows_only(
    client: Client, intruder: Client, make: MakeRow, acme: Tenant, globex: Tenant, name: str
) -> None:
    model = model_routes()[name][0]
    foreign = make(model._meta.label)
    with tenant_scope(globex):
        own = make_row(model)
    answer = intruder.get(reverse(name))
    shown = body(answer)
    if name.endswith("_changelist"):
        assert (answer.status_code, str(own.pk) in shown, str(foreign.pk) in shown) == (200, True, False)
    else:
        assert answer.status_code in (200, 403)
        assert str(foreign.pk) not in shown
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", PLATFORM_ROUTES)
def test_what_is_no_tenants_is_for_platform_staff(
    client: Client, intruder: Client, acme: Tenant, globex: Tenant, owner: User, name: str
) -> None:
    model, about_a_row = model_routes()[name]
    if model is Domain:
        domain = Domain.objects.create(tenant=acme, host="interviews.acme.example")
        answer = intruder.get(reverse(name, kwargs={"object_id": domain.pk} if about_a_row else {}))
        expected = 405 if name.endswith("_check") else 404 if about_a_row else 200
        assert (answer.status_code, domain.host in body(answer)) == (expected, False)
        return
    pk = (acme if model is Tenant else owner if model is User else make_row(model)).pk
    url = reverse(name, kwargs={"object_id": pk} if about_a_row else {})
    answer = intruder.get(url)
    if name == "admin:tenants_tenant_changelist":
        assert (answer.status_code, str(globex.pk) in body(answer), str(acme.pk) in body(answer)) == (200, True, False)
    else:
        assert (answer.status_code in (403, 404), owner.name in body(answer)) == (True, False)
    assert client.get(url).status_code == 302
