"""What the official service never shows of Deepgram's protocol, on a plain WebSocket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.botrunner.conftest import Sandbox
from tests.botrunner.sandbox.test_deepgram import ANSWER, RATE, silence, speech

KEY = {"Authorization": "Token any"}


def open_socket(sandbox: Sandbox, headers: dict[str, str] = KEY, **query: Any) -> connect:
    asked = "&".join(f"{name}={value}" for name, value in {"sample_rate": RATE, **query}.items())
    return connect(f"{sandbox.url.replace('http', 'ws')}/deepgram/v1/listen?{asked}", additional_headers=headers)


async def tell(socket: ClientConnection, kind: str) -> None:
    await socket.send(json.dumps({"type": kind}))


async def read_all(socket: ClientConnection) -> list[dict[str, Any]]:
    return [json.loads(message) async for message in socket]


async def test_closing_the_stream_brings_the_last_final_and_metadata(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    audio = speech(ANSWER)
    async with open_socket(sandbox) as socket:
        await socket.send(audio)
        await tell(socket, "CloseStream")
        results, metadata = await read_all(socket)
        assert (socket.close_code, results["type"], metadata["type"]) == (1000, "Results", "Metadata")
    alternative = results["channel"]["alternatives"][0]
    assert alternative["transcript"] == ANSWER
    assert [word["punctuated_word"] for word in alternative["words"]] == ANSWER.split()
    assert metadata["duration"] == pytest.approx(len(audio) / 2 / RATE, abs=0.02)


async def test_interims_come_only_when_asked_for(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    async with open_socket(sandbox) as socket:
        for start in range(0, len(audio := speech(ANSWER) + silence(0.5)), 3200):
            await socket.send(audio[start : start + 3200])
        await tell(socket, "CloseStream")
        assert [message.get("is_final") for message in await read_all(socket)] == [True, None]


async def test_a_finalize_with_nothing_to_finish_is_answered_with_an_empty_final(sandbox: Sandbox) -> None:
    async with open_socket(sandbox) as socket:
        await tell(socket, "Finalize")
        result = json.loads(await socket.recv())
    assert (result["is_final"], result["from_finalize"]) == (True, True)
    assert result["channel"]["alternatives"][0]["transcript"] == ""


async def test_a_silent_client_is_closed_unless_it_keeps_alive(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botrunner.sandbox.deepgram.IDLE_SECONDS", 0.4)
    async with open_socket(sandbox) as socket:
        for _ in range(4):
            await asyncio.sleep(0.2)
            await tell(socket, "KeepAlive")
        assert await read_closing(socket) == (1011, "NET-0001")


async def test_a_stalled_connection_hears_nothing_more(sandbox: Sandbox) -> None:
    sandbox.fail("deepgram", "stall", seconds=60)
    sandbox.hear(ANSWER)
    async with open_socket(sandbox) as socket:
        await socket.send(speech(ANSWER) + silence(0.5))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.5)


async def test_an_open_connection_can_be_dropped(sandbox: Sandbox) -> None:
    async with open_socket(sandbox) as socket:
        sandbox.fail("deepgram", "close")
        await tell(socket, "KeepAlive")
        code, _ = await read_closing(socket)
        assert code == 1011


@pytest.mark.parametrize(
    ("headers", "query", "status"), [({}, {}, 401), (KEY, {"encoding": "opus"}, 400)], ids=["no key", "not PCM"]
)
async def test_a_handshake_it_cannot_serve_is_refused(
    sandbox: Sandbox, headers: dict[str, str], query: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with open_socket(sandbox, headers, **query):
            pass
    assert refusal.value.response.status_code == status


async def read_closing(socket: ClientConnection) -> tuple[int | None, str | None]:
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(socket.recv(), 5)
    return socket.close_code, socket.close_reason
