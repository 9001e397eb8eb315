"""A runner that answers as it is told, and what the sweep hands on."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from interviews import tasks


class FakeRunner:
    """A real HTTP server in the runner's place. `answers` are used up in turn, the last one for good."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = [(200, {"sessionId": "runner-1", "iceConfig": {"iceServers": []}})]
        self.jobs: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        runner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                runner.jobs.append(json.loads(body))
                runner.authorizations.append(self.headers["Authorization"])
                status, answer = runner.answers.pop(0) if len(runner.answers) > 1 else runner.answers[0]
                payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def runner(settings: Settings) -> Iterator[FakeRunner]:
    fake = FakeRunner()
    settings.BOT_RUNNER_URLS = [fake.url]
    settings.BOT_SESSIONS_PER_RUNNER = 2
    thread = threading.Thread(target=fake.server.serve_forever, daemon=True)
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[str, ...]]]:
    """What the sweep hands to Celery, by task."""
    calls: dict[str, list[tuple[str, ...]]] = {"launch_session": [], "send_email": [], "complete_invitation": []}

    def record(name: str) -> Callable[..., None]:
        return lambda *args: calls[name].append(args)

    for name in calls:
        monkeypatch.setattr(getattr(tasks, name), "delay", record(name))
    return calls
