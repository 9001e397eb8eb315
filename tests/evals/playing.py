"""Plays the manifests' scenarios, several at a time, against one runner, with Django's end of the relay for each.

Lines that only a test can act on are directions: `[sandbox] faults {...}` scripts the sandbox of that scenario alone,
`[staff] end` sends a command as staff would. All other lines go to the bot.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import yaml
from pipecat.evals.results import EvalScriptResult
from pipecat.evals.scenario import EvalScriptScenario
from pipecat.evals.script_session import EvalScriptSession
from pipecat.evals.session import EvalSessionParams
from pipecat.evals.suite import EvalManifest, EvalRun

from botrunner.contract import RelayCommand, RelayTarget
from botrunner.sandbox.app import create_app
from botrunner.sandbox.state import SandboxState
from tests.botrunner.conftest import serve
from tests.botrunner.relay_server import TOKEN, RelayServer

HERE = Path(__file__).parent
AT_ONCE = 4
PARAMS = EvalSessionParams(default_timeout_ms=15_000)


@dataclass(frozen=True)
class Played:
    """How a scenario went: pipecat's verdict, the interview's events as Django got them, and what of the script for
    its sandbox never came to pass, which would make the scenario prove nothing."""

    result: EvalScriptResult
    events: list[dict[str, Any]]
    unused: list[Any] = field(default_factory=list)


def read_runs(*manifests: str) -> list[EvalRun]:
    """The manifests' scenarios that no model has to judge."""
    return [run for name in manifests for run in EvalManifest.load(HERE / name).runs if not _needs_judge(run)]


def _needs_judge(run: EvalRun) -> bool:
    scenario = run.load()
    if not isinstance(scenario, EvalScriptScenario):
        return True
    return any(expectation.eval for turn in scenario.turns for expectation in turn.expect)


@cache
def _read_file(path: Path) -> dict[str, Any]:
    file = yaml.safe_load(path.read_text())
    return {f"{file['name']}/{scenario['name']}": scenario for scenario in file["scenarios"]}


def expected_of(run: EvalRun) -> dict[str, Any]:
    """The scenario's `relay:` block: what Django is to know at its end. Pipecat itself reads past it."""
    expected: dict[str, Any] = _read_file(run.scenario_path)[run.scenario].get("relay", {})
    return expected


class DirectedSession(EvalScriptSession):
    """Acts on directions, and lets a scenario that expects the interview's end see it before the line is cut."""

    def direct(self, *, relay: RelayServer, sandbox_url: str, until_over: bool) -> None:
        send_text, run = self._client.send_text, self._driver.run

        async def follow_or_send(text: str) -> None:
            whom, _, direction = text.partition("] ")
            what, _, details = direction.partition(" ")
            if whom == "[sandbox":
                url, body = f"{sandbox_url}/control/{what}", yaml.safe_load(details)
                async with httpx.AsyncClient(trust_env=False) as client:
                    (await client.post(url, json=body)).raise_for_status()
            elif whom == "[staff":
                args = yaml.safe_load(details) or {}
                await relay.command(RelayCommand.model_validate({"id": uuid4(), "name": what, "args": args}))
            else:
                await send_text(text)

        async def run_until_over() -> Any:
            failures = await run()
            if until_over and not failures:
                await relay.wait_for(lambda: any(e["type"] == "interview.completed" for e in relay.events()))
            return failures

        self._client.send_text = follow_or_send  # type: ignore[method-assign]
        self._driver.run = run_until_over  # type: ignore[method-assign]


async def play(run: EvalRun, *, runner_url: str, sandbox_url: str) -> Played:
    scenario = run.load()
    assert isinstance(scenario, EvalScriptScenario)
    relay = RelayServer()
    await relay.start()
    target = RelayTarget(url=relay.url, token=TOKEN)
    note = {**(run.runner_body or {}), "relay": target.model_dump(), "sandbox_url": sandbox_url}
    session = DirectedSession.from_scenario(scenario, f"{runner_url}?note={quote(json.dumps(note))}", params=PARAMS)
    assert isinstance(session, DirectedSession)
    awaited = [event["type"] for event in expected_of(run).get("events", [])]
    session.direct(relay=relay, sandbox_url=sandbox_url, until_over="interview.completed" in awaited)
    try:
        result = await session.run()
        await relay.wait_until_alone()
    finally:
        await relay.kill()
    # A scenario that stops in mid-interview hangs up, which is no news.
    return Played(result, [event for event in relay.events() if event.get("reason") != "connection_lost"])


@asynccontextmanager
async def play_all(
    runs: list[EvalRun], *, runner_url: str, sandbox_url: str
) -> AsyncIterator[dict[str, asyncio.Task[Played]]]:
    """Start playing; yields each scenario's task by its name. A sandbox that is scripted is that scenario's own."""
    turns = asyncio.Semaphore(AT_ONCE)
    with ExitStack() as sandboxes:

        async def play_in_turn(run: EvalRun) -> Played:
            async with turns:
                if "[sandbox] " not in run.scenario_path.read_text():
                    return await play(run, runner_url=runner_url, sandbox_url=sandbox_url)
                app = create_app()
                own_url = sandboxes.enter_context(serve(app))
                outcome = await play(run, runner_url=runner_url, sandbox_url=own_url)
                return replace(outcome, unused=_read_unused(app.state.sandbox))

        played = {run.scenario: asyncio.create_task(play_in_turn(run)) for run in runs}
        yield played
        for task in played.values():
            task.cancel()
        await asyncio.gather(*played.values(), return_exceptions=True)


def _read_unused(sandbox: SandboxState) -> list[Any]:
    struck = {entry["service"] for entry in sandbox.log if "fault" in entry}
    return [*sandbox.replies, *(fault for fault in sandbox.faults if fault.service not in struck)]
