"""Azure Speech's synthesis over a WebSocket, as Microsoft's Speech SDK speaks it.

Protocol: "USP", seen on the wire of the SDK (1.53). Every message is HTTP-like headers, a blank line and a body. The
client sends `speech.config`, `synthesis.context` and `ssml`; the server answers with `turn.start`, binary `audio`
messages, which begin with the length of their headers as two bytes, `audio.metadata` with the words' times in ticks
of 100 ns, and `turn.end`.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from xml.etree import ElementTree

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from botrunner.sandbox.faults import refuse
from botrunner.sandbox.state import SandboxState
from botrunner.sandbox.voice import speak_pcm

CHUNK_BYTES = 8192
TICKS_A_SECOND = 10_000_000
_RATES = {"8khz": 8000, "16khz": 16000, "22050hz": 22050, "24khz": 24000, "44100hz": 44100, "48khz": 48000}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


async def speak(websocket: WebSocket) -> None:
    state: SandboxState = websocket.app.state.sandbox
    fault = state.take_fault("azure-speech", "status")
    if fault or not websocket.headers.get("ocp-apim-subscription-key"):
        await websocket.send_denial_response(refuse(fault.status if fault else 401))
        return
    await websocket.accept(subprotocol="USP" if "USP" in websocket.scope["subprotocols"] else None)
    sample_rate = 24000
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            headers, body = _split(message.get("text") or "")
            if headers.get("path") == "synthesis.context":
                asked = json.loads(body)["synthesis"]["audio"]["outputFormat"]
                sample_rate = next(rate for name, rate in _RATES.items() if f"-{name}-" in asked)
            elif headers.get("path") == "ssml":
                if fault := state.take_fault("azure-speech", "stall", "latency", "close"):
                    state.record("azure-speech", fault=fault.kind)
                    if fault.kind == "close":
                        await websocket.close(1011)
                        return
                    await fault.wait()
                await _synthesise(websocket, state, headers["x-requestid"], body, sample_rate)
    except WebSocketDisconnect:
        return


async def _synthesise(websocket: WebSocket, state: SandboxState, request_id: str, ssml: str, sample_rate: int) -> None:
    root = ElementTree.fromstring(ssml)  # noqa: S314  (the bot's own, on this machine)
    text = "".join(root.itertext()).strip()
    language = root.get(_LANGUAGE, "en")
    voice = next((element.get("name") for element in root.iter() if element.tag.endswith("}voice")), None)
    state.record("azure-speech", text=text, language=language, voice=voice)
    pcm = await asyncio.to_thread(speak_pcm, text, language.split("-")[0], sample_rate)
    await _send(websocket, request_id, "turn.start", {"context": {"serviceTag": request_id}})
    await _send(websocket, request_id, "response", {"context": {"serviceTag": request_id}, "audio": {"type": "inline"}})
    await _send(websocket, request_id, "audio.metadata", {"Metadata": _time_words(text, len(pcm) / 2 / sample_rate)})
    for start in range(0, len(pcm), CHUNK_BYTES):
        await _send_audio(websocket, request_id, pcm[start : start + CHUNK_BYTES])
    await _send_audio(websocket, request_id, b"")
    await _send(websocket, request_id, "turn.end", {})


def _time_words(text: str, seconds: float) -> list[dict[str, Any]]:
    """A word boundary for each word and for each punctuation mark, spread evenly over the time."""
    marks = re.findall(r"\w+(?:['\u2019-]\w+)*|[^\w\s]", text)
    step = int(seconds / max(1, len(marks)) * TICKS_A_SECOND)
    return [
        {
            "Type": "WordBoundary",
            "Data": {
                "Offset": index * step,
                "Duration": step,
                "text": {
                    "Text": mark,
                    "Length": len(mark),
                    "BoundaryType": "WordBoundary" if mark[0].isalnum() else "PunctuationBoundary",
                },
            },
        }
        for index, mark in enumerate(marks)
    ]


async def _send(websocket: WebSocket, request_id: str, path: str, body: dict[str, Any]) -> None:
    head = f"X-RequestId:{request_id}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n"
    await websocket.send_text(head + json.dumps(body))


async def _send_audio(websocket: WebSocket, request_id: str, audio: bytes) -> None:
    """An `audio` message; one without audio is the last."""
    head = f"X-RequestId:{request_id}\r\nContent-Type:audio/x-wav\r\nX-StreamId:{request_id}\r\nPath:audio\r\n".encode()
    await websocket.send_bytes(len(head).to_bytes(2, "big") + head + audio)


def _split(message: str) -> tuple[dict[str, str], str]:
    head, _, body = message.partition("\r\n\r\n")
    pairs = (line.partition(":") for line in head.splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, body


routes = [WebSocketRoute("/azure/speech", speak)]
