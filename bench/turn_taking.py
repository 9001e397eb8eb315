"""`python -m bench.turn_taking`: does the bot talk over a pause, and how long does a finished answer wait?

Answers with known pauses are spoken by eSpeak and taken in as the bot does it: Silero, the sandbox's Deepgram (told the
words) and one of several ways to end a turn. It runs in virtual time, so no load on the machine changes a figure.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from statistics import median
from typing import Any, Literal, cast
from uuid import UUID

import numpy as np
from loguru import logger
from numpy.typing import NDArray
from pipecat.audio.turn.smart_turn.base_smart_turn import BaseSmartTurn, SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
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
from pipecat.turns.user_stop import (
    BaseUserTurnStopStrategy,
    SpeechTimeoutUserTurnStopStrategy,
    TurnAnalyzerUserTurnStopStrategy,
)
from pipecat.turns.user_turn_controller import UserTurnController
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.asyncio.task_manager import TaskManager

from bench.virtual_time import run_in_virtual_time
from botrunner.clock import Pacing
from botrunner.contract import (
    AnswerAccepted,
    ClientMessageType,
    Contract,
    Modality,
    PlannedQuestion,
    PriorTurn,
    SummaryReady,
)
from botrunner.deepgram import AllTranscribedFrame
from botrunner.default_plan import default_plan
from botrunner.interviewer import Interviewer
from botrunner.patience import Patience
from botrunner.progress import Progress
from botrunner.sandbox.deepgram import Transcriber
from botrunner.sandbox.state import SandboxState, Utterance
from botrunner.sandbox.voice import speak_pcm
from botrunner.turns import Foresight, ThinkingPauseStopStrategy
from botrunner.voice_detection import LullListener, PromptVADAnalyzer

RATE = 16_000
CHUNK_SECONDS = 0.02
CHUNK_BYTES = 2 * int(RATE * CHUNK_SECONDS)
DEEPGRAM_SECONDS = 0.15
LEAD_SECONDS = 1.0
PATIENCE_SECONDS = 14.0
#: From the last word until the candidate presses that they are done.
PRESS_SECONDS = 1.0
VOICED_RMS = 200.0

PACING = Pacing()

#: Where the candidate pauses: the words go on, nothing in the words tells, or the sentence is finished.
Kind = Literal["goes on", "no sign", "finished"]
#: What smart turn makes of a silence: what the model says of eSpeak's voice, the truth, or an end each time.
Ear = Literal["as it is", "always right", "always an end"]
EARS: tuple[Ear, ...] = ("as it is", "always right", "always an end")


@dataclass(frozen=True)
class Answer:
    """What is said, in parts; after all but the last of them the candidate pauses for as many seconds."""

    parts: tuple[str, ...]
    pauses: tuple[float, ...] = ()
    kinds: tuple[Kind, ...] = ()
    voice: str = "en+f3"


ANSWERS = (
    Answer(("I worked on the billing system, and", "then I moved to the platform team."), (3,), ("goes on",)),
    Answer(("We had an outage because", "somebody had changed the configuration."), (4,), ("goes on",), "en+m3"),
    Answer(("There were three of us,", "and I did the database."), (5,), ("goes on",)),
    Answer(("My biggest success was, um,", "probably the migration of last year."), (6,), ("goes on",), "en+m3"),
    Answer(("I would say that", "it taught me to ask earlier."), (7,), ("goes on",), "en"),
    Answer(("It was hard at first, but", "after a month it went well."), (8,), ("goes on",)),
    Answer(("I talked to the customer, so", "we found out what they meant."), (3.5,), ("goes on",), "en"),
    Answer(("We measured it with", "a small load test."), (5.5,), ("goes on",), "en+m3"),
    Answer(("I worked for three years", "at a bank in Leeds."), (3,), ("no sign",)),
    Answer(("The hardest part was convincing", "everybody else in the company."), (4,), ("no sign",), "en+m3"),
    Answer(("I usually start", "by reading the logs of the day."), (5,), ("no sign",), "en"),
    Answer(("They asked me last spring", "whether I wanted to lead the team."), (8,), ("no sign",)),
    Answer(("I led a team of four.", "We built the payment service."), (3,), ("finished",)),
    Answer(("It did not work at all.", "So I tried something else."), (5,), ("finished",), "en+m3"),
    Answer(("We moved everything to Postgres.", "It took us half a year."), (8,), ("finished",), "en"),
    Answer(
        ("I had two ideas, and", "the first one was to cache the pages, but", "that did not help."),
        (4, 6),
        ("goes on", "goes on"),
    ),
    Answer(("I have led a team of four engineers.",)),
    Answer(("I look after the databases of a bank.",), voice="en+m3"),
    Answer(("Yes, I have done that for two years.",), voice="en"),
    Answer(("No, never.",)),
    Answer(("My favourite language is Python.",), voice="en+m3"),
    Answer(("I would ask my manager for help.",), voice="en"),
    Answer(("We talked it through and found a solution.",)),
    Answer(("I finished it in time.",), voice="en+m3"),
)


@dataclass(frozen=True)
class Speech:
    """The spoken answer: 16-bit PCM, and from when to when each part has a voice in it, in seconds."""

    pcm: bytes
    spans: list[tuple[float, float]]
    lengths: list[float]


@cache
def speak(answer: Answer) -> Speech:
    pcm = bytes(2 * int(LEAD_SECONDS * RATE))
    spans, lengths = [], []
    for part, pause in zip(answer.parts, (*answer.pauses, PATIENCE_SECONDS), strict=True):
        samples = np.frombuffer(speak_pcm(part, answer.voice, RATE), np.int16)
        loud = [at for at in range(0, len(samples), CHUNK_BYTES // 2) if _rms(samples[at : at + CHUNK_BYTES // 2])]
        began = len(pcm) / 2 / RATE
        spans.append((began + loud[0] / RATE, began + loud[-1] / RATE + CHUNK_SECONDS))
        lengths.append(len(samples) / RATE)
        spoken = samples[: loud[-1] + CHUNK_BYTES // 2].tobytes()
        pcm += spoken + bytes(2 * int(pause * RATE))
    return Speech(pcm, spans, lengths)


def _rms(samples: NDArray[np.int16]) -> bool:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) > VOICED_RMS


# --- The ways to end a turn ---------------------------------------------------------------------------


class ToldSmartTurn(BaseSmartTurn):
    """Smart turn with a verdict of somebody else's."""

    def __init__(self, verdict: Callable[[NDArray[np.float32]], bool], *, stop_secs: float) -> None:
        super().__init__(params=SmartTurnParams(stop_secs=stop_secs))
        self._verdict = verdict

    def _predict_endpoint(self, audio_array: NDArray[np.float32]) -> dict[str, Any]:
        ended = self._verdict(audio_array)
        return {"prediction": int(ended), "probability": float(ended)}


class ToldForesightedTurn(Foresight, ToldSmartTurn):
    pass


Verdict = Callable[[NDArray[np.float32]], bool]
Made = tuple[BaseUserTurnStopStrategy, list[LullListener]]


@dataclass(frozen=True)
class Way:
    """`make` is given smart turn's verdict, and the patience of one interview, which is all 24 answers.

    Where the candidate is to say when an answer is over, it is the answer that ends, not the turn.
    Those whom the voice detection tells of a lull are returned beside the strategy, if there are any. `give_up` is
    Pipecat's user_turn_stop_timeout. `punctuated` says whether the words come with full stops.
    """

    name: str
    make: Callable[[Verdict, Patience], Made]
    give_up: float = 5.0
    vad: Callable[[], VADAnalyzer] = SileroVADAnalyzer
    hears: bool = True  # whether it asks smart turn at all
    begin: Callable[[], Patience] = lambda: Patience(PACING, punctuated=True)
    punctuated: bool = True
    until_done: bool = False  # whether the candidate says when an answer is over


def make_ours(verdict: Verdict, patience: Patience) -> Made:
    analyzer = ToldForesightedTurn(verdict, stop_secs=PACING.thinking_pause)
    strategy = ThinkingPauseStopStrategy(turn_analyzer=analyzer, patience=patience)
    return strategy, [analyzer, strategy]


def make_ours_without_lulls(verdict: Verdict, patience: Patience) -> Made:
    return make_ours(verdict, patience)[0], []


def make_smart_turn(stop_secs: float) -> Callable[[Verdict, Patience], Made]:
    return lambda verdict, patience: (
        TurnAnalyzerUserTurnStopStrategy(turn_analyzer=ToldSmartTurn(verdict, stop_secs=stop_secs)),
        [],
    )


def make_timeout(seconds: float) -> Callable[[Verdict, Patience], Made]:
    return lambda verdict, patience: (SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=seconds), [])


def having_talked_over(times: int) -> Callable[[], Patience]:
    def begin() -> Patience:
        patience = Patience(PACING, punctuated=True)
        for _ in range(times):
            patience.note_talked_over()
        return patience

    return begin


def asked_for(words: int) -> Patience:
    """Each of the 24 is the whole answer to a question that asks for so many words."""
    patience = Patience(PACING, punctuated=True)
    patience.words_missing = lambda: words
    return patience


OURS = Way("Vivavoce", make_ours, give_up=PACING.unfinished_pause + 2, vad=PromptVADAnalyzer)
WAYS = (
    OURS,
    replace(OURS, name="Vivavoce, having talked over somebody once", begin=having_talked_over(1)),
    replace(OURS, name="Vivavoce, having talked over somebody twice", begin=having_talked_over(2)),
    replace(OURS, name="Vivavoce, questions that ask for 8 words", begin=lambda: asked_for(8)),
    replace(OURS, name="Vivavoce, waiting until done is pressed", until_done=True),
    replace(OURS, name="Vivavoce, the service leaves full stops out", punctuated=False),
    replace(OURS, name="Vivavoce, full stops do not count", begin=lambda: Patience(PACING)),
    replace(OURS, name="Vivavoce, nothing prepared in lulls", make=make_ours_without_lulls),
    Way("Pipecat's default: smart turn, 3 s", make_smart_turn(3.0)),
    Way("smart turn, 8.5 s for all", make_smart_turn(8.5), give_up=10.5),
    Way("silence of 0.6 s (Pipecat's speech timeout)", make_timeout(0.6), hears=False),
    Way("silence of 4 s", make_timeout(4.0), hears=False),
    Way("silence of 8.5 s", make_timeout(8.5), give_up=10.5, hears=False),
)


@cache
def _smart_turn() -> LocalSmartTurnAnalyzerV3:
    analyzer = LocalSmartTurnAnalyzerV3(params=SmartTurnParams())
    analyzer.set_sample_rate(RATE)
    return analyzer


_heard: dict[str, bool] = {}


def ask_smart_turn(audio: NDArray[np.float32]) -> bool:
    key = hashlib.sha256(audio.tobytes()).hexdigest()
    if key not in _heard:
        _heard[key] = bool(_smart_turn()._predict_endpoint(audio)["prediction"])
    return _heard[key]


# --- Waiting until done is pressed --------------------------------------------------------------------


class Interview:
    """The real interviewer with one question, asked at once, of a candidate who is to be waited for.

    What it wants done is not done, but for its words, which count as heard. `words` are those of the turn.
    """

    def __init__(self, *, ended: Callable[[], None]) -> None:
        question = PlannedQuestion(id=UUID(int=1), text="What do you do?", max_follow_ups=0)
        self.interviewer = Interviewer(
            default_plan().model_copy(update={"questions": [question]}), stage=self, pacing=PACING
        )
        self.words: list[str] = []
        self._ended = ended
        self._tasks = [asyncio.create_task(self.interviewer.run()), asyncio.create_task(self._tick())]
        self.interviewer.note_pressed(ClientMessageType.WAIT)
        self.interviewer.note_client_ready()

    async def end_turn(self) -> None:
        words = " ".join(self.words)
        self.words.clear()
        self.interviewer.note_words(words, modality=Modality.VOICE, started_at=datetime.now(UTC))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(PACING.tick)
            self.interviewer.note_tick()

    async def say(self, *texts: str) -> None:
        for text in texts:
            now = datetime.now(UTC)
            self.interviewer.note_bot_turn(text, modality=Modality.VOICE, interrupted=False, started_at=now)

    async def emit(self, event: Contract) -> int | None:
        if isinstance(event, AnswerAccepted):
            self._ended()
        return None

    async def put_question(self, question: PlannedQuestion, prompt: str) -> None:
        await self.interviewer.say_prompt(prompt)

    async def wait_acked(self, seq: int, within: float) -> bool:
        return True

    async def summarise(self, transcript: list[PriorTurn]) -> SummaryReady:
        return SummaryReady(text="", spoken="")

    def heard_of(self, text: str) -> str:
        return ""

    async def prepare(self) -> None: ...
    async def put_closing(self) -> None: ...
    async def ask_model(self, progress: Progress) -> None: ...
    async def leave(self) -> None: ...


# --- One answer ---------------------------------------------------------------------------------------


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


# --- All of them --------------------------------------------------------------------------------------


@dataclass
class Found:
    """Pauses in all and talked over, by kind; seconds from the last word to the turn's end."""

    pauses: dict[Kind, int] = field(default_factory=dict)
    talked_over: dict[Kind, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    def add(self, answer: Answer, heard: Heard) -> None:
        spans = speak(answer).spans
        for kind, (_, silent), (resumed, _) in zip(answer.kinds, spans, spans[1:], strict=False):
            self.pauses[kind] = self.pauses.get(kind, 0) + 1
            self.talked_over[kind] = self.talked_over.get(kind, 0) + any(silent < end < resumed for end in heard.ends)
        self.waits.append(next((end - spans[-1][1] for end in heard.ends if end > spans[-1][1]), PATIENCE_SECONDS))


async def measure(way: Way, ear: Ear) -> Found:
    found, patience = Found(), way.begin()
    for answer in ANSWERS:
        found.add(answer, await listen(answer, way, ear, patience))
    return found


def describe(found: dict[tuple[str, Ear | str], Found]) -> list[str]:
    kinds: tuple[Kind, ...] = ("goes on", "no sign", "finished")
    lines = [
        "| the turn ends by | smart turn is | talked over: words go on | no sign | finished sentence | "
        "wait after the answer, p50 | p95 |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (way, ear), one in found.items():
        cut = " | ".join(f"{one.talked_over[kind]} of {one.pauses[kind]}" for kind in kinds)
        waits = sorted(one.waits)
        worst = waits[math.ceil(0.95 * len(waits)) - 1]
        lines.append(f"| {way} | {ear} | {cut} | {median(waits):.2f} s | {worst:.2f} s |")
    return lines


def main() -> None:
    logger.remove()
    found: dict[tuple[str, Ear | str], Found] = {}
    for way in WAYS:
        for ear in EARS if way.hears else EARS[:1]:
            found[way.name, ear if way.hears else "not asked"] = run_in_virtual_time(measure(way, ear))
    print("\n".join(describe(found)))


if __name__ == "__main__":
    main()
