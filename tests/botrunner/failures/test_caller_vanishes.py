"""Row 1: the browser is killed in mid-speech. The bot leaves, and Django learns that the connection was lost.

A real runner, real WebRTC, and a caller of its own process, which is killed with -9.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from botrunner.contract import RelayTarget
from botrunner.default_plan import default_job
from botrunner.rehearsal.stage import set_up
from tests.botrunner.relay_server import TOKEN, RelayServer
from tests.evals.conftest import PACING


@pytest.fixture
async def runner_url(sandbox_url: str, logs: Path) -> AsyncIterator[str]:
    """A runner that takes a candidate for lost after 2 s, not 10."""
    told = {
        "TTS_CACHE_DIR": str(logs / "tts-cache"),
        "BOT_PACING": json.dumps({**PACING, "client_lost": 2}),
    }
    stage = set_up(folder=logs, sandbox_url=sandbox_url, environment=told)
    standing = await asyncio.to_thread(stage.__enter__)
    yield standing.runner_url
    await asyncio.to_thread(stage.__exit__, None, None, None)


async def test_a_caller_killed_in_mid_speech_leaves_no_bot_behind(runner_url: str, relay: RelayServer) -> None:
    target = RelayTarget(url=relay.url, token=TOKEN)
    job = default_job().model_copy(update={"relay": target})
    command = (sys.executable, "-m", "tests.botrunner.failures.caller", runner_url)
    pipe = asyncio.subprocess.PIPE
    caller = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert caller.stdin is not None
    assert caller.stdout is not None
    caller.stdin.write(job.model_dump_json().encode())
    caller.stdin.close()
    async with asyncio.timeout(60):
        assert await caller.stdout.readline() == b"speaking\n"
    caller.kill()
    await caller.wait()
    await relay.wait_until_alone()
    assert relay.events()[-1] == {"type": "interview.completed", "reason": "connection_lost"}
    assert [event["type"] for event in relay.events()].count("interview.completed") == 1
