"""Daily's REST API: rooms and meeting tokens, enough for the runner to configure a call.

Protocol: docs.daily.co/reference/rest-api. The rooms exist here only; nobody can join them.
"""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from botrunner.sandbox.faults import Handler, with_faults
from botrunner.sandbox.state import SandboxState


async def create_room(request: Request) -> Response:
    state: SandboxState = request.app.state.sandbox
    asked = await _read(request)
    name = asked.get("name") or uuid.uuid4().hex[:20]
    if name in state.rooms:
        return _refuse(400, "invalid-request-error", f"a room named {name} already exists")
    room = {
        "id": str(uuid.uuid4()),
        "name": name,
        "api_created": True,
        "privacy": asked.get("privacy", "public"),
        "url": f"{request.base_url}{name}",
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "config": asked.get("properties") or {},
    }
    state.rooms[name] = room
    state.record("daily", event="room", name=name, properties=room["config"])
    return JSONResponse(room)


async def show_room(request: Request) -> Response:
    room = request.app.state.sandbox.rooms.get(request.path_params["name"])
    return JSONResponse(room) if room else _refuse(404, "not-found", "no such room")


async def delete_room(request: Request) -> Response:
    name = request.path_params["name"]
    if request.app.state.sandbox.rooms.pop(name, None) is None:
        return _refuse(404, "not-found", "no such room")
    request.app.state.sandbox.record("daily", event="delete", name=name)
    return JSONResponse({"deleted": True, "name": name})


async def create_token(request: Request) -> Response:
    properties = (await _read(request)).get("properties") or {}
    request.app.state.sandbox.record("daily", event="token", properties=properties)
    token = ".".join(_encode(part) for part in ({"alg": "none", "typ": "JWT"}, properties, {}))
    return JSONResponse({"token": token})


def _with_key(handler: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return _refuse(401, "authentication-error", "send the API key as a Bearer token")
        return await handler(request)

    return with_faults("daily", handle)


async def _read(request: Request) -> dict[str, Any]:
    body = await request.body()
    asked = json.loads(body) if body else {}
    return asked if isinstance(asked, dict) else {}


def _encode(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _refuse(status: int, error: str, sentence: str) -> Response:
    return JSONResponse({"error": error, "info": sentence}, status)


routes = [
    Route("/daily/v1/rooms", _with_key(create_room), methods=["POST"]),
    Route("/daily/v1/rooms/{name}", _with_key(show_room), methods=["GET"]),
    Route("/daily/v1/rooms/{name}", _with_key(delete_room), methods=["DELETE"]),
    Route("/daily/v1/meeting-tokens", _with_key(create_token), methods=["POST"]),
]
