"""One answer, heard as the bot hears it: by Silero, the sandbox's Deepgram and one of the ways to end a turn."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams, VADState
from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    STTMetadataFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.stt_latency import DEEPGRAM_TTFS_P99
from pipecat.turns.user_turn_controller import UserTurnController
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.asyncio.task_manager import TaskManager

from bench.turn_taking.answers import CHUNK_BYTES, CHUNK_SECONDS, RATE, Answer, speak
from bench.turn_taking.until_done import Interview
from bench.turn_taking.ways import Ear, Verdict, Way, ask_smart_turn
from botrunner.contract import ClientMessageType
from botrunner.deepgram import AllTranscribedFrame
from botrunner.patience import Patience
from botrunner.sandbox.deepgram import Transcriber
from botrunner.sandbox.state import SandboxState, Utterance
from botrunner.voice_detection import PromptVADAnalyzer

DEEPGRAM_SECONDS = 0.15
#: From the last word until the candidate presses that they are done.
PRESS_SECONDS = 1.0


@dataclass(frozen=True)
class Taken:
    """What Silero and Deepgram make of an answer, by the number of the 20 ms in which they say it.

    `lulls` are those in which a voice has paused, and True, or goes on, and False.
    """

    voice: dict[int, VADState]
    lulls: dict[int, bool]
    messages: dict[int, list[dict[str, Any]]]
    params: VADParams


class Notes:
    """Remembers the news of a lull until it is asked for."""

    news: bool | None = None

    async def note_lull(self) -> None:
        self.news = True

    async def note_voice(self) -> None:
        self.news = False

    def take(self) -> bool | None:
        news, self.news = self.news, None
        return news


_taken: dict[tuple[Answer, bool, Callable[[], VADAnalyzer]], Taken] = {}


async def take_in(answer: Answer, way: Way, *, in_lulls: bool) -> Taken:
    if (answer, in_lulls, way.vad) not in _taken:
        _taken[answer, in_lulls, way.vad] = await _take_in(answer, way.vad(), in_lulls=in_lulls)
    return _taken[answer, in_lulls, way.vad]


async def _take_in(answer: Answer, analyzer: VADAnalyzer, *, in_lulls: bool) -> Taken:
    speech, state, notes = speak(answer), SandboxState(), Notes()
    if in_lulls and isinstance(analyzer, PromptVADAnalyzer):
        analyzer.listeners = [notes]
    analyzer.set_sample_rate(RATE)
    for text, seconds in zip(answer.parts, speech.lengths, strict=True):
        state.utterances.append(Utterance(text=text, seconds=seconds))
    deepgram = Transcriber(state=state, sample_rate=RATE, request_id="", interim_results=True)
    taken = Taken({}, {}, {}, analyzer.params)
    settled = VADState.QUIET
    for number, audio in enumerate(_slice(speech.pcm)):
        taken.messages[number] = deepgram.hear(audio)
        change = await analyzer.analyze_audio(audio)
        if (news := notes.take()) is not None:
            taken.lulls[number] = news
        stopped = False
        if change is not settled and change in (VADState.QUIET, VADState.SPEAKING):
            settled = taken.voice[number] = change
            stopped = change is VADState.QUIET
        if stopped or news:
            taken.messages[number] += deepgram.obey({"type": "Finalize"})
    return taken


def _slice(pcm: bytes) -> list[bytes]:
    return [pcm[start : start + CHUNK_BYTES] for start in range(0, len(pcm) - CHUNK_BYTES + 1, CHUNK_BYTES)]


@dataclass
class Heard:
    """When turns were taken for ended, in seconds of the speech."""

    ends: list[float] = field(default_factory=list)


async def listen(answer: Answer, way: Way, ear: Ear, patience: Patience) -> Heard:
    """Let one way of ending turns hear the answer."""
    loop, speech, heard = asyncio.get_running_loop(), speak(answer), Heard()
    began = loop.time()
    verdicts: dict[Ear, Verdict] = {
        "as it is": ask_smart_turn,
        "always right": lambda audio: loop.time() - began > speech.spans[-1][1],
        "always an end": lambda audio: True,
    }
    strategy, listeners = way.make(verdicts[ear], patience)
    controller = UserTurnController(
        user_turn_strategies=UserTurnStrategies(stop=[strategy]), user_turn_stop_timeout=way.give_up
    )

    interview = Interview(ended=lambda: heard.ends.append(loop.time() - began)) if way.until_done else None

    words = interview.words if interview else []

    @controller.event_handler("on_user_turn_stopped")
    async def on_stopped(*about: object) -> None:
        if interview:
            await interview.end_turn()
            interview.interviewer.note_candidate_stopped()
        else:
            heard.ends.append(loop.time() - began)

    @controller.event_handler("on_user_turn_started")
    async def on_started(*about: object) -> None:
        if interview:
            interview.interviewer.note_candidate_started()

    setup = FrameProcessorSetup(clock=SystemClock(), task_manager=TaskManager(), pipeline_worker=cast(Any, None))
    await controller.setup(setup)
    await controller.start()
    await controller.process_frame(STTMetadataFrame(service_name="Deepgram", ttfs_p99_latency=DEEPGRAM_TTFS_P99))
    taken = await take_in(answer, way, in_lulls=bool(listeners))
    on_their_way: set[asyncio.Task[None]] = set()
    breaths = 0

    async def deliver(message: dict[str, Any]) -> None:
        asked_after = breaths
        await _deliver(message, controller, punctuated=way.punctuated, words=words)
        if listeners and message["from_finalize"] and breaths == asked_after:
            await controller.process_frame(AllTranscribedFrame())

    for number, audio in enumerate(_slice(speech.pcm)):
        if heard.ends and heard.ends[-1] > speech.spans[-1][1]:
            break
        if interview and number == math.ceil((speech.spans[-1][1] + PRESS_SECONDS) / CHUNK_SECONDS):
            interview.interviewer.note_pressed(ClientMessageType.DONE)
        await asyncio.sleep(began + (number + 1) * CHUNK_SECONDS - loop.time())
        for message in taken.messages[number]:
            task = asyncio.create_task(deliver(message))
            on_their_way.add(task)
            task.add_done_callback(on_their_way.discard)
        await controller.process_frame(InputAudioRawFrame(audio, RATE, 1))
        if number in taken.lulls:
            breaths += not taken.lulls[number]
            for listener in listeners:
                await (listener.note_lull() if taken.lulls[number] else listener.note_voice())
        breaths += taken.voice.get(number) is VADState.SPEAKING
        if change := taken.voice.get(number):
            await controller.process_frame(_tell(change, taken.params))
    await asyncio.gather(*on_their_way)
    await controller.cleanup()
    if interview:
        await interview.close()
    return heard


def _tell(change: VADState, params: VADParams) -> VADUserStartedSpeakingFrame | VADUserStoppedSpeakingFrame:
    if change is VADState.SPEAKING:
        return VADUserStartedSpeakingFrame(start_secs=params.start_secs)
    return VADUserStoppedSpeakingFrame(stop_secs=params.stop_secs, timestamp=time.time())


async def _deliver(
    message: dict[str, Any], controller: UserTurnController, *, punctuated: bool, words: list[str]
) -> None:
    """Hand the message on; what is said for good is added to `words`."""
    text = message["channel"]["alternatives"][0]["transcript"]
    if not punctuated:
        text = text.replace(".", "")
    if not message["is_final"]:
        await controller.process_frame(InterimTranscriptionFrame(text=text, user_id="", timestamp=""))
        return
    await asyncio.sleep(DEEPGRAM_SECONDS)
    if text:
        finalized = bool(message["from_finalize"])
        words.append(text)
        await controller.process_frame(TranscriptionFrame(text=text, user_id="", timestamp="", finalized=finalized))
