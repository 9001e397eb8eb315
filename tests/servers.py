"""The early pytest plugin (`-p tests.servers` in pyproject.toml) that gives the tests real servers.

pytest-django reads the settings before any conftest.py, and the settings ask the environment for the servers' URLs.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

_running = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    # Whatever whoever runs the tests keeps in `.env` is not for them; nor for the bots, where Pipecat reads it.
    os.environ |= {"ENV_FILE": "", "PYTHON_DOTENV_DISABLED": "1"}
    os.environ.setdefault("DEBUG", "true")
    # Room for as many interviews as a test holds at once.
    os.environ["BOT_SESSIONS_PER_RUNNER"] = "4"
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        from config.embedded import embedded_servers

        directory = Path(tempfile.mkdtemp(prefix="vivavoce-test-"))
        _running.callback(shutil.rmtree, directory, ignore_errors=True)
        servers = _running.enter_context(embedded_servers(directory, durable=False, create_databases=True))
        os.environ.setdefault("DATABASE_URL", servers.database_url)
        os.environ.setdefault("REDIS_URL", servers.redis_url)
    return (yield)


def pytest_collection_finish() -> None:
    """No collection of garbage walks through what was imported, and there are fewer: they took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _running.close()
