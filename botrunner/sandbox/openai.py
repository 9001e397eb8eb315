"""Azure OpenAI's chat completions, and those of an endpoint like OpenAI's, streamed as server-sent events or whole.

Protocol: OpenAI's chat completions reference; Azure adds a first chunk without choices. What is answered
comes from `/control/llm`, else from the sandbox's interviewer.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from botrunner.sandbox.faults import with_faults
from botrunner.sandbox.interviewer import UnknownSchema, reply_to
from botrunner.sandbox.state import Reply, SandboxState

LOGGED = ("messages", "tools", "tool_choice", "response_format", "model", "stream")


async def complete_chat(request: Request) -> Response:
    state: SandboxState = request.app.state.sandbox
    if not (request.headers.get("api-key") or request.headers.get("authorization", "").startswith("Bearer ")):
        return _refuse(401, "Access denied due to missing api-key.")
    try:
        asked = json.loads(await request.body())
        messages = asked["messages"]
    except (ValueError, KeyError, TypeError):
        return _refuse(400, "The body must be a JSON object with messages.")
    if not isinstance(messages, list) or not messages:
        return _refuse(400, "'messages' must be a list that is not empty.")
    state.record("openai", **{key: asked[key] for key in LOGGED if key in asked})
    try:
        reply = state.replies.popleft() if state.replies else reply_to(asked)
    except UnknownSchema as error:
        return _refuse(400, str(error))
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "created": int(time.time()),
        "model": asked.get("model") or request.path_params.get("deployment", "sandbox"),
    }
    text, calls = _render(reply)
    usage = _count_usage(asked, text, calls)
    finish = "tool_calls" if calls else "stop"
    if not asked.get("stream"):
        message = {"role": "assistant", "content": text, **({"tool_calls": calls} if calls else {})}
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": usage})
    with_usage = (asked.get("stream_options") or {}).get("include_usage", False)
    events = _stream(head, text, calls, finish, usage if with_usage else None)
    return StreamingResponse(events, media_type="text/event-stream")


def _render(reply: Reply) -> tuple[str | None, list[dict[str, Any]]]:
    text = json.dumps(reply.json_, ensure_ascii=False) if reply.json_ is not None else reply.text
    if reply.tool is None:
        return text, []
    function = {"name": reply.tool, "arguments": json.dumps(reply.arguments, ensure_ascii=False)}
    return text, [{"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}]


def _stream(
    head: dict[str, Any],
    text: str | None,
    calls: list[dict[str, Any]],
    finish: str,
    usage: dict[str, int] | None,
) -> Iterator[str]:
    def event(delta: dict[str, Any], finish_reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return _event({**head, "object": "chat.completion.chunk", "choices": [choice]})

    yield _event({**head, "object": "", "choices": [], "prompt_filter_results": []})
    yield event({"role": "assistant", "content": "" if text is not None else None})
    for piece in _pieces(text or ""):
        yield event({"content": piece})
    for index, call in enumerate(calls):
        opening = {**call, "index": index, "function": {"name": call["function"]["name"], "arguments": ""}}
        yield event({"tool_calls": [opening]})
        for piece in _pieces(call["function"]["arguments"]):
            yield event({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield event({}, finish)
    if usage is not None:
        yield _event({**head, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _pieces(text: str) -> Iterator[str]:
    """Split after each space, as a model's tokens roughly do."""
    start = 0
    while start < len(text):
        end = text.find(" ", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _event(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"


def _count_usage(asked: dict[str, Any], text: str | None, calls: list[dict[str, Any]]) -> dict[str, int]:
    """Four characters are about one token."""
    prompt = len(json.dumps(asked["messages"])) // 4 + 1
    completion = (len(text or "") + len(json.dumps(calls) if calls else "")) // 4 + 1
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _refuse(status: int, message: str) -> Response:
    return JSONResponse({"error": {"code": str(status), "message": message}}, status)


_handler = with_faults("openai", complete_chat)
routes = [
    Route("/azure/openai/v1/chat/completions", _handler, methods=["POST"]),
    Route("/openai/v1/chat/completions", _handler, methods=["POST"]),
    Route("/azure/openai/deployments/{deployment}/chat/completions", _handler, methods=["POST"]),
]
