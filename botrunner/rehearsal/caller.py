"""A candidate's browser without the browser: SmallWebRTC with RTVI on its data channel, a microphone and an ear.

Protocol: the Pipecat runner's `/start` and `/sessions/{id}/api/offer`, and RTVI 1.x messages as JSON text.
"""

from __future__ import annotations

import asyncio
import fractions
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import av
import httpx
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

RATE = 24_000
FRAME_SECONDS = 0.02
FRAME_SAMPLES = int(RATE * FRAME_SECONDS)
PING_SECONDS = 1.0
CONNECT_SECONDS = 30.0
#: RMS above which a 20 ms frame is a voice. Opus leaves some noise in silence.
VOICED_RMS = 200.0

Message = dict[str, Any]


class CallFailed(RuntimeError):
    """The runner did not start a bot or could not be spoken to; the message says what it answered."""


class Microphone(MediaStreamTrack):
    """Sends what `speak` queues, and silence else, at the pace of a real one. `sent` is all of it so far.

    `voiced` are the monotonic times at which 20 ms with a voice in it went out.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self.started_at = 0.0
        self.voiced: list[float] = []
        self._queued = bytearray()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def speak(self, pcm: bytes) -> None:
        """Say 16-bit mono at RATE, after what is being said."""
        self._queued.extend(pcm)
        self._quiet.clear()

    def hush(self) -> None:
        self._queued.clear()

    async def wait_until_said(self) -> None:
        await self._quiet.wait()

    async def recv(self) -> av.AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        position = len(self.sent) // 2
        if not self.started_at:
            self.started_at = time.monotonic()
        await asyncio.sleep(max(0.0, self.started_at + position / RATE - time.monotonic()))
        pcm = bytes(self._queued[: 2 * FRAME_SAMPLES])
        del self._queued[: 2 * FRAME_SAMPLES]
        if is_voiced(pcm):
            self.voiced.append(time.monotonic())
        if not self._queued:
            self._quiet.set()
        pcm = pcm.ljust(2 * FRAME_SAMPLES, b"\0")
        self.sent += pcm
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, np.int16).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, position, fractions.Fraction(1, RATE)
        return frame


class Ear:
    """Keeps the bot's audio, mono at RATE, on the microphone's time line; `voiced` are the moments it was heard.

    Those moments are monotonic times, one for each 20 ms with a voice in it.
    """

    def __init__(self, microphone: Microphone) -> None:
        self.heard = bytearray()
        self.voiced: list[float] = []
        self._microphone = microphone

    async def listen(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if not isinstance(frame, av.AudioFrame):
                continue
            now = time.monotonic()
            for part in resampler.resample(frame):
                pcm = bytes(part.planes[0])[: part.samples * 2]
                self._fill_up_to(now)
                self.heard += pcm
                if is_voiced(pcm):
                    self.voiced.append(now)

    def first_voiced_since(self, moment: float) -> float | None:
        return next((heard for heard in self.voiced if heard > moment), None)

    def _fill_up_to(self, now: float) -> None:
        """Put silence where nothing came: before the bot's first frame, and over a break."""
        if not self._microphone.started_at:
            return
        due = int((now - self._microphone.started_at) * RATE) - len(self.heard) // 2
        if not self.heard or due > RATE:
            self.heard += bytes(2 * max(0, due))


class Caller:
    """One call. `messages` are all the RTVI messages that came; `on_message` is called with each."""

    def __init__(self, *, on_message: Callable[[Message], None] = lambda message: None) -> None:
        self.messages: list[Message] = []
        self.microphone = Microphone()
        self.ear = Ear(self.microphone)
        self.bot_left = asyncio.Event()
        self.pressed_at = 0.0
        self._on_message = on_message
        # Without this aiortc asks a public STUN server where it is.
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._opened = asyncio.Event()
        self._changed = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def call(self, runner_url: str, body: Message) -> None:
        """Start a bot with `body` and connect to it. Raises CallFailed."""
        async with httpx.AsyncClient(base_url=runner_url, trust_env=False, timeout=CONNECT_SECONDS) as client:

            async def start(offer: Message) -> Message:
                started = await client.post("/start", json={"transport": "webrtc", "body": body})
                session_id = started.raise_for_status().json()["sessionId"]
                answered = await client.post(f"/sessions/{session_id}/api/offer", json=offer)
                answer: Message = answered.raise_for_status().json()
                return answer

            try:
                await self.connect(start)
            except CallFailed as error:
                raise CallFailed(f"The runner at {runner_url} could not be called: {error}") from error

    async def connect(self, exchange: Callable[[Message], Awaitable[Message]]) -> None:
        """Connect to the bot whose answer `exchange` gets for an offer, each `{sdp, type}`. Raises CallFailed."""
        self._channel = self._peer.createDataChannel("rtvi", ordered=True)
        self._channel.on("open", self._opened.set)
        self._channel.on("message", self._take)
        self._peer.addTrack(self.microphone)
        self._peer.on("track", self._hear)
        self._peer.on("connectionstatechange", self._note_state)
        await self._peer.setLocalDescription(await self._peer.createOffer())
        self.pressed_at = time.monotonic()
        try:
            offer = self._peer.localDescription
            answer = await exchange({"sdp": offer.sdp, "type": offer.type})
            await self._peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
            await asyncio.wait_for(self._opened.wait(), CONNECT_SECONDS)
        except (httpx.HTTPError, TimeoutError, KeyError, ValueError) as error:
            raise CallFailed(repr(error)) from error
        self.send("client-ready", {"version": "1.0.0", "about": {"library": "vivavoce-rehearsal"}})
        self._tasks.append(asyncio.create_task(self._ping()))

    def send(self, type: str, data: Any) -> None:
        if self._channel.readyState == "open":
            self._channel.send(json.dumps({"label": "rtvi-ai", "type": type, "id": str(time.time_ns()), "data": data}))

    def type(self, text: str) -> None:
        self.send("send-text", {"content": text, "options": {"run_immediately": True, "audio_response": True}})

    async def wait_for(self, predicate: Callable[[], bool], *, within: float) -> bool:
        """Wait until a message made `predicate` true; False when it took longer than `within` seconds."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(predicate)
        except TimeoutError:
            return False
        return True

    async def hang_up(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.microphone.stop()
        await self._peer.close()

    async def _ping(self) -> None:
        """What SmallWebRTC knows a living client by."""
        while self._channel.readyState == "open":
            self._channel.send(f"ping: {int(time.time() * 1000)}")
            await asyncio.sleep(PING_SECONDS)

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        if message.get("label") == "rtvi-ai":
            self.messages.append(message)
            self._on_message(message)
            self._tell()
        elif message.get("message", {}).get("type") == "peerLeft":
            self._leave()

    def _hear(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._tasks.append(asyncio.create_task(self.ear.listen(track)))

    def _note_state(self) -> None:
        if self._peer.connectionState in ("closed", "failed", "disconnected"):
            self._leave()

    def _leave(self) -> None:
        self.bot_left.set()
        self._tell()

    def _tell(self) -> None:
        self._tasks.append(asyncio.create_task(self._notify()))

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def calling(
    runner_url: str, body: Message, *, on_message: Callable[[Message], None] = lambda message: None
) -> AsyncIterator[Caller]:
    """Call a bot, and hang up at the end."""
    caller = Caller(on_message=on_message)
    try:
        await caller.call(runner_url, body)
        yield caller
    finally:
        await caller.hang_up()


def is_voiced(pcm: bytes) -> bool:
    samples = np.frombuffer(pcm, np.int16).astype(np.float64)
    return bool(samples.size) and float(np.sqrt(np.mean(samples * samples))) > VOICED_RMS
