"""The sandbox's own endpoints: tell it what is heard, said and broken, and read what it saw."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from botrunner.sandbox.state import Fault, Reply, SandboxState, Spoken, Told, Utterance

T = TypeVar("T", bound=BaseModel)


class Heard(Told):
    utterances: list[Spoken | Utterance]


class Replies(Told):
    replies: list[Reply]


async def reset(request: Request) -> Response:
    _state(request).reset()
    return Response(status_code=204)


async def queue_utterances(request: Request) -> Response:
    heard = await _read(request, Heard)
    if isinstance(heard, Response):
        return heard
    for utterance in heard.utterances:
        told = Utterance(text=utterance) if isinstance(utterance, str) else utterance
        _state(request).utterances.append(told)
    return JSONResponse({"queued": len(_state(request).utterances)})


async def queue_replies(request: Request) -> Response:
    told = await _read(request, Replies)
    if isinstance(told, Response):
        return told
    _state(request).replies.extend(told.replies)
    return JSONResponse({"queued": len(_state(request).replies)})


async def add_fault(request: Request) -> Response:
    fault = await _read(request, Fault)
    if isinstance(fault, Response):
        return fault
    _state(request).faults.append(fault)
    return JSONResponse({"queued": len(_state(request).faults)})


async def show_log(request: Request) -> Response:
    service = request.query_params.get("service")
    entries = [entry for entry in _state(request).log if service in (None, entry["service"])]
    return JSONResponse({"entries": entries})


def _state(request: Request) -> SandboxState:
    state: SandboxState = request.app.state.sandbox
    return state


async def _read(request: Request, model: type[T]) -> T | Response:
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        return JSONResponse({"errors": error.errors(include_url=False, include_context=False)}, 400)


routes = [
    Route("/control/reset", reset, methods=["POST"]),
    Route("/control/heard", queue_utterances, methods=["POST"]),
    Route("/control/llm", queue_replies, methods=["POST"]),
    Route("/control/faults", add_fault, methods=["POST"]),
    Route("/control/log", show_log, methods=["GET"]),
]
