"""What the web server does before its first request."""

import gc
import importlib
import sys

import pytest

from tenants import checks


def test_what_is_loaded_is_walked_by_no_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "refuse_breached_wall", lambda: None)
    monkeypatch.delitem(sys.modules, "config.asgi", raising=False)
    gc.unfreeze()
    importlib.import_module("config.asgi")
    # Whatever else this process holds, the pages were loaded before.
    assert gc.get_freeze_count() > 100_000
    assert "interviews.console.urls" in sys.modules
