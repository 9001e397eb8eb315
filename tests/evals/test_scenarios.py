"""Plays the scripted scenarios against a real runner in text mode, and looks at what reached the relay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pipecat.evals.scenario import EvalScenarioFile, EvalScriptScenario
from pipecat.evals.session import EvalSessionParams

from tests.botrunner.relay_server import RelayServer
from tests.evals.page_session import PageSession

FILE = EvalScenarioFile.load(Path(__file__).with_name("interview.yaml"))
SCENARIOS = {scenario.name.removeprefix("interview/"): scenario for scenario in FILE}
PARAMS = EvalSessionParams(default_timeout_ms=15_000)

#: By scenario: (reason, follow-ups) of each accepted answer.
ANSWERS = {
    "five questions with one follow-up": [("complete", 0), ("complete", 1), *[("complete", 0)] * 3],
    "done accepts what was said": [("done", 1)],
    "an injection changes nothing": [("complete", 0), ("complete", 0)],
    "a repeat says the question again": [("complete", 0)],
    "leaving ends with a goodbye": [],
    "a question that must be answered cannot be skipped": [],
    "a pause ends with going on": [("complete", 0)],
    "typing an answer ends a pause": [("complete", 0)],
    "saying done twice leaves a question out": [("done", 0)],
    "a follow-up is not asked twice": [("complete", 1)],
}


async def play(scenario: EvalScriptScenario, bot_url: str) -> None:
    result = await PageSession.from_scenario(scenario, bot_url, params=PARAMS).run()
    assert [failure.reason for failure in result.failures] == []
    assert result.passed


def events_of(relay: RelayServer, type: str) -> list[dict[str, Any]]:
    return [event for event in relay.events() if event["type"] == type]


@pytest.mark.parametrize("name", ANSWERS)
async def test_scenario(name: str, bot_url: str, relay: RelayServer) -> None:
    await play(SCENARIOS[name], bot_url)
    accepted = events_of(relay, "answer.accepted")
    assert [(answer["reason"], answer["follow_ups"]) for answer in accepted] == ANSWERS[name]


def test_every_scenario_is_played() -> None:
    assert sorted(SCENARIOS) == sorted(ANSWERS)


async def test_a_whole_interview_reaches_the_relay_word_for_word(bot_url: str, relay: RelayServer) -> None:
    scenario = SCENARIOS["five questions with one follow-up"]
    await play(scenario, bot_url)
    await relay.wait_for(lambda: events_of(relay, "interview.completed"))
    said = [turn.user for turn in scenario.turns if turn.user]
    answers = events_of(relay, "answer.accepted")
    assert [answer["text"] for answer in answers] == [said[0], f"{said[1]} {said[2]}", *said[3:]]
    assert {answer["modality"] for answer in answers} == {"text"}
    turns = events_of(relay, "turn.added")
    assert [turn["text"] for turn in turns if turn["role"] == "candidate"] == said
    assert [event["index"] for event in events_of(relay, "question.started")] == [1, 2, 3, 4, 5]
    [summary] = events_of(relay, "summary.ready")
    assert len(summary["points"]) == len(said)
    assert relay.events()[-1] == {"type": "interview.completed", "reason": "all_answered"}
