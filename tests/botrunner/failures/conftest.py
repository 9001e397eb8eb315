"""The failures of the field, met by a real runner on the sandbox's faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from botrunner.contract import BotJob, InterviewPlan, RelayTarget
from botrunner.default_plan import default_plan
from botrunner.mp3 import Mp3Decoder
from botrunner.sandbox.voice import speak_mp3
from tests.botrunner.relay_server import TOKEN
from tests.evals.candidate import RATE, Candidate
from tests.evals.conftest import PACING, free_port, logs, relay, relay_port, sandbox_url, serve

__all__ = ["logs", "relay", "relay_port", "sandbox_url"]

ANSWER = "I have been an engineer at a payments company for nine years now."

Tell = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session", params=["deepgram"])
def stt(request: pytest.FixtureRequest) -> str:
    """The ear of the bots; a test of ears asks for others."""
    return str(request.param)


def soon_asked() -> InterviewPlan:
    """The general interview with few words before the first answer: they are spoken as fast as in life."""
    plan = default_plan()
    first = plan.questions[0].model_copy(update={"text": "What do you do?"})
    short = {"intro": "Hello.", "disclosure": "I am an AI.", "questions": [first, *plan.questions[1:]]}
    return plan.model_copy(update=short)


@pytest.fixture(scope="session")
def bot_url(stt: str, sandbox_url: str, relay_port: int, logs: Path) -> Iterator[str]:
    port = free_port()
    target = RelayTarget(url=f"ws://127.0.0.1:{relay_port}/bot/v1/relay", token=TOKEN)
    body = logs / f"job-{stt}.json"
    job = BotJob(session_id=uuid4(), tenant="default", plan=soon_asked(), relay=target, services={"stt": stt})
    body.write_text(job.model_dump_json())
    for _ in serve(
        ["botrunner.bot", "--host", "127.0.0.1", "--port", str(port), "--runner-body", str(body)],
        ready=f"http://127.0.0.1:{port}/status",
        log=logs / f"runner-{stt}.log",
        url="",
        SANDBOX_URL=sandbox_url,
        TTS_CACHE_DIR=str(logs / "tts-cache"),
        BOT_PACING=json.dumps(PACING),
    ):
        yield f"ws://127.0.0.1:{port}/ws"


@pytest.fixture
def tell(sandbox_url: str) -> Iterator[Tell]:
    """Script the sandbox: `await tell("faults", service=..., kind=...)`. Forgotten after the test."""

    async def post(path: str, **body: Any) -> None:
        await asyncio.to_thread(_post, f"{sandbox_url}/control/{path}", body)

    yield post
    _post(f"{sandbox_url}/control/reset", {})


@pytest.fixture
def seen(sandbox_url: str) -> Callable[[str], Awaitable[list[dict[str, Any]]]]:
    """What reached one of the sandbox's services."""

    async def read(service: str) -> list[dict[str, Any]]:
        answer = await asyncio.to_thread(httpx.get, f"{sandbox_url}/control/log?service={service}", trust_env=False)
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    return read


@pytest.fixture(scope="session")
def speech() -> bytes:
    decoder = Mp3Decoder(RATE)
    return decoder.decode(speak_mp3(ANSWER, "en")) + decoder.finish()


async def hear_turn(candidate: Candidate, text: str) -> None:
    """Wait until the bot has said `text` to its end."""
    while (await candidate.wait_for("turn.added"))["text"] != text:
        pass


async def hear_question(candidate: Candidate) -> str:
    """Wait until the next question has been asked, and return it."""
    text = str((await candidate.wait_for("question.started"))["text"])
    await hear_turn(candidate, text)
    return text


def _post(url: str, body: dict[str, Any]) -> None:
    httpx.post(url, json=body, trust_env=False).raise_for_status()
