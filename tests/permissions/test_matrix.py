"""Every page under /admin/, and every action of a list, met by everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.conftest import Rows
from tests.permissions.matrix import ACTIONS, EVERYBODY, MEMBERS, PAGES, PLATFORM, Page, Visitor, Visitors


def walk(patterns: list[Any], path: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """(path, name) of every route. Without a name Django's admin only redirects to its named ones."""
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, here, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield here, f"{namespace}{pattern.name}"


def test_every_page_has_a_line() -> None:
    names = {name for path, name in walk(get_resolver().url_patterns) if path.startswith("admin/")}
    assert names == set(PAGES)


def expect(visitor: Visitor, page: Page, method: str) -> set[str]:
    """What the visitor may be told."""
    who: Visitors | None = getattr(page, method)
    if who == EVERYBODY:
        return {"come in", "log in"}
    if visitor is Visitor.STRANGER and page.get != EVERYBODY:
        return {"log in"}
    if who is None:
        return {"no such method", "choose a company"} if visitor is Visitor.STAFF_OUTSIDE else {"no such method"}
    if visitor is Visitor.STAFF_OUTSIDE and visitor not in who:
        return {"choose a company", "forbidden"}
    if visitor is Visitor.OUTSIDER and page.part:
        # That the row is not there is said to whoever may see such rows, and nothing of it to others.
        return {"not there"} if Visitor.OWNER in who else {"not there", "forbidden"}
    may = Visitor.OWNER if visitor is Visitor.OUTSIDER and visitor not in who else visitor
    return {"come in"} if may in who else {"forbidden"}


def describe(page: Page, response: HttpResponse) -> str:
    """What a visitor is told. Without a row of Acme's in the address, "there is no such thing" tells nothing of it."""
    if response.status_code in (301, 302):
        path = urlsplit(response.headers["Location"]).path
        return {reverse("admin:login"): "log in", reverse("tenants:switch"): "choose a company"}.get(path, "come in")
    words = {200: "come in", 400: "come in", 403: "forbidden", 404: "not there", 405: "no such method"}
    word = words.get(response.status_code, str(response.status_code))
    return "come in" if word == "not there" and not page.part else word


def ask(client: Client, rows: Rows, name: str, method: str, *, written: bool) -> str:
    """What comes of a request that is undone afterwards. The page itself is `written` only where it is worth its time,
    because whoever is refused is refused before."""
    page = PAGES[name]
    url = reverse(name, args=[rows[page.part].pk]) if page.part else reverse(name, kwargs=dict(page.kwargs))
    cookies = client.cookies.output(header="", sep=";")
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        if not written:
            patch.setattr(SimpleTemplateResponse, "rendered_content", "")
        response = getattr(client, method)(url)
        transaction.set_rollback(True)
    client.cookies.load(cookies)
    return describe(page, response)


@pytest.mark.parametrize("visitor", Visitor)
def test_each_page_is_for_whom_the_matrix_says(
    visitor: Visitor, visit: Callable[[Visitor], Client], rows: Rows, quiet: None
) -> None:
    client, wrong, is_member = visit(visitor), {}, visitor in MEMBERS - PLATFORM
    for name, page in PAGES.items():
        for method in ("get", "post") if page.reads_post else ("get",):
            told = ask(client, rows, name, method, written=is_member and method == "get")
            right = expect(visitor, page, method)
            if told not in right:
                wrong[f"{method} {name}"] = f"{told}, and not {' or '.join(sorted(right))}"
    assert wrong == {}


@pytest.mark.parametrize("visitor", sorted(MEMBERS))
def test_lists_offer_the_actions_the_matrix_says(
    visitor: Visitor, visit: Callable[[Visitor], Client], rows: Rows, quiet: None
) -> None:
    client, offered = visit(visitor), set()
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        answer = client.get(reverse(f"admin:{name}_changelist"))
        form = answer.context.get("action_form") if answer.status_code == 200 else None
        offered |= {(name, value) for value, _label in form.fields["action"].choices if value} if form else set()
    assert offered == {action for action, who in ACTIONS.items() if visitor in who}
