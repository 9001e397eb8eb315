"""Google Translate's speech endpoint, as the gTTS library speaks to it.

Protocol: gTTS's own source. The form field `f.req` is `[[["jQ1olc", "[text, language, speed, \\"null\\"]", null,
"generic"]]]`; the answer is Google's batchexecute stream, whose line with "jQ1olc" carries base64 MP3. More than
100 characters, an unknown language or an empty text get a line without audio, as from the real one.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

from gtts.lang import tts_langs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from botrunner.sandbox.faults import with_faults
from botrunner.sandbox.state import SandboxState
from botrunner.sandbox.voice import speak_mp3

RPC = "jQ1olc"
MAX_CHARACTERS = 100


async def speak(request: Request) -> Response:
    state: SandboxState = request.app.state.sandbox
    form = await request.form()
    try:
        [[[rpc, parameters, _, _]]] = json.loads(str(form["f.req"]))
        text, language, _, _ = json.loads(parameters)
    except (KeyError, TypeError, ValueError):
        return JSONResponse({"error": "f.req is not a speech request"}, 400)
    if rpc != RPC:
        return JSONResponse({"error": f"unknown rpc {rpc}"}, 400)
    state.record("tts", text=text, language=language)
    if not text.strip() or len(text) > MAX_CHARACTERS or language not in tts_langs():
        return _answer(None)
    mp3 = await asyncio.to_thread(speak_mp3, text, language)
    return _answer(json.dumps([base64.b64encode(mp3).decode()]))


def _answer(payload: str | None) -> Response:
    lines: list[list[Any]] = [["wrb.fr", RPC, payload, None, None, None, "generic"], ["di", 20]]
    chunk = json.dumps(lines, separators=(",", ":"))
    body = f")]}}'\n\n{len(chunk)}\n{chunk}\n"
    return Response(body, media_type="application/json")


routes = [
    Route("/_/TranslateWebserverUi/data/batchexecute", with_faults("tts", speak), methods=["POST"]),
]
