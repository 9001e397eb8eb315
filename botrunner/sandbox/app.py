"""The sandbox's ASGI application: one route table per provider."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from botrunner.sandbox import aura, azure_speech, control, daily, deepgram, flux, google_tts, openai, pipecat_cloud
from botrunner.sandbox.state import SandboxState
from botrunner.sandbox.voice import voice_name


async def show_health(_request: Request) -> Response:
    return JSONResponse({"status": "ok", "voice": voice_name()})


def create_app(*, runner_url: str | None = None) -> Starlette:
    """Build a sandbox with a memory of its own; `runner_url` is where started agents really run."""
    app = Starlette(
        routes=[
            Route("/health", show_health),
            *control.routes,
            *deepgram.routes,
            *flux.routes,
            *aura.routes,
            *azure_speech.routes,
            *openai.routes,
            *google_tts.routes,
            *daily.routes,
            *pipecat_cloud.routes,
        ]
    )
    app.state.sandbox = SandboxState()
    app.state.runner_url = runner_url.rstrip("/") if runner_url else None
    return app
