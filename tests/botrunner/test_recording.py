"""The bot's side of a recording, through Pipecat's own buffer and over real HTTP."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from pipecat.frames.frames import Frame, InputAudioRawFrame, OutputAudioRawFrame
from pipecat.tests.utils import SleepFrame, run_test

from botrunner import recording
from botrunner.contract import RecordingTarget
from botrunner.recording import CHUNK_SECONDS, Mp3Encoder, Recorder, RecordingTiming, cut
from botrunner.sandbox.voice import open_espeak
from tests.botrunner.recording_server import RecordingServer

INSTANCE = UUID(int=7)
QUICK = RecordingTiming(first_retry=0.01, longest_retry=0.05, request=2, flush=10)


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    server = RecordingServer()
    await server.start()
    yield server
    await server.stop()


def make_recorder(server: RecordingServer, timing: RecordingTiming = QUICK) -> Recorder:
    return Recorder(RecordingTarget(url=server.url, token="relay-token"), instance=INSTANCE, timing=timing)


def voice(seconds: float, sample_rate: int) -> bytes:
    """Somebody speaking, over and over."""
    espeak = open_espeak()
    assert espeak is not None
    said = espeak.speak("I worked with my team, and together we found a good answer to it.", "en")
    times = np.arange(int(seconds * sample_rate)) * espeak.sample_rate / sample_rate
    return np.interp(times, np.arange(len(said)), said, period=len(said)).astype(np.int16).tobytes()


def candidate(seconds: float = CHUNK_SECONDS) -> InputAudioRawFrame:
    return InputAudioRawFrame(audio=voice(seconds, 16_000), sample_rate=16_000, num_channels=1)


def bot(seconds: float = CHUNK_SECONDS) -> OutputAudioRawFrame:
    return OutputAudioRawFrame(audio=voice(seconds, 24_000), sample_rate=24_000, num_channels=1)


async def hold(recorder: Recorder, *frames: Frame) -> None:
    """An interview of these sounds, from its beginning until the bot has left."""
    async with recorder:
        await run_test(recorder.buffer, frames_to_send=[frame for sound in frames for frame in (sound, SleepFrame())])


def decode(mp3: bytes) -> NDArray[Any]:
    """Samples of the two channels, between -1 and 1."""
    with av.open(io.BytesIO(mp3), "r", format="mp3") as file:
        return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)


def loudness(samples: NDArray[Any]) -> list[bool]:
    """Whether something is to be heard on the left, and on the right."""
    heard: list[bool] = (np.sqrt((samples**2).mean(axis=1)) > 0.01).tolist()
    return heard


async def test_the_candidate_is_on_the_left_and_the_bot_on_the_right(server: RecordingServer) -> None:
    await hold(make_recorder(server), candidate(), bot())
    first = 16_000 * CHUNK_SECONDS
    samples = decode(server.whole)
    assert loudness(samples[:, : first - 4000]) == [True, False]
    assert loudness(samples[:, first + 4000 : 2 * first - 4000]) == [False, True]


async def test_each_chunk_says_whose_it_is_when_it_was_heard_and_how_long_it_is(server: RecordingServer) -> None:
    await hold(make_recorder(server), candidate(), candidate(4))
    assert sorted(server.chunks) == [1, 2, 3]
    wanted = ("Authorization", "Content-Type", "X-Bot-Instance", "X-Recording-Last")
    assert [[server.headers[n][name] for name in wanted] for n in (1, 2, 3)] == [
        ["Bearer relay-token", "audio/mpeg", str(INSTANCE), last] for last in ("0", "0", "1")
    ]
    seconds = [float(server.headers[n]["X-Recording-Seconds"]) for n in (1, 2, 3)]
    assert seconds == [round(len(server.chunks[n]) / 8000, 3) for n in (1, 2, 3)]
    # The encoder adds its own beginning and fills its last frame.
    assert round(sum(seconds), 1) == 14.1
    begun = [datetime.fromisoformat(server.headers[n]["X-Recording-Started-At"]) for n in (1, 3)]
    assert all(at.tzinfo for at in begun)


async def test_a_server_that_is_away_gets_everything_once_it_is_back(server: RecordingServer) -> None:
    await server.stop()
    recorder = make_recorder(server)
    async with recorder:
        await run_test(recorder.buffer, frames_to_send=[candidate(), SleepFrame(), candidate(), SleepFrame(0.3)])
        server.answers = [503, 409, 429]
        await server.start()
        await server.wait_for(lambda: 2 in server.chunks)
    assert sorted(server.chunks) == [1, 2, 3]
    assert server.asked == [1, 1, 1, 1, 2, 3]
    assert loudness(decode(server.whole)) == [True, False]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_refusal_ends_the_recording_and_nothing_else(server: RecordingServer, status: int) -> None:
    server.answers = [status]
    await hold(make_recorder(server), candidate(), SleepFrame(0.2), candidate(), candidate())
    assert (server.asked, server.chunks) == ([1], {})


@pytest.mark.parametrize("status", [400, 413, 415])
async def test_a_chunk_that_is_not_taken_is_passed_over(server: RecordingServer, status: int) -> None:
    server.answers = [status]
    await hold(make_recorder(server), candidate(), candidate())
    assert (server.asked, sorted(server.chunks)) == ([1, 2, 3], [2, 3])
    assert loudness(decode(server.whole)) == [True, False]


async def test_a_server_that_never_answers_keeps_no_bot(server: RecordingServer) -> None:
    server.answers = [None]
    recorder = make_recorder(server, RecordingTiming(flush=0.1))
    async with recorder:
        await run_test(recorder.buffer, frames_to_send=[candidate(), SleepFrame()])
        await server.wait_for(lambda: server.asked == [1])
    assert (server.asked, server.chunks) == ([1], {})


async def test_too_much_for_the_backlog_costs_the_oldest(
    server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "BACKLOG_LIMIT", 2)
    await server.stop()
    recorder = make_recorder(server)

    async def come_back() -> None:
        while recorder.count < 5:  # noqa: ASYNC110 - made in a thread, which tells nobody
            await asyncio.sleep(0.01)
        await server.start()

    async with asyncio.TaskGroup() as beside:
        beside.create_task(come_back())
        async with recorder:
            sounds = [frame for _ in range(4) for frame in (candidate(), SleepFrame(0.1))]
            await run_test(recorder.buffer, frames_to_send=sounds)
    # The first was on its way, and the last two were kept beside it.
    assert sorted(server.chunks) == [1, 4, 5]


async def test_an_interview_without_a_sound_leaves_no_recording(server: RecordingServer) -> None:
    await hold(make_recorder(server))
    assert server.asked == []


def test_a_long_silence_is_cut_into_chunks() -> None:
    pcm = bytes(25 * 64_000)
    assert [(len(part), offset) for part, offset in cut(pcm)] == [
        (640_000, timedelta(seconds=0)),
        (640_000, timedelta(seconds=10)),
        (320_000, timedelta(seconds=20)),
    ]


def test_what_was_brought_before_a_crash_can_be_heard_and_so_can_what_follows_a_gap() -> None:
    encoder = Mp3Encoder()
    stereo = np.repeat(np.frombuffer(voice(10, 16_000), np.int16), 2).tobytes()
    first, second, third = (encoder.encode(stereo) for _ in range(3))
    assert {len(part) % 288 for part in (first, second, third)} == {0}  # whole frames, each of 36 ms
    assert [round(decode(part).shape[1] / 16_000) for part in (first, first + second, first + third)] == [10, 20, 20]
