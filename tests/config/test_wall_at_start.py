"""No way of serving begins with a hole in the wall between tenants, such as a role that is above it."""

import importlib
import sys
from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.servers.basehttp import get_internal_wsgi_application

from config import celery
from tenants import checks

WAYS: dict[str, tuple[Callable[[], object], type[BaseException]]] = {
    "runserver": (get_internal_wsgi_application, ImproperlyConfigured),
    "wsgi": (lambda: importlib.import_module("config.wsgi"), ImproperlyConfigured),
    "asgi": (lambda: importlib.import_module("config.asgi"), ImproperlyConfigured),
    # Celery survives any other exception in a signal's receiver.
    "worker and beat": (celery.refuse_breached_wall, SystemExit),
}


def refuse() -> None:
    raise ImproperlyConfigured("The wall between tenants has holes: a role above it.")


@pytest.mark.parametrize("way", WAYS)
def test_no_server_begins_before_a_hole(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, refusal = WAYS[way]
    monkeypatch.setattr(checks, "refuse_breached_wall", refuse)
    for module in ("config.wsgi", "config.asgi"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(refusal, match="a role above it"):
        begin()
