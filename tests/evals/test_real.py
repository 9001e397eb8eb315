"""What `make evals` needs before it meets a real provider: the keys, and a judge."""

from __future__ import annotations

import pytest
from pipecat.evals.judge import EvalJudge
from pipecat.evals.suite import EvalManifest

from botrunner.sandbox.app import create_app
from tests.botrunner.conftest import Sandbox, serve
from tests.evals.__main__ import find_missing
from tests.evals.playing import HERE, read_runs

KEYS = {"AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://acme.openai.azure.com", "DEEPGRAM_API_KEY": "k"}


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({}, ["DEEPGRAM_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"]),
        ({"DEEPGRAM_API_KEY": "k"}, ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"]),
        (KEYS, []),
        ({"DEEPGRAM_API_KEY": "k", "LLM_SERVICE": "openai"}, ["OPENAI_API_KEY"]),
        ({"DEEPGRAM_API_KEY": "k", "LLM_SERVICE": "openai", "OPENAI_BASE_URL": "u", "OPENAI_MODEL": "m"}, []),
    ],
)
def test_it_says_which_keys_to_set(environ: dict[str, str], missing: list[str]) -> None:
    assert find_missing(environ) == missing


def test_what_no_test_can_judge_is_left_to_real_models() -> None:
    runs = EvalManifest.load(HERE / "manifest.yaml").runs
    played = {run.scenario for run in read_runs("manifest.yaml")}
    assert {run.scenario.split("/")[0] for run in runs if run.scenario not in played} == {"judged", "judged_de"}


@pytest.mark.parametrize("verdict", ["yes", "no"])
async def test_the_bots_own_model_judges(verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(create_app()) as url:
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k")
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"{url}/azure/openai/v1")
        sandbox = Sandbox(url)
        sandbox.reply({"json": {"verdict": {"choice": verdict, "probabilities": {verdict: 0.9}}}})
        judge = EvalJudge.from_config({"factory": "tests.evals.model.make_model", "explainer": False})
        judge.add_assistant_message("Which bank was it?")
        judged = await judge.evaluate("asks about the bank")
        sandbox.close()
    assert (judged.verdict, judged.passed) == (verdict, verdict == "yes")
