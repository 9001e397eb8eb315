from __future__ import annotations

from typing import Any

import httpx
import pytest

from botrunner.sandbox.state import LOG_LIMIT, Fault, SandboxState
from tests.botrunner.conftest import Sandbox


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("heard", {"utterances": [""]}),
        ("heard", {"said": ["x"]}),
        ("llm", {"replies": [{}]}),
        ("llm", {"replies": [{"function": "accept_answer"}]}),
        ("faults", {"service": "stt", "kind": "status"}),
        ("faults", {"service": "tts", "kind": "explode"}),
        ("faults", {"service": "tts", "kind": "status", "status": 200}),
        ("faults", {"service": "tts", "kind": "latency", "count": 0}),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(sandbox: Sandbox, name: str, body: dict[str, Any]) -> None:
    answer = httpx.post(f"{sandbox.url}/control/{name}", json=body)
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) >= 1


def test_health_names_the_voice(sandbox: Sandbox) -> None:
    assert httpx.get(f"{sandbox.url}/health").json() == {"status": "ok", "voice": "espeak-ng"}


def test_reset_forgets_faults_replies_and_the_log(sandbox: Sandbox) -> None:
    sandbox.fail("openai", "status", count=None)
    sandbox.reply({"text": "scripted"})
    sandbox.reset()
    answer = httpx.post(
        f"{sandbox.url}/azure/openai/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "Hello"}]},
        headers={"api-key": "any"},
    )
    assert answer.json()["choices"][0]["message"]["content"] == "Thank you, I have noted that."
    assert len(sandbox.log("openai")) == 1


def test_a_fault_hits_as_often_as_told_and_only_its_service() -> None:
    state = SandboxState()
    state.faults = [
        Fault(service="tts", kind="status", count=2),
        Fault(service="tts", kind="close", count=None),
    ]
    kinds = [fault.kind if (fault := state.take_fault("tts")) else None for _ in range(4)]
    assert kinds == ["status", "status", "close", "close"]
    assert state.take_fault("openai") is None
    assert state.take_fault("tts", "stall") is None


def test_the_log_stays_bounded() -> None:
    state = SandboxState()
    for number in range(LOG_LIMIT + 1):
        state.record("tts", text=str(number))
    assert (len(state.log), state.log[0]["text"]) == (LOG_LIMIT, "1")
