"""Plays the manifests' scenarios, several at a time, against one runner, with Django's end of the relay for each.

Lines that only a test can act on are directions: `[sandbox] faults {...}` scripts the sandbox of that scenario alone,
`[staff] end` sends a command as staff would, `[types] ...` is typed by a candidate whose other lines are spoken. All
other lines go to the bot; the sandbox is told what is spoken, because it cannot hear.
"""

from __future__ import annotations

import asyncio
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

from botrunner.contract import RecordingTarget, RelayCommand, RelayTarget
from botrunner.sandbox.app import create_app
from botrunner.sandbox.state import SandboxState
from botrunner.sandbox.voice import speak_pcm
from tests.botrunner.conftest import serve
from tests.botrunner.recording_server import RecordingServer
from tests.botrunner.relay_server import TOKEN, RelayServer
from tests.evals.candidate import RATE
from tests.evals.interview_bot import JobNote

HERE = Path(__file__).parent
AT_ONCE = 4
PARAMS = EvalSessionParams(default_timeout_ms=15_000, use_cache=False)


@dataclass(frozen=True)
class Played:
    """How a scenario went: pipecat's verdict, the interview's events as Django got them, what of a recording reached
    Django. Of a sandbox of its own: what its services were asked, and what of the script for it never came to pass,
    which would make the scenario prove nothing."""

    result: EvalScriptResult
    events: list[dict[str, Any]]
    recording: RecordingServer
    asked: list[dict[str, Any]] = field(default_factory=list)
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
    return {f"{file['name']}/{one['name']}": file | one for one in file["scenarios"]}


def expected_of(run: EvalRun, block: str = "relay") -> Any:
    """A block of the scenario's that pipecat itself reads past: `relay`, what Django is to know at its end, `recording`
    and `asked`."""
    return _read_file(run.scenario_path)[run.scenario].get(block, {})


class DirectedSession(EvalScriptSession):
    """Acts on directions, and lets a scenario that expects the interview's end see it before the line is cut."""

    def direct(self, *, relay: RelayServer, sandbox_url: str, until_over: bool) -> None:
        send_text, run = self._client.send_text, self._driver.run
        say, say_with_pauses = self._client.say, self._client.say_with_pauses

        async def tell_sandbox(what: str, body: Any) -> None:
            async with httpx.AsyncClient(trust_env=False) as client:
                (await client.post(f"{sandbox_url}/control/{what}", json=body)).raise_for_status()

        async def speak(parts: list[str | int]) -> None:
            said = [part for part in parts if isinstance(part, str)]
            lengths = [len(speak_pcm(text, "en", RATE)) / 2 / RATE for text in said]
            heard = [{"text": text, "seconds": length} for text, length in zip(said, lengths, strict=True)]
            await tell_sandbox("heard", {"utterances": heard})
            await say_with_pauses(parts)

        async def follow_or_speak(text: str) -> None:
            if text.startswith("["):
                await follow_or_send(text)
            else:
                await tell_sandbox("heard", {"utterances": [text]})
                await say(text)

        async def follow_or_send(text: str) -> None:
            whom, _, direction = text.partition("] ")
            what, _, details = direction.partition(" ")
            if whom == "[sandbox":
                await tell_sandbox(what, yaml.safe_load(details))
            elif whom == "[types":
                await send_text(direction)
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
        self._client.say = follow_or_speak  # type: ignore[method-assign]
        self._client.say_with_pauses = speak  # type: ignore[method-assign]
        self._driver.run = run_until_over  # type: ignore[method-assign]


async def play(run: EvalRun, *, runner_url: str, sandbox_url: str) -> Played:
    scenario = run.load()
    assert isinstance(scenario, EvalScriptScenario)
    relay, recording = RelayServer(), RecordingServer()
    await relay.start()
    note = JobNote.model_validate(run.runner_body or {})
    note.relay, note.sandbox_url = RelayTarget(url=relay.url, token=TOKEN), sandbox_url
    if agreed := expected_of(run, "recording"):
        await recording.start()
        note.recording = RecordingTarget(url=recording.url, token=TOKEN)
    session = DirectedSession.from_scenario(
        scenario, f"{runner_url}?note={quote(note.model_dump_json())}", params=PARAMS
    )
    assert isinstance(session, DirectedSession)
    awaited = [event["type"] for event in expected_of(run).get("events", [])]
    session.direct(relay=relay, sandbox_url=sandbox_url, until_over="interview.completed" in awaited)
    try:
        result = await session.run()
        await relay.wait_until_alone()
        if agreed:
            await recording.wait_for(lambda: recording.ended)  # once the bot has gone
    finally:
        await relay.kill()
        if agreed:
            await recording.stop()
    # A scenario that stops in mid-interview hangs up, which is no news.
    events = [event for event in relay.events() if event.get("reason") != "connection_lost"]
    return Played(result, events, recording)


@asynccontextmanager
async def play_all(
    runs: list[EvalRun], *, runner_url: str, sandbox_url: str
) -> AsyncIterator[dict[str, asyncio.Task[Played]]]:
    """Start playing; yields each scenario's task by its name. A sandbox that is scripted is that scenario's own."""
    # A voice is as fast as life, and its bot has to keep up: one at a time.
    typed, spoken = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(1)

    async def play_in_turn(run: EvalRun) -> Played:
        async with spoken if _is_spoken(run) else typed:
            if not _needs_sandbox(run):
                return await play(run, runner_url=runner_url, sandbox_url=sandbox_url)
            app, own = create_app(), ExitStack()
            own_url = own.enter_context(serve(app))
            try:
                outcome = await play(run, runner_url=runner_url, sandbox_url=own_url)
            finally:
                await asyncio.to_thread(own.close)  # takes a while, in which the others play
            sandbox: SandboxState = app.state.sandbox
            return replace(outcome, asked=list(sandbox.log), unused=_read_unused(sandbox))

    played = {run.scenario: asyncio.create_task(play_in_turn(run)) for run in runs}
    yield played
    for task in played.values():
        task.cancel()
    await asyncio.gather(*played.values(), return_exceptions=True)


def _needs_sandbox(run: EvalRun) -> bool:
    """Whether it tells the sandbox something, or reads what its services were asked."""
    return _is_spoken(run) or bool(expected_of(run, "asked")) or "[sandbox] " in run.scenario_path.read_text()


def _is_spoken(run: EvalRun) -> bool:
    scenario = run.load()
    return isinstance(scenario, EvalScriptScenario) and scenario.user_audio


def _read_unused(sandbox: SandboxState) -> list[Any]:
    struck = {entry["service"] for entry in sandbox.log if "fault" in entry}
    return [*sandbox.replies, *sandbox.utterances, *(fault for fault in sandbox.faults if fault.service not in struck)]
