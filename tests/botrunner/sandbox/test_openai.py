"""The sandbox's Azure OpenAI, spoken to by the official service and client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from openai import APIStatusError, AsyncOpenAI
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import ErrorFrame, Frame, LLMContextFrame, LLMTextFrame, MetricsFrame
from pipecat.metrics.metrics import LLMUsageMetricsData
from pipecat.pipeline.worker import PipelineParams
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.azure.llm import AzureLLMService
from pipecat.services.llm_service import FunctionCallParams
from pipecat.tests.utils import SleepFrame, run_test

from tests.botrunner.conftest import Sandbox

ASK = FunctionSchema("ask_follow_up", "Ask for more.", {"question": {"type": "string"}}, ["question"])
ACCEPT = FunctionSchema("accept_answer", "Go on.", {}, [])
QUESTION = "What is a strength of yours?"
LONG_ANSWER = "I listen closely, and my team trusts me with the difficult conversations nobody else wants."


def conversation(answer: str) -> list[Any]:
    return [
        {"role": "developer", "content": "You interview."},
        {"role": "assistant", "content": QUESTION},
        {"role": "user", "content": answer},
    ]


async def converse(
    url: str, messages: list[Any], *, tools: bool = True, wait: float = 0.2, **options: Any
) -> tuple[list[tuple[str, dict[str, Any]]], Sequence[Frame], Sequence[Frame]]:
    """Run one completion; returns the calls it made, and the frames down and up."""
    calls: list[tuple[str, dict[str, Any]]] = []

    async def note(params: FunctionCallParams) -> None:
        calls.append((params.function_name, dict(params.arguments)))

    llm = AzureLLMService(api_key="any", endpoint=url, settings=AzureLLMService.Settings(model="gpt"), **options)
    llm.register_function("ask_follow_up", note)
    llm.register_function("accept_answer", note)
    context = LLMContext(messages, ToolsSchema([ASK, ACCEPT] if tools else []))
    params = PipelineParams(enable_metrics=True, enable_usage_metrics=True)
    down, up = await run_test(
        llm, frames_to_send=[LLMContextFrame(context), SleepFrame(wait)], pipeline_params=params, start_timeout=5
    )
    return calls, down, up


def text_of(frames: Sequence[Frame]) -> str:
    return "".join(frame.text for frame in frames if isinstance(frame, LLMTextFrame))


@pytest.mark.parametrize("path", ["/azure/openai/v1", "/azure"], ids=["v1", "dated"])
async def test_a_short_answer_is_followed_up_in_its_own_words(sandbox: Sandbox, path: str) -> None:
    calls, down, _ = await converse(f"{sandbox.url}{path}", conversation("I am patient."))
    question = "You said “I am patient”. Could you tell me more about that, with an example?"
    assert calls == [("ask_follow_up", {"question": question})]
    assert text_of(down) == ""
    usage = [entry for frame in down if isinstance(frame, MetricsFrame) for entry in frame.data]
    counted = [entry.value for entry in usage if isinstance(entry, LLMUsageMetricsData)]
    assert [value.total_tokens == value.prompt_tokens + value.completion_tokens > 0 for value in counted] == [True]
    seen = sandbox.log("openai")[0]
    assert seen["messages"][-1]["content"] == "I am patient."
    assert [tool["function"]["name"] for tool in seen["tools"]] == ["ask_follow_up", "accept_answer"]


async def test_a_full_answer_is_accepted(sandbox: Sandbox) -> None:
    calls, _, _ = await converse(f"{sandbox.url}/azure/openai/v1", conversation(LONG_ANSWER))
    assert calls == [("accept_answer", {})]


async def test_without_tools_it_says_a_sentence(sandbox: Sandbox) -> None:
    calls, down, _ = await converse(f"{sandbox.url}/azure/openai/v1", conversation(LONG_ANSWER), tools=False)
    assert (calls, text_of(down)) == ([], "Thank you, I have noted that.")


async def test_scripted_replies_come_first_and_one_may_both_speak_and_call(sandbox: Sandbox) -> None:
    sandbox.reply({"text": "One moment.", "tool": "accept_answer"}, {"text": "Second."})
    first = await converse(f"{sandbox.url}/azure/openai/v1", conversation("Hm."))
    second = await converse(f"{sandbox.url}/azure/openai/v1", conversation("Hm."))
    assert (first[0], text_of(first[1])) == ([("accept_answer", {})], "One moment.")
    assert (second[0], text_of(second[1])) == ([], "Second.")


async def test_a_refusal_is_tried_again_by_the_service(sandbox: Sandbox) -> None:
    sandbox.fail("openai", "status", status=429)
    calls, _, up = await converse(f"{sandbox.url}/azure/openai/v1", conversation(LONG_ANSWER), wait=2)
    assert calls == [("accept_answer", {})]
    assert [frame for frame in up if isinstance(frame, ErrorFrame)] == []


async def test_a_stall_is_tried_again_when_the_service_is_told_to(sandbox: Sandbox) -> None:
    sandbox.fail("openai", "stall", seconds=60)
    url = f"{sandbox.url}/azure/openai/v1"
    calls, _, _ = await converse(url, conversation(LONG_ANSWER), wait=1, retry_timeout_secs=0.3, retry_on_timeout=True)
    assert calls == [("accept_answer", {})]
    assert [entry.get("fault") for entry in sandbox.log("openai")] == ["stall", None]


def client(sandbox: Sandbox) -> AsyncOpenAI:
    return AsyncOpenAI(api_key="any", base_url=f"{sandbox.url}/azure/openai/v1", max_retries=0)


def schema(name: str) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": name, "schema": {"type": "object"}, "strict": True}}


async def test_the_summary_is_structured_and_not_streamed(sandbox: Sandbox) -> None:
    completion = await client(sandbox).chat.completions.create(
        model="gpt",
        messages=conversation(LONG_ANSWER),
        response_format=schema("interview_summary"),  # type: ignore[call-overload]
    )
    assert completion.choices[0].finish_reason == "stop"
    assert json.loads(completion.choices[0].message.content) == {
        "spoken": f"To sum up, the first thing you told me was: “{LONG_ANSWER.rstrip('.')}”.",
        "text": f"Asked “{QUESTION}”, the answer was: “{LONG_ANSWER.rstrip('.')}”",
        "points": [LONG_ANSWER.rstrip(".")],
    }
    assert completion.usage.total_tokens > 0


async def test_the_summary_is_found_by_its_schemas_title_when_the_service_names_it_otherwise(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/azure/openai/v1"
    llm = AzureLLMService(api_key="any", endpoint=url, settings=AzureLLMService.Settings(model="gpt"))
    context = LLMContext(conversation(LONG_ANSWER)[1:])
    reply = await llm.run_inference(
        context, response_schema={"title": "interview_summary", "type": "object", "properties": {}}
    )
    assert json.loads(reply or "")["points"] == [LONG_ANSWER.rstrip(".")]
    assert sandbox.log("openai")[0]["response_format"]["json_schema"]["name"] == "response"


async def test_a_schema_it_does_not_know_is_refused_rather_than_made_up(sandbox: Sandbox) -> None:
    with pytest.raises(APIStatusError, match="script a reply for the schema score") as refusal:
        await client(sandbox).chat.completions.create(
            model="gpt",
            messages=conversation("x"),
            response_format=schema("score"),  # type: ignore[call-overload]
        )
    assert refusal.value.status_code == 400
    sandbox.reply({"json": {"score": 3}})
    completion = await client(sandbox).chat.completions.create(
        model="gpt",
        messages=conversation("x"),
        response_format=schema("score"),  # type: ignore[call-overload]
    )
    assert completion.choices[0].message.content == '{"score": 3}'


async def test_a_forced_tool_is_called(sandbox: Sandbox) -> None:
    completion = await client(sandbox).chat.completions.create(
        model="gpt",
        messages=conversation("x"),
        tool_choice={"type": "function", "function": {"name": "accept_answer"}},
    )
    assert completion.choices[0].finish_reason == "tool_calls"
    message: Any = completion.choices[0].message
    assert message.tool_calls[0].function.name == "accept_answer"


@pytest.mark.parametrize("body", [b"nonsense", b"{}", b'{"messages": []}', b"[]"])
async def test_nonsense_is_refused(sandbox: Sandbox, body: bytes) -> None:
    answer = await asyncio.to_thread(
        httpx.post, f"{sandbox.url}/azure/openai/v1/chat/completions", content=body, headers={"api-key": "any"}
    )
    assert answer.status_code == 400


async def test_without_a_key_nothing_is_answered(sandbox: Sandbox) -> None:
    answer = await asyncio.to_thread(httpx.post, f"{sandbox.url}/azure/openai/v1/chat/completions", json={})
    assert answer.status_code == 401
