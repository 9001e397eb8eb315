"""Faults of the HTTP services: what a client meets when its provider is having a bad day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from botrunner.sandbox.state import SandboxState, Service

Handler = Callable[[Request], Awaitable[Response]]


class DroppedConnection(Response):
    """Sends the head of an answer and never the rest, which makes the server cut the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/octet-stream"), (b"content-length", b"1000000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def refuse(status: int) -> Response:
    """An error body with the fields the providers' clients look for."""
    message = f"{HTTPStatus(status).phrase} (a fault set by /control/faults)"
    body = {"error": {"code": str(status), "message": message}, "code": str(status)}
    headers = {"retry-after": "1"} if status in (429, 503) else {}
    return JSONResponse(body, status, headers)


def with_faults(service: Service, handler: Handler) -> Handler:
    """Wrap an endpoint so that the faults set for `service` hit it before it does anything."""

    async def handle(request: Request) -> Response:
        state: SandboxState = request.app.state.sandbox
        fault = state.take_fault(service)
        if fault is None:
            return await handler(request)
        state.record(service, fault=fault.kind)
        if fault.kind == "status":
            return refuse(fault.status)
        if fault.kind == "close":
            return DroppedConnection()
        await fault.wait()
        return await handler(request) if fault.kind == "latency" else DroppedConnection()

    return handle
