"""Pipecat Cloud's start API.

Protocol: docs.pipecat.ai, REST reference, `openapi-start.json`: a Bearer key, an optional `body` for the
bot, and `{"sessionId": ...}` back, with `dailyRoom` and `dailyToken` when a room was asked for. With a
runner configured (`--runner`), the request is passed on to its `/start`, so a bot really starts.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from botrunner.sandbox.faults import DroppedConnection, refuse
from botrunner.sandbox.state import SandboxState

RUNNER_TIMEOUT = 30.0


async def start_agent(request: Request) -> Response:
    state: SandboxState = request.app.state.sandbox
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return JSONResponse({"error": "Attempt to start agent without public api key.", "code": "PCC-1002"}, 401)
    raw = await request.body()
    try:
        asked = json.loads(raw) if raw else {}
    except ValueError:
        return JSONResponse({"error": "Invalid request: the body is not JSON", "code": "400"}, 400)
    fault = state.take_fault("start")
    if fault and fault.kind in ("status", "close"):
        state.record("start", agent=request.path_params["agent"], fault=fault.kind)
        return refuse(fault.status) if fault.kind == "status" else DroppedConnection()
    if fault and fault.kind == "latency":
        await fault.wait()
    answer = await _start(request.app.state.runner_url, asked)
    state.record("start", agent=request.path_params["agent"], body=asked.get("body"), answer=answer)
    if fault and fault.kind == "stall":
        await fault.wait()
        return DroppedConnection()
    return JSONResponse(answer)


async def _start(runner_url: str | None, asked: dict[str, Any]) -> dict[str, Any]:
    if runner_url is None:
        session: dict[str, Any] = {"sessionId": str(uuid.uuid4())}
        if asked.get("createDailyRoom"):
            session |= {"dailyRoom": "https://sandbox.invalid/room", "dailyToken": "sandbox"}
        return session
    async with httpx.AsyncClient(timeout=RUNNER_TIMEOUT) as client:
        response = await client.post(f"{runner_url}/start", json=asked)
        response.raise_for_status()
        started: dict[str, Any] = response.json()
        return started


routes = [Route("/v1/public/{agent}/start", start_agent, methods=["POST"])]
