"""A whole interview in German: questions, the bot's own words, the follow-up and the summary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pipecat.evals.scenario import EvalScenarioFile

from botrunner.contract import RelayTarget
from botrunner.default_plan import default_job, default_plan
from botrunner.phrases import ENGLISH, phrases_for
from tests.botrunner.relay_server import TOKEN, RelayServer
from tests.evals.conftest import PACING, free_port, serve
from tests.evals.test_scenarios import events_of, play

[SCENARIO] = EvalScenarioFile.load(Path(__file__).with_name("interview_de.yaml"))


@pytest.fixture(scope="module")
def german_bot_url(sandbox_url: str, relay_port: int, logs: Path) -> Iterator[str]:
    port = free_port()
    target = RelayTarget(url=f"ws://127.0.0.1:{relay_port}/bot/v1/relay", token=TOKEN)
    body = logs / "german-job.json"
    body.write_text(default_job("de").model_copy(update={"relay": target}).model_dump_json())
    for _ in serve(
        ["botrunner.bot", "--host", "127.0.0.1", "--port", str(port), "--runner-body", str(body)],
        ready=f"http://127.0.0.1:{port}/status",
        log=logs / "german-runner.log",
        url="",
        SANDBOX_URL=sandbox_url,
        TTS_CACHE_DIR=str(logs / "tts-cache"),
        BOT_PACING=json.dumps(PACING),
    ):
        yield f"ws://127.0.0.1:{port}/ws"


async def test_an_interview_in_german_stays_in_german(german_bot_url: str, relay: RelayServer) -> None:
    await play(SCENARIO, german_bot_url)
    await relay.wait_for(lambda: events_of(relay, "interview.completed"))
    answers = events_of(relay, "answer.accepted")
    assert [(answer["reason"], answer["follow_ups"]) for answer in answers] == [
        ("complete", n) for n in (0, 1, 0, 0, 0)
    ]

    said = [turn["text"] for turn in events_of(relay, "turn.added") if turn["role"] == "bot"]
    spoken = " ".join(said)
    english = [*ENGLISH.all_texts(), *(question.text for question in default_plan().questions)]
    assert [text for text in english if text in spoken] == []
    assert [text for text in phrases_for("de").acknowledgements if text in spoken] != []

    [summary] = events_of(relay, "summary.ready")
    assert summary["spoken"].startswith("Zusammengefasst:")
