"""The recording of both sides, brought to Django while the interview is held, so that a crash keeps what was said.

Pipecat's AudioBufferProcessor lays the candidate on the left and the bot on the right. Every ten seconds of that go
through one MP3 encoder of constant bit rate; what comes out is a chunk, and the chunks put one after another are the
recording. A chunk is POSTed to `{url}/{number}` with the headers named in `contract.py`; sent twice it counts once.

Nothing here makes the conversation wait: encoding has a thread of its own, uploads go on beside it, and what can't be
brought is kept up to a limit and tried again.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

import av
import httpx
import numpy as np
from loguru import logger
from pipecat.processors.audio.audio_buffer_processor import AudioBufferProcessor

from botrunner.contract import (
    RECORDING_LAST_HEADER,
    RECORDING_SECONDS_HEADER,
    RECORDING_STARTED_HEADER,
    RECORDING_TYPE,
    RELAY_INSTANCE_HEADER,
    RecordingTarget,
)

SAMPLE_RATE = 16_000
#: Both channels, 16 bits each.
SAMPLE_BYTES = 4
BIT_RATE = 64_000
CHUNK_SECONDS = 10
#: Chunks kept while Django is away: half an hour, 14 MB. Beyond that the oldest are given up.
BACKLOG_LIMIT = 180
#: Pieces of sound waiting for the encoder, which takes some milliseconds for each.
ENCODER_LIMIT = 6

#: Django wants nothing more of this session.
FINAL_REFUSALS = frozenset({401, 403, 404, 410})
#: No repetition mends this chunk.
HOPELESS = frozenset({400, 413, 415})


@dataclass(frozen=True)
class RecordingTiming:
    """Seconds. `flush` is how long the bot stays at most, once the interview is over, to bring the rest."""

    first_retry: float = 0.5
    longest_retry: float = 10.0
    request: float = 15.0
    flush: float = 20.0


@dataclass(frozen=True)
class Chunk:
    """A piece of the MP3 stream and when its first sound was heard."""

    number: int
    audio: bytes
    started_at: datetime
    last: bool = False

    @property
    def seconds(self) -> float:
        return len(self.audio) * 8 / BIT_RATE


class Mp3Encoder:
    """One stream of 16 kHz stereo. Channels do not share bits and frames do not share bytes, so any may be missing."""

    def __init__(self) -> None:
        self._codec = av.CodecContext.create("libmp3lame", "w")
        self._codec.sample_rate = SAMPLE_RATE
        self._codec.layout = "stereo"
        self._codec.format = "s16p"
        self._codec.bit_rate = BIT_RATE
        self._codec.options = {"joint_stereo": "0", "reservoir": "0"}

    def encode(self, pcm: bytes) -> bytes:
        """Whole frames; what does not fill one waits for the next call."""
        samples = np.frombuffer(pcm, np.int16).reshape(-1, 2).T
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="s16p", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))

    def flush(self) -> bytes:
        """The rest, after which nothing more can be encoded."""
        return b"".join(bytes(packet) for packet in self._codec.encode(None))


class Recorder:
    """Put `buffer` behind the transport's output and hold the interview inside `async with recorder`.

    `instance` is the relay's: Django takes audio from the bot that holds the session, and from no other. `count` is how
    many chunks have been made.
    """

    def __init__(self, target: RecordingTarget, *, instance: UUID, timing: RecordingTiming | None = None) -> None:
        self.buffer = AudioBufferProcessor(
            sample_rate=SAMPLE_RATE,
            num_channels=2,
            buffer_size=CHUNK_SECONDS * SAMPLE_RATE * 2,  # of each channel
            auto_start_recording=True,
        )
        self.buffer.add_event_handler("on_audio_data", self._take)
        self._target = target
        self._headers = {
            "Authorization": f"Bearer {target.token}",
            "Content-Type": RECORDING_TYPE,
            RELAY_INSTANCE_HEADER: str(instance),
        }
        self._timing = timing or RecordingTiming()
        self._encoder = Mp3Encoder()
        self._sound: asyncio.Queue[tuple[bytes, datetime] | None] = asyncio.Queue(ENCODER_LIMIT)
        self._backlog: deque[Chunk] = deque()
        self.count = 0
        self._complete = False
        self._refused = False
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(work(), name="recording") for work in (self._encode, self._upload)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Bring the rest, within the limit. A recording that fails is no reason for an interview to fail."""
        try:
            async with asyncio.timeout(self._timing.flush):
                await self._sound.put(None)
                await asyncio.gather(*self._tasks)
        except TimeoutError:
            logger.warning(f"recording: leaving although {len(self._backlog)} chunks and more could not be brought")
        except Exception:
            logger.exception("recording: broken")
        finally:
            for task in self._tasks:
                task.cancel()

    async def _take(self, buffer: AudioBufferProcessor, pcm: bytes, sample_rate: int, channels: int) -> None:
        """The buffer is full: what it held has just been heard."""
        if self._refused or not pcm:
            return
        started_at = datetime.now(UTC) - timedelta(seconds=len(pcm) / SAMPLE_BYTES / SAMPLE_RATE)
        try:
            self._sound.put_nowait((pcm, started_at))
        except asyncio.QueueFull:
            logger.error("recording: the encoder does not keep up, some seconds are lost")

    async def _encode(self) -> None:
        ended_at = datetime.now(UTC)
        try:
            while (sound := await self._sound.get()) is not None:
                pcm, started_at = sound
                # After a silence in which nothing was sent the buffer holds more than one chunk.
                for part, offset in cut(pcm):
                    audio = await asyncio.to_thread(self._encoder.encode, part)
                    self._keep(audio, started_at + offset)
                ended_at = started_at + timedelta(seconds=len(pcm) / SAMPLE_BYTES / SAMPLE_RATE)
            if self.count:
                self._keep(await asyncio.to_thread(self._encoder.flush), ended_at, last=True)
        finally:
            self._complete = True
            self._changed.set()

    def _keep(self, audio: bytes, started_at: datetime, *, last: bool = False) -> None:
        if not audio:
            return
        self.count += 1
        self._backlog.append(Chunk(self.count, audio, started_at, last))
        if len(self._backlog) > BACKLOG_LIMIT:
            lost = self._backlog.popleft()
            logger.error(f"recording: Django has been away too long, chunk {lost.number} is lost")
        self._changed.set()

    async def _upload(self) -> None:
        async with httpx.AsyncClient(headers=self._headers, timeout=self._timing.request) as client:
            while not self._refused:
                while self._backlog and not self._refused:
                    await self._bring(client, self._backlog.popleft())
                if self._complete:
                    return
                self._changed.clear()
                await self._changed.wait()
        self._backlog.clear()

    async def _bring(self, client: httpx.AsyncClient, chunk: Chunk) -> None:
        """Send a chunk until it is there, or Django says that it never will be."""
        headers = {
            RECORDING_STARTED_HEADER: chunk.started_at.isoformat(),
            RECORDING_SECONDS_HEADER: f"{chunk.seconds:.3f}",
            RECORDING_LAST_HEADER: "1" if chunk.last else "0",
        }
        delay = self._timing.first_retry
        while True:
            try:
                answer = await client.post(f"{self._target.url}/{chunk.number}", content=chunk.audio, headers=headers)
            except httpx.HTTPError as error:
                problem = type(error).__name__
            else:
                if answer.is_success:
                    return
                problem = f"HTTP {answer.status_code}"
                if answer.status_code in FINAL_REFUSALS:
                    logger.warning(f"recording: refused ({problem}), nothing more is recorded")
                    self._refused = True
                    return
                if answer.status_code in HOPELESS:
                    logger.error(f"recording: chunk {chunk.number} is not taken ({problem})")
                    return
            logger.info(f"recording: chunk {chunk.number} could not be brought ({problem}), trying again")
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
            delay = min(delay * 2, self._timing.longest_retry)


def cut(pcm: bytes) -> Iterator[tuple[bytes, timedelta]]:
    """Pieces of at most a chunk's length, and how far into the sound each begins."""
    size = CHUNK_SECONDS * SAMPLE_RATE * SAMPLE_BYTES
    for index, start in enumerate(range(0, len(pcm), size)):
        yield pcm[start : start + size], timedelta(seconds=index * CHUNK_SECONDS)
