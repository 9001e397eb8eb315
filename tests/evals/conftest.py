"""A sandbox and a runner as real processes; a scenario connects to the runner's /ws as `pipecat eval` would."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from botrunner.contract import RelayTarget
from tests.botrunner.relay_server import TOKEN, RelayServer

BOOT_SECONDS = 60
#: Short waits: nobody has to think here.
PACING = {"settle": 0.3, "goodbye": 5, "leave": 3}


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evals")


@pytest.fixture(scope="session")
def sandbox_url(logs: Path) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    yield from serve(
        ["botrunner.sandbox", "--port", str(port)], ready=f"{url}/health", log=logs / "sandbox.log", url=url
    )


@pytest.fixture(scope="session")
def relay_port() -> int:
    return free_port()


@pytest.fixture
async def relay(relay_port: int) -> AsyncIterator[RelayServer]:
    """Django's end of the relay, fresh for each scenario."""
    server = RelayServer()
    server.port = relay_port
    await server.start()
    yield server
    await server.wait_until_alone()  # or the bot that is leaving would meet the next test's server
    await server.kill()


@pytest.fixture(scope="session")
def runner_url(sandbox_url: str, logs: Path) -> Iterator[str]:
    """The WebSocket that an eval connects to; each connection gets a bot of its own, as its note says."""
    port = free_port()
    for _ in serve(
        ["tests.evals.interview_bot", "--host", "127.0.0.1", "--port", str(port)],
        ready=f"http://127.0.0.1:{port}/status",
        log=logs / "runner.log",
        url="",
        SANDBOX_URL=sandbox_url,
        TTS_CACHE_DIR=str(logs / "tts-cache"),
    ):
        yield f"ws://127.0.0.1:{port}/ws"


@pytest.fixture(scope="session")
def bot_url(runner_url: str, relay_port: int) -> str:
    """The general interview, with this test's end of the relay."""
    target = RelayTarget(url=f"ws://127.0.0.1:{relay_port}/bot/v1/relay", token=TOKEN)
    return f"{runner_url}?note={quote(json.dumps({'relay': target.model_dump()}))}"


def serve(module: list[str], *, ready: str, log: Path, url: str, **environment: str) -> Iterator[str]:
    """Run `python -m module` until the test session is over; yields `url` once `ready` answers."""
    keyless = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], stdout=output, stderr=output, env={**keyless, **environment}
        )
        try:
            wait_until_ready(process, ready=ready, log=log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], *, ready: str, log: Path) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(ready, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{ready} did not answer: {log.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
