"""Deepgram's streaming speech to text over a WebSocket, and what its two models' connections have in common.

Protocol of Nova: developers.deepgram.com, "Live Audio": binary messages are audio, text messages are `KeepAlive`,
`Finalize` and `CloseStream`; the server answers with `Results` and, at the end, `Metadata`. A connection
without audio or KeepAlive for ten seconds is closed with code 1011 (NET-0001).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from botrunner.sandbox.faults import refuse
from botrunner.sandbox.hearing import VoiceChange, VoiceDetector
from botrunner.sandbox.state import SandboxState, Utterance

IDLE_SECONDS = 10.0
INTERIM_SECONDS = 0.3
#: A voice that goes on this soon after a Finalize has not begun anything new.
BREATH_SECONDS = 0.3
WORDS_PER_SECOND = 3.0
MODEL = {"name": "sandbox", "version": "1", "arch": "sandbox"}


Message = dict[str, Any]


class Listener(Protocol):
    """One model's side of a connection: takes what the client sends and returns the messages it leads to."""

    @property
    def duration(self) -> float:
        """Seconds of audio heard so far."""

    def greet(self) -> list[Message]: ...
    def hear(self, audio: bytes) -> list[Message]: ...
    def obey(self, request: Message) -> list[Message]: ...
    def close(self) -> list[Message]:
        """Answer CloseStream, the client's last request."""

    def read_final(self, message: Message) -> str:
        """The words of a message that says them for good; empty for any other."""


class Transcriber:
    """Nova: turns voiced segments into `Results` messages, from the utterances the sandbox was told."""

    def __init__(self, *, state: SandboxState, sample_rate: int, request_id: str, interim_results: bool) -> None:
        self._state = state
        self._detector = VoiceDetector(sample_rate=sample_rate)
        self._request_id = request_id
        self._interim_results = interim_results
        self._current: Utterance | None = None
        self._words: list[str] = []
        self._said = 0
        self._began = 0.0
        self._segment_start = 0.0
        self._next_interim = 0.0
        self._finalized_at = -math.inf

    @property
    def duration(self) -> float:
        return self._detector.position

    def greet(self) -> list[Message]:
        return []

    def hear(self, audio: bytes) -> list[Message]:
        messages = []
        for change in self._detector.push(audio):
            if change is VoiceChange.STARTED:
                self._start_segment()
            else:
                messages.extend(self._finish_segment())
        if self._detector.speaking and self._current and self._interim_results and self.duration >= self._next_interim:
            self._next_interim = self.duration + INTERIM_SECONDS
            elapsed = self.duration - self._began
            words = max(1, min(self._count_words(), self._said + math.ceil(elapsed * WORDS_PER_SECOND)))
            messages.append(self._result(self._words[self._said : words], is_final=False))
        return messages

    def obey(self, request: Message) -> list[Message]:
        """Answer a Finalize: what is left of the current segment, else an empty final."""
        if request.get("type") != "Finalize":
            return []
        results = self._finish_segment() if self._detector.speaking else []
        self._detector.end_segment()
        self._finalized_at = self.duration
        results = results or [self._result([], is_final=True)]
        results[-1]["from_finalize"] = True
        return results

    def close(self) -> list[Message]:
        results = self._finish_segment() if self._detector.speaking else []
        return [*results, self._metadata()]

    def read_final(self, message: Message) -> str:
        return str(message["channel"]["alternatives"][0]["transcript"]) if message.get("is_final") else ""

    def _start_segment(self) -> None:
        self._segment_start = self.duration
        self._next_interim = self.duration + INTERIM_SECONDS
        goes_on = self.duration - self._finalized_at < BREATH_SECONDS
        if self._current is None and self._state.utterances and not goes_on:
            self._current = self._state.utterances.popleft()
            self._words = self._current.text.split()
            self._said = 0
            self._began = self.duration

    def _finish_segment(self) -> list[Message]:
        if self._current is None:
            return []
        upto = self._count_words()
        words, self._said = self._words[self._said : upto], upto
        if upto == len(self._words):
            self._current = None
        return [self._result(words, is_final=True)] if words else []

    def _count_words(self) -> int:
        """How many words of the current utterance have been said by now."""
        if self._current is None or self._current.seconds is None:
            return len(self._words)
        part = (self.duration - self._began) / self._current.seconds
        return min(len(self._words), math.ceil(part * len(self._words)))

    def _result(self, words: list[str], *, is_final: bool) -> Message:
        start = self._segment_start
        length = max(0.0, self.duration - start)
        step = length / len(words) if words else 0.0
        timed = [
            {
                "word": word.strip(".,!?").lower(),
                "punctuated_word": word,
                "start": round(start + index * step, 3),
                "end": round(start + (index + 1) * step, 3),
                "confidence": 0.99,
            }
            for index, word in enumerate(words)
        ]
        alternative = {"transcript": " ".join(words), "confidence": 0.99 if words else 0.0, "words": timed}
        return {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": round(length, 3),
            "start": round(start, 3),
            "is_final": is_final,
            "speech_final": is_final,
            "from_finalize": False,
            "channel": {"alternatives": [alternative]},
            "metadata": {"request_id": self._request_id, "model_uuid": self._request_id, "model_info": MODEL},
        }

    def _metadata(self) -> Message:
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": self._request_id,
            "sha256": "0" * 64,
            "created": datetime.now(UTC).isoformat(),
            "duration": round(self.duration, 3),
            "channels": 1,
        }


async def listen(websocket: WebSocket) -> None:
    query = websocket.query_params

    def open_listener(request_id: str) -> Listener:
        return Transcriber(
            state=websocket.app.state.sandbox,
            sample_rate=int(query.get("sample_rate", "16000")),
            request_id=request_id,
            interim_results=query.get("interim_results", "false") == "true",
        )

    await hold_connection(websocket, open_listener)


async def hold_connection(websocket: WebSocket, open_listener: Callable[[str], Listener]) -> None:
    """Take or refuse one client and serve it to the end; `open_listener` is given the request's id."""
    state: SandboxState = websocket.app.state.sandbox
    state.record("deepgram", event="connect", query=dict(websocket.query_params))
    if refusal := _refuse_handshake(websocket, state):
        await websocket.send_denial_response(refuse(refusal))
        return
    request_id = str(uuid.uuid4())
    await websocket.accept(headers=[(b"dg-request-id", request_id.encode())])
    listener = open_listener(request_id)
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    sender = asyncio.create_task(_send(websocket, state, listener, outbox))
    try:
        await _receive(websocket, state, listener, outbox)
        await outbox.join()
        await websocket.close(1000)
    except TimeoutError:
        await websocket.close(1011, "NET-0001")
    except WebSocketDisconnect:
        pass
    finally:
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await sender
        state.record("deepgram", event="disconnect", seconds=round(listener.duration, 3))


def _refuse_handshake(websocket: WebSocket, state: SandboxState) -> int | None:
    """The HTTP status to refuse this connection with, or None to take it."""
    if fault := state.take_fault("deepgram", "status"):
        return fault.status
    if not websocket.headers.get("authorization", "").startswith(("Token ", "Bearer ", "token ")):
        return 401
    return None if websocket.query_params.get("encoding", "linear16") == "linear16" else 400


async def _receive(
    websocket: WebSocket, state: SandboxState, listener: Listener, outbox: asyncio.Queue[Message]
) -> None:
    """Read until CloseStream.

    Raises TimeoutError when nothing comes for too long, WebSocketDisconnect when the client leaves or a
    fault closed the connection.
    """
    answers = listener.greet()
    while True:
        for answer in answers:
            outbox.put_nowait(answer)
        message = await asyncio.wait_for(websocket.receive(), IDLE_SECONDS)
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1005)
        if fault := state.take_fault("deepgram", "stall", "close"):
            state.record("deepgram", fault=fault.kind)
            if fault.kind == "stall":
                await fault.wait()
            else:
                await websocket.close(1011, "a fault set by /control/faults")
                raise WebSocketDisconnect(1011)
        if audio := message.get("bytes"):
            answers = listener.hear(audio)
            continue
        request = json.loads(message.get("text") or "{}")
        if request.get("type") == "CloseStream":
            for answer in listener.close():
                outbox.put_nowait(answer)
            return
        answers = listener.obey(request)


async def _send(websocket: WebSocket, state: SandboxState, listener: Listener, outbox: asyncio.Queue[Message]) -> None:
    while True:
        message = await outbox.get()
        if words := listener.read_final(message):
            if fault := state.take_fault("deepgram", "latency"):
                await fault.wait()
            state.record("deepgram", event="final", text=words)
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await websocket.send_json(message)
        outbox.task_done()


routes = [WebSocketRoute("/deepgram/v1/listen", listen)]
