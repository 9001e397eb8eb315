from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from botrunner.sandbox.app import create_app
from tests.botrunner.conftest import Sandbox, serve

BODY = {"body": {"session_id": "42"}, "transport": "webrtc"}


def start(url: str, **options: Any) -> httpx.Response:
    options = {"headers": {"Authorization": "Bearer pk_any"}, "json": BODY, "timeout": 5, **options}
    return httpx.post(f"{url}/v1/public/interviewer/start", **options)


def test_an_agent_starts_and_has_a_session_of_its_own(sandbox: Sandbox) -> None:
    first, second = start(sandbox.url).json(), start(sandbox.url).json()
    assert list(first) == ["sessionId"]
    assert uuid.UUID(first["sessionId"]) != uuid.UUID(second["sessionId"])
    seen = [(entry["agent"], entry["body"], entry["answer"]) for entry in sandbox.log("start")]
    assert seen == [("interviewer", {"session_id": "42"}, first), ("interviewer", {"session_id": "42"}, second)]


def test_a_room_is_named_when_asked_for(sandbox: Sandbox) -> None:
    assert set(start(sandbox.url, json={"createDailyRoom": True}).json()) == {"sessionId", "dailyRoom", "dailyToken"}


def test_without_a_key_nothing_starts(sandbox: Sandbox) -> None:
    answer = start(sandbox.url, headers={})
    assert (answer.status_code, answer.json()["code"]) == (401, "PCC-1002")
    assert sandbox.log("start") == []


@pytest.mark.parametrize("status", [413, 429, 500])
def test_a_refused_start_starts_nothing(sandbox: Sandbox, status: int) -> None:
    sandbox.fail("start", "status", status=status)
    assert start(sandbox.url).status_code == status
    assert [entry.get("answer") for entry in sandbox.log("start")] == [None]
    assert start(sandbox.url).status_code == 200


def test_a_stalled_start_was_accepted_all_the_same(sandbox: Sandbox) -> None:
    sandbox.fail("start", "stall", seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        start(sandbox.url, timeout=0.3)
    assert [list(entry["answer"]) for entry in sandbox.log("start")] == [["sessionId"]]


@pytest.fixture
def runner() -> Iterator[tuple[str, list[Any]]]:
    """The least of a runner: answers /start and keeps what it was sent."""
    started: list[Any] = []

    async def take(request: Request) -> Response:
        started.append(await request.json())
        return JSONResponse({"sessionId": "from-the-runner"})

    with serve(Starlette(routes=[Route("/start", take, methods=["POST"])])) as url:
        yield url, started


def test_with_a_runner_the_start_is_passed_on(runner: tuple[str, list[Any]]) -> None:
    url, started = runner
    with serve(create_app(runner_url=url)) as sandbox_url:
        assert start(sandbox_url).json() == {"sessionId": "from-the-runner"}
    assert started == [BODY]
