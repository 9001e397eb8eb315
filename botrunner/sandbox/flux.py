"""Deepgram Flux: speech to text that also decides when a turn begins and ends.

Protocol: developers.deepgram.com, "Turn-based Audio (Flux)" and "Understanding the Flux State Machine". Binary
messages are audio, text messages are `Configure`, `ForceEndTurn` and `CloseStream`; the server answers with
`Connected`, `TurnInfo` and `ConfigureSuccess`. Here a turn has probably ended after `EAGER_SECONDS` of silence and
has ended after `END_SECONDS`, or after `eot_timeout_ms`; there is no model that could be more or less confident.
"""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import Any

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from botrunner.sandbox.deepgram import WORDS_PER_SECOND, Listener, Message, hold_connection
from botrunner.sandbox.hearing import FRAME_SECONDS, VoiceChange, VoiceDetector
from botrunner.sandbox.state import SandboxState, Utterance

EAGER_SECONDS = 0.3
END_SECONDS = 0.7
UPDATE_SECONDS = 0.25


class Turn(Enum):
    NONE = auto()
    SPEAKING = auto()
    AWAITING_END = auto()


class FluxTranscriber:
    """Turns voiced segments into `TurnInfo` messages, from the utterances the sandbox was told.

    Voice nobody told it about is no turn: it has no words in it.
    """

    def __init__(self, *, state: SandboxState, sample_rate: int, request_id: str, options: dict[str, str]) -> None:
        self._state = state
        self._detector = VoiceDetector(sample_rate=sample_rate, silence_seconds=EAGER_SECONDS)
        self._slice = 2 * int(sample_rate * FRAME_SECONDS)
        self._request_id = request_id
        self._options = options
        self._sequence = 0
        self._turn_index = 0
        self._turn = Turn.NONE
        self._turn_began = 0.0
        self._silent_since = 0.0
        self._next_update = 0.0
        self._said: list[str] = []
        self._utterance: Utterance | None = None
        self._utterance_began = 0.0

    @property
    def duration(self) -> float:
        return self._detector.position

    def greet(self) -> list[Message]:
        return [self._number({"type": "Connected"})]

    def hear(self, audio: bytes) -> list[Message]:
        messages = []
        for start in range(0, len(audio), self._slice):
            for change in self._detector.push(audio[start : start + self._slice]):
                messages.extend(self._start() if change is VoiceChange.STARTED else self._pause())
            messages.extend(self._go_on())
        return messages

    def obey(self, request: Message) -> list[Message]:
        kind = request.get("type")
        if kind == "ForceEndTurn" and self._turn is not Turn.NONE:
            return [self._end("manual")]
        if kind == "Configure":
            self._options |= {name: str(value) for name, value in (request.get("thresholds") or {}).items()}
            named = ("thresholds", "keyterms", "language_hints")
            known: Message = {name: request[name] for name in named if name in request}
            return [self._number({"type": "ConfigureSuccess", **known})]
        return []

    def close(self) -> list[Message]:
        return [self._end("timeout")] if self._turn is not Turn.NONE else []

    def read_final(self, message: Message) -> str:
        return str(message["transcript"]) if message.get("event") == "EndOfTurn" else ""

    def _start(self) -> list[Message]:
        if self._utterance is None and self._state.utterances:
            self._utterance, self._utterance_began = self._state.utterances.popleft(), self.duration
        if self._turn is Turn.AWAITING_END:
            self._turn = Turn.SPEAKING
            return [self._tell("TurnResumed")] if self._is_eager else []
        if self._turn is Turn.SPEAKING or self._utterance is None:
            return []
        self._turn, self._turn_began, self._said = Turn.SPEAKING, self.duration, []
        self._next_update = self.duration + UPDATE_SECONDS
        return [self._tell("StartOfTurn")]

    def _pause(self) -> list[Message]:
        """The voice has stopped: all that was said by now is known."""
        if self._turn is not Turn.SPEAKING:
            return []
        self._turn, self._silent_since = Turn.AWAITING_END, self.duration - EAGER_SECONDS
        if self._utterance is not None and self._count_words(self._utterance) == len(self._utterance.text.split()):
            self._said, self._utterance = [*self._said, *self._utterance.text.split()], None
        return [self._tell("EagerEndOfTurn")] if self._is_eager and self._words() else []

    def _go_on(self) -> list[Message]:
        """What time alone leads to."""
        if self._turn is Turn.AWAITING_END:
            silence = self.duration - self._silent_since
            if self._utterance is None and silence >= END_SECONDS:
                return [self._end("model")]
            if silence >= float(self._options.get("eot_timeout_ms", 5000)) / 1000:
                return [self._end("timeout")]
        elif self._turn is Turn.SPEAKING and self.duration >= self._next_update:
            self._next_update = self.duration + UPDATE_SECONDS
            return [self._tell("Update")]
        return []

    def _end(self, trigger: str) -> Message:
        if self._utterance is not None:
            self._said, self._utterance = [*self._said, *self._utterance.text.split()], None
        self._turn = Turn.NONE
        message = self._tell("EndOfTurn") | {"trigger": trigger}
        self._said = []
        self._turn_index += 1
        return message

    @property
    def _is_eager(self) -> bool:
        return "eager_eot_threshold" in self._options

    def _words(self) -> list[str]:
        if self._utterance is None:
            return self._said
        return [*self._said, *self._utterance.text.split()[: self._count_words(self._utterance)]]

    def _count_words(self, utterance: Utterance) -> int:
        """How many words of the utterance have been said by now."""
        total, elapsed = len(utterance.text.split()), self.duration - self._utterance_began
        if utterance.seconds is None:
            return total if self._turn is Turn.AWAITING_END else min(total, math.ceil(elapsed * WORDS_PER_SECOND))
        return min(total, math.ceil(elapsed / utterance.seconds * total))

    def _tell(self, event: str) -> Message:
        words = self._words()
        message = {
            "type": "TurnInfo",
            "event": event,
            "turn_index": self._turn_index,
            "audio_window_start": round(self._turn_began, 3),
            "audio_window_end": round(self.duration, 3),
            "transcript": " ".join(words),
            "words": [{"word": word, "confidence": 0.99} for word in words],
            "end_of_turn_confidence": {"EndOfTurn": 0.9, "EagerEndOfTurn": 0.6}.get(event, 0.1),
        }
        return self._number(message)

    def _number(self, message: dict[str, Any]) -> Message:
        numbered = {**message, "request_id": self._request_id, "sequence_id": self._sequence}
        self._sequence += 1
        return numbered


async def listen(websocket: WebSocket) -> None:
    query = dict(websocket.query_params)

    def open_listener(request_id: str) -> Listener:
        return FluxTranscriber(
            state=websocket.app.state.sandbox,
            sample_rate=int(query.get("sample_rate", "16000")),
            request_id=request_id,
            options=query,
        )

    await hold_connection(websocket, open_listener)


routes = [WebSocketRoute("/deepgram/v2/listen", listen)]
