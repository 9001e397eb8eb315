"""Clients that speak the API, each with a key of one company."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from tenants.domain.keys import issue_api_key
from tenants.enums import Scope
from tenants.models import Tenant
from tenants.scope import tenant_scope

ALL: Sequence[str] = tuple(Scope.values)


class ApiClient:
    """JSON in and out, bytes as they are; `last` is the whole of the last answer."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.last: Any = None
        #: Whether a fault of ours is raised here, as in all tests but those of what is answered then.
        self.raises = True

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        named = {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        self.last = Client(raise_request_exception=self.raises).generic(
            method,
            f"/api/v1/{path}",
            data=body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}"} | named,
        )
        content = b"" if self.last.streaming else self.last.content
        return self.last.status_code, json.loads(content) if content else None


@pytest.fixture
def make_api(db: None) -> Callable[..., ApiClient]:
    """A client with a new key: `make_api(tenant, scopes)`."""

    def make(tenant: Tenant, scopes: Sequence[str] = ALL, **options: Any) -> ApiClient:
        with tenant_scope(tenant):
            return ApiClient(issue_api_key(name="ATS", scopes=scopes, **options)[1])

    return make


@pytest.fixture
def api(acme: Tenant, make_api: Callable[..., ApiClient]) -> ApiClient:
    """Acme's, with all scopes."""
    return make_api(acme)


@pytest.fixture
def in_one_transaction(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A request neither starts nor ends by giving the test's connection back, as with Django's own test client."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    with ExitStack() as undo:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            undo.callback(signal.connect, close_old_connections)
        yield
