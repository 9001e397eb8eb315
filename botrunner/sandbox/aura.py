"""Deepgram Aura: text to speech over one HTTP request.

Protocol: developers.deepgram.com, "Text to Speech, Single Text Request": the voice's language is the end of its
name; the answer is the audio alone, here only as headerless 16-bit PCM.
"""

from __future__ import annotations

import asyncio
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from botrunner.sandbox.faults import with_faults
from botrunner.sandbox.state import SandboxState
from botrunner.sandbox.voice import speak_pcm

MAX_CHARACTERS = 2000


async def speak(request: Request) -> Response:
    state: SandboxState = request.app.state.sandbox
    if not request.headers.get("authorization", "").startswith("Token "):
        return _refuse(401, "INVALID_AUTH", "Invalid credentials.")
    query = request.query_params
    model, rate = query.get("model", ""), query.get("sample_rate", "24000")
    if not model.startswith("aura-") or query.get("encoding") != "linear16" or query.get("container") != "none":
        return _refuse(400, "INVALID_QUERY_PARAMETER", "The sandbox speaks aura voices as headerless linear16.")
    try:
        text = str(json.loads(await request.body())["text"])
    except (ValueError, KeyError, TypeError):
        return _refuse(400, "INVALID_JSON", "The body must be a JSON object with text.")
    state.record("aura", text=text, model=model)
    if not text.strip() or len(text) > MAX_CHARACTERS:
        return _refuse(413 if text.strip() else 400, "INPUT_TEXT", f"Send 1 to {MAX_CHARACTERS} characters.")
    pcm = await asyncio.to_thread(speak_pcm, text, model.rsplit("-", 1)[-1], int(rate))
    return Response(pcm, media_type=f"audio/l16;rate={rate};channels=1")


def _refuse(status: int, code: str, message: str) -> Response:
    return JSONResponse({"err_code": code, "err_msg": message}, status)


routes = [Route("/deepgram/v1/speak", with_faults("aura", speak), methods=["POST"])]
