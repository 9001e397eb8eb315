"""`python -m botrunner.bot -t webrtc` by itself: no Django, no job, and yet an interview."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from botrunner.default_plan import default_plan
from botrunner.rehearsal.caller import calling
from botrunner.rehearsal.candidate import events_of
from botrunner.rehearsal.stage import set_up
from tests.evals.conftest import logs, sandbox_url

__all__ = ["logs", "sandbox_url"]


@pytest.fixture
async def runner_url(sandbox_url: str, tmp_path: Path) -> AsyncIterator[str]:
    stage = set_up(folder=tmp_path, sandbox_url=sandbox_url, environment={"TTS_CACHE_DIR": str(tmp_path / "tts-cache")})
    standing = await asyncio.to_thread(stage.__enter__)
    yield standing.runner_url
    await asyncio.to_thread(stage.__exit__, None, None, None)


async def test_it_shows_its_own_page_and_holds_the_default_interview(runner_url: str, tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url=runner_url, trust_env=False, follow_redirects=True) as client:
        page = await client.get("/")
    assert (page.status_code, "text/html" in page.headers["content-type"]) == (200, True)

    first, second, *_ = [question.text for question in default_plan().questions]

    def asked() -> list[str]:
        return [event["text"] for event in events_of(caller.messages) if event["type"] == "question.started"]

    # What the page sends: no body of ours.
    async with calling(runner_url, {}) as caller:
        assert await caller.wait_for(lambda: asked() == [first], within=60)
        # It is heard, too.
        assert await caller.wait_for(lambda: len(caller.ear.voiced) > 20, within=60)
        caller.type("I run the databases of a bank, and have done so for nine years, with a team of four people.")
        assert await caller.wait_for(lambda: asked() == [first, second], within=60)

    # Whoever reads the log learns that there was an interview, and nothing of what was said in it.
    log = (tmp_path / "runner.log").read_text().partition("Application startup complete.")[2]
    assert "bot: session" in log
    assert [words for words in (first, second, "a bank", " DEBUG ") if words in log] == []
