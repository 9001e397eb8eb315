"""The sandbox as a real server on a port of its own, for every test that needs a provider."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from bench.virtual_time import VirtualTimeLoop
from botrunner.sandbox.app import create_app


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """With the mark `virtual_time` pauses take no time, and are as long as they say on the busiest machine."""
    if item.get_closest_marker("virtual_time"):
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.new_event_loop}


class Sandbox:
    """A running sandbox and its control API. Every call blocks; the server has a thread of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, trust_env=False)

    def reset(self) -> None:
        self._post("reset", None)

    def hear(self, *utterances: str | dict[str, Any]) -> None:
        """Say what the coming stretches of voice are."""
        self._post("heard", {"utterances": utterances})

    def reply(self, *replies: dict[str, Any]) -> None:
        """Say what the language model answers next."""
        self._post("llm", {"replies": replies})

    def fail(self, service: str, kind: str, **details: Any) -> None:
        self._post("faults", {"service": service, "kind": kind, **details})

    def log(self, service: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._client.get("/control/log", params={"service": service}).json()["entries"]
        return entries

    def wait_for_log(self, service: str, timeout: float = 5, **fields: Any) -> dict[str, Any]:
        """Return the first entry with these fields, waiting for it up to `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for entry in self.log(service):
                if fields.items() <= entry.items():
                    return entry
            time.sleep(0.02)
        raise AssertionError(f"the sandbox never saw {fields} for {service}: {self.log(service)}")

    def close(self) -> None:
        self._client.close()

    def _post(self, name: str, body: Any) -> None:
        self._client.post(f"/control/{name}", json=body).raise_for_status()


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port, in a thread with its own event loop; yields its base URL."""
    config = uvicorn.Config(app, port=0, log_level="critical", ws_ping_interval=None, lifespan="off")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    yield "http://127.0.0.1:{1}".format(*server.servers[0].sockets[0].getsockname())
    server.should_exit = True
    thread.join(5)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[str]:
    with serve(create_app()) as url:
        yield url


@pytest.fixture
def sandbox(sandbox_server: str) -> Iterator[Sandbox]:
    sandbox = Sandbox(sandbox_server)
    sandbox.reset()
    yield sandbox
    sandbox.reset()
    sandbox.close()
