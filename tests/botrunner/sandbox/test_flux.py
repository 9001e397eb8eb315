"""The sandbox's Flux, spoken to by the official service, and on a plain WebSocket."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from deepgram.listen.v2.types import ListenV2Connected, ListenV2TurnInfo
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    Frame,
    InterimTranscriptionFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
)
from pipecat.pipeline.worker import PipelineParams
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.tests.utils import SleepFrame, run_test
from websockets.asyncio.client import connect

from tests.botrunner.conftest import Sandbox
from tests.botrunner.sandbox.test_deepgram import ANSWER, RATE, frames, silence, speech

TURN = (
    ProposedUserStartedSpeakingFrame,
    EagerTranscriptionFrame,
    EagerEndOfTurnCancelFrame,
    TranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
)


async def listen(sandbox: Sandbox, audio: bytes, *, eager: bool = False, wait: float = 0.3) -> list[Frame]:
    stt = DeepgramFluxSTTService(
        api_key="any", url=f"{sandbox.url.replace('http', 'ws')}/deepgram/v2/listen", enable_eager_end_of_turn=eager
    )
    down, _ = await run_test(
        stt,
        frames_to_send=[*frames(silence(0.1)), SleepFrame(wait), *frames(audio), SleepFrame(0.5)],
        pipeline_params=PipelineParams(audio_in_sample_rate=RATE),
        start_timeout=5,
    )
    return list(down)


def turn_of(seen: Sequence[Frame]) -> list[type[Frame]]:
    return [type(frame) for frame in seen if isinstance(frame, TURN)]


def finals(seen: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in seen if type(frame) is TranscriptionFrame]


async def exchange(sandbox: Sandbox, *messages: bytes | str, **query: Any) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in {"sample_rate": RATE, **query}.items())
    url = f"{sandbox.url.replace('http', 'ws')}/deepgram/v2/listen?{asked}"
    async with connect(url, additional_headers={"Authorization": "Token any"}) as socket:
        for message in messages:
            await socket.send(message)
        await socket.send(json.dumps({"type": "CloseStream"}))
        return [json.loads(message) async for message in socket]


async def test_a_stretch_of_voice_is_one_turn_with_its_words(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    down = await listen(sandbox, speech(ANSWER) + silence(1))
    assert finals(down) == [ANSWER]
    assert turn_of(down) == [ProposedUserStartedSpeakingFrame, TranscriptionFrame, ProposedUserStoppedSpeakingFrame]
    interims = [frame.text for frame in down if isinstance(frame, InterimTranscriptionFrame)]
    assert len(interims) >= 3
    assert all(ANSWER.startswith(interim) for interim in interims)


async def test_an_early_guess_comes_before_the_end_when_it_is_asked_for(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    down = await listen(sandbox, speech(ANSWER) + silence(1), eager=True)
    assert [frame.text for frame in down if isinstance(frame, EagerTranscriptionFrame)] == [ANSWER]
    assert turn_of(down) == [TURN[0], EagerTranscriptionFrame, TranscriptionFrame, ProposedUserStoppedSpeakingFrame]


async def test_a_guess_is_taken_back_when_the_voice_goes_on(sandbox: Sandbox) -> None:
    sandbox.hear("One two.", "Three.")
    down = await listen(sandbox, speech("Yes please") + silence(0.5) + speech("Yes please") + silence(1), eager=True)
    assert finals(down) == ["One two. Three."]
    assert turn_of(down)[:3] == [TURN[0], EagerTranscriptionFrame, EagerEndOfTurnCancelFrame]


async def test_each_turn_takes_one_utterance(sandbox: Sandbox) -> None:
    sandbox.hear("One.", "Two.")
    assert finals(await listen(sandbox, (speech("Yes please") + silence(1)) * 2)) == ["One.", "Two."]


async def test_a_pause_inside_an_utterance_does_not_end_its_turn(sandbox: Sandbox) -> None:
    sandbox.hear({"text": "I was a nurse and then a pilot.", "seconds": 5})
    down = await listen(sandbox, (speech(ANSWER) + silence(1.5)) * 2)
    assert finals(down) == ["I was a nurse and then a pilot."]


async def test_voice_nobody_told_it_about_is_no_turn(sandbox: Sandbox) -> None:
    assert turn_of(await listen(sandbox, speech(ANSWER) + silence(1))) == []


async def test_what_it_sends_is_what_deepgrams_own_library_reads(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    audio = speech(ANSWER) + silence(1)
    connected, *turns = await exchange(sandbox, audio, eager_eot_threshold=0.5)
    assert ListenV2Connected.model_validate(connected).sequence_id == 0
    read = [ListenV2TurnInfo.model_validate(turn) for turn in turns]
    assert [turn.sequence_id for turn in read] == list(range(1, len(turns) + 1))
    events = [turn.event for turn in read if turn.event != "Update"]
    assert events == ["StartOfTurn", "EagerEndOfTurn", "EndOfTurn"]
    assert [word.word for word in read[-1].words] == ANSWER.split()
    assert read[-1].trigger == "model"


async def test_a_turn_can_be_ended_and_its_options_changed(sandbox: Sandbox) -> None:
    sandbox.hear(ANSWER)
    configure = {"type": "Configure", "thresholds": {"eager_eot_threshold": 0.4}}
    force = json.dumps({"type": "ForceEndTurn"})
    _, configured, *turns = await exchange(sandbox, json.dumps(configure), speech(ANSWER)[:RATE], force, force)
    assert (configured["type"], configured["thresholds"]) == ("ConfigureSuccess", configure["thresholds"])
    assert [(turn["event"], turn["transcript"]) for turn in turns if turn["event"] == "EndOfTurn"] == [
        ("EndOfTurn", ANSWER)
    ]


@pytest.mark.parametrize("kind", ["close", "status"])
async def test_a_dropped_or_refused_connection_comes_back_by_itself(sandbox: Sandbox, kind: str) -> None:
    sandbox.fail("deepgram", kind)
    sandbox.hear(ANSWER)
    assert finals(await listen(sandbox, speech(ANSWER) + silence(1), wait=4)) == [ANSWER]
    assert len([entry for entry in sandbox.log("deepgram") if entry.get("event") == "connect"]) == 2
