"""Each scenario of the manifests: what the bot said, as pipecat's evals judge it, and what Django got to know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pipecat.evals.suite import EvalRun

from botrunner.default_plan import default_plan
from botrunner.phrases import ENGLISH
from tests.botrunner.test_recording import decode, loudness
from tests.evals.playing import Played, expected_of, play_all, read_runs

RUNS = read_runs("manifest.yaml", "sandbox.yaml")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(
    request: pytest.FixtureRequest, runner_url: str, sandbox_url: str
) -> AsyncIterator[dict[str, asyncio.Task[Played]]]:
    """All that are selected play at once, a few at a time; each test waits for its own."""
    selected = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    runs = [spec.params["run"] for spec in selected if spec]
    async with play_all(runs, runner_url=runner_url, sandbox_url=sandbox_url) as played:
        yield played


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.scenario)
async def test_scenario(run: EvalRun, played: dict[str, asyncio.Task[Played]]) -> None:
    outcome = await played[run.scenario]
    assert [(failure.turn_index, failure.reason) for failure in outcome.result.failures] == []
    assert (outcome.result.passed, outcome.unused) == (True, [])
    expected = expected_of(run)
    if "answers" in expected:
        accepted = [event for event in outcome.events if event["type"] == "answer.accepted"]
        assert [f"{event['reason']} {event['follow_ups']}" for event in accepted] == expected["answers"]
    assert show_like(expected.get("events", []), outcome.events) == expected.get("events", [])
    assert [event for event in outcome.events if event["type"] in expected.get("never", [])] == []
    assert find_strays(run, outcome.events) == []
    asked = expected_of(run, "asked")
    assert [fields for fields in asked if not any(holds(entry, fields) for entry in outcome.asked)] == []
    if recorded := expected_of(run, "recording"):
        assert sorted(outcome.recording.chunks) == outcome.recording.asked
        assert loudness(decode(outcome.recording.whole)) == recorded["heard"]


def holds(entry: dict[str, Any], fields: dict[str, Any]) -> bool:
    """Whether all the fields are the entry's, those within one of them likewise."""
    return all(
        holds(entry.get(name) or {}, wanted) if isinstance(wanted, dict) else entry.get(name) == wanted
        for name, wanted in fields.items()
    )


def find_strays(run: EvalRun, events: list[dict[str, Any]]) -> list[str]:
    """The English texts that the bot says of its own accord, heard in an interview of another language."""
    language = (run.runner_body or {}).get("language", "en")
    said = [event["text"] for event in events if event["type"] == "turn.added" and event["role"] == "bot"]
    english = [*ENGLISH.all_texts(), *(question.text for question in default_plan().questions)]
    return [text for text in english if text in " ".join(said) and language != "en"]


def show_like(expected: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All events of the types that are expected, each cut to the fields that are named for its type."""
    named: dict[str, set[str]] = {}
    for event in expected:
        named.setdefault(event["type"], set()).update(event)
    return [{field: event.get(field) for field in named[event["type"]]} for event in events if event["type"] in named]


def test_there_is_a_scenario_for_every_behaviour() -> None:
    names = [run.scenario for run in RUNS]
    assert (len(set(names)), len(names) >= 30) == (len(names), True)
