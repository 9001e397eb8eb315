"""The gTTS service against the sandbox's stand-in of Google's endpoint, over real HTTP."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from gtts import gTTS
from numpy.typing import NDArray
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InterruptionFrame,
    MetricsFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData, TTSUsageMetricsData
from pipecat.pipeline.worker import PipelineParams
from pipecat.services.tts_service import TTSService
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.utils.errors import ErrorCategory

from botrunner.aura import AuraTTSService
from botrunner.contract import BotJob
from botrunner.google_speech import Breaker
from botrunner.gtts import GTTSService
from botrunner.mp3 import LeadTrimmer, Mp3Decoder
from botrunner.sandbox.voice import speak_mp3, speak_pcm
from botrunner.services import ProviderSettings, make_azure_speech_in_one
from botrunner.speech_cache import SpeechCache
from tests.botrunner.conftest import Sandbox
from tests.botrunner.plans import make_plan

RATE = 16000
GREETING = "Hello, and welcome to your interview."
QUESTION = "Please tell me about a hard problem you solved."
# 101 and 250 characters, without punctuation or a sentence to cut at.
WORDS_101 = ("seven " * 17)[:101].strip()[:99] + "ok"
WORDS_250 = " ".join(f"word{number}" for number in range(40))[:250]
HINDI_250 = " ".join(["नमस्ते", "आपका", "स्वागत", "है", "कृपया", "अपने", "बारे", "में", "बताइए"] * 6)[:250]


async def say(tts: TTSService, *frames: Frame, metrics: bool = False) -> tuple[Sequence[Frame], Sequence[Frame]]:
    params = PipelineParams(audio_out_sample_rate=RATE, enable_metrics=metrics, enable_usage_metrics=metrics)
    return await run_test(tts, frames_to_send=frames, pipeline_params=params, start_timeout=5)


def audio_of(frames: Sequence[Frame]) -> NDArray[np.int16]:
    pcm = b"".join(frame.audio for frame in frames if isinstance(frame, TTSAudioRawFrame))
    return np.frombuffer(pcm, np.int16)


def texts_of(frames: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, TTSTextFrame)]


def failures_of(frames: Sequence[Frame]) -> list[tuple[str, ErrorCategory | None]]:
    errors = [frame for frame in frames if isinstance(frame, ErrorFrame)]
    return [(error.error, error.category) for error in errors if error.error.startswith("Not spoken")]


def texts_asked(sandbox: Sandbox) -> list[str]:
    return [entry["text"] for entry in sandbox.log("tts") if "text" in entry]


def expected_audio(*parts: str, language: str = "en") -> NDArray[np.int16]:
    decoder = Mp3Decoder(RATE)
    pcm = decoder.decode(b"".join(speak_mp3(part, language) for part in parts)) + decoder.finish()
    return np.frombuffer(LeadTrimmer(RATE).trim(pcm), np.int16)


def is_speech(samples: NDArray[np.int16]) -> bool:
    """Voice is in it: some of it is loud."""
    return bool(np.abs(samples.astype(np.int32)).max(initial=0) > 3000)


async def test_text_becomes_one_utterance_of_real_audio_at_the_pipelines_rate(sandbox: Sandbox) -> None:
    down, up = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame(GREETING))

    kinds = [type(frame) for frame in down if isinstance(frame, (TTSStartedFrame, TTSStoppedFrame, TTSTextFrame))]
    assert kinds == [TTSStartedFrame, TTSTextFrame, TTSStoppedFrame]
    formats = {(frame.sample_rate, frame.num_channels) for frame in down if isinstance(frame, TTSAudioRawFrame)}
    assert formats == {(RATE, 1)}
    assert is_speech(audio_of(down))
    assert texts_of(down) == [GREETING]
    assert texts_asked(sandbox) == [GREETING]
    assert [frame for frame in up if isinstance(frame, ErrorFrame)] == []


async def test_longer_text_is_longer_audio(sandbox: Sandbox) -> None:
    short, _ = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame("One."))
    long, _ = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame("One, two, three, four, five, six, seven."))
    assert len(audio_of(long)) > 3 * len(audio_of(short))


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [(WORDS_101, "en", 2), (WORDS_250, "en", 3), ("x" * 101, "en", 2), (HINDI_250, "hi", 3)],
    ids=["101", "250", "one word of 101", "250 in Hindi"],
)
async def test_long_text_is_spoken_whole_and_in_order_though_its_first_part_is_slowest(
    sandbox: Sandbox, text: str, language: str, parts: int
) -> None:
    sandbox.fail("tts", "latency", seconds=0.3)
    down, _ = await say(GTTSService(base_url=sandbox.url, language=language), TTSSpeakFrame(text))

    split = gTTS(text, lang=language)._tokenize(text)
    assert len(split) == parts
    assert "".join(split).replace(" ", "") == text.replace(" ", "")
    assert set(texts_asked(sandbox)) == set(split)  # on a busy machine a part may be asked for again
    assert np.array_equal(audio_of(down), expected_audio(*split, language=language))
    assert texts_of(down) == [text]


@pytest.mark.parametrize(
    ("kind", "details"),
    [("status", {"status": 429}), ("status", {"status": 503}), ("close", {}), ("stall", {"seconds": 60})],
)
async def test_one_failure_is_tried_again_and_nobody_notices(
    sandbox: Sandbox, kind: str, details: dict[str, int]
) -> None:
    expected = expected_audio(GREETING)  # made once: the second try is not kept waiting for it
    sandbox.fail("tts", kind, **details)
    down, up = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame(GREETING))
    assert np.array_equal(audio_of(down), expected)
    assert failures_of(up) == []


@pytest.mark.parametrize(
    ("kind", "details", "reason", "category"),
    [
        ("status", {"status": 429}, "the voice service answered 429", ErrorCategory.RATE_LIMIT),
        ("status", {"status": 500}, "the voice service answered 500", ErrorCategory.SERVER),
        (
            "close",
            {},
            "the voice service could not be reached (RemoteProtocolError)",
            ErrorCategory.CONNECTIVITY,
        ),
        ("stall", {"seconds": 60}, "the voice service did not answer", ErrorCategory.CONNECTIVITY),
    ],
)
async def test_a_second_failure_leaves_the_text_to_be_read_and_the_next_one_is_spoken(
    sandbox: Sandbox, kind: str, details: dict[str, int], reason: str, category: ErrorCategory
) -> None:
    expected = expected_audio(QUESTION)
    sandbox.fail("tts", kind, count=2, **details)
    tts = GTTSService(base_url=sandbox.url)
    down, up = await say(tts, TTSSpeakFrame(GREETING), TTSSpeakFrame(QUESTION))
    assert failures_of(up) == [(f"Not spoken, only shown: {reason}.", category)]
    assert texts_of(down) == [GREETING, QUESTION]
    assert np.array_equal(audio_of(down), expected)
    assert tts.is_usable


async def test_a_status_that_will_not_change_is_not_tried_again(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "status", status=404)
    down, up = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame(GREETING))
    assert failures_of(up) == [
        ("Not spoken, only shown: the voice service answered 404.", ErrorCategory.SERVER),
    ]
    assert texts_asked(sandbox) == []
    assert texts_of(down) == [GREETING]


async def test_an_endpoint_that_keeps_failing_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "status", status=500, count=None)
    texts = [f"Sentence number {number}." for number in range(5)]
    down, up = await say(GTTSService(base_url=sandbox.url), *(TTSSpeakFrame(text) for text in texts))
    assert len(sandbox.log("tts")) == 4
    rest = "Not spoken, only shown: the voice service keeps failing and is given a rest."
    assert [error for error, _ in failures_of(up)][2:] == [rest] * 3
    assert texts_of(down) == texts


async def test_an_interruption_drops_what_is_under_way(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "latency", seconds=1, count=3)
    tts = GTTSService(base_url=sandbox.url)
    down, _ = await say(
        tts, TTSSpeakFrame(WORDS_250), SleepFrame(0.3), InterruptionFrame(), TTSSpeakFrame(QUESTION), SleepFrame(1.2)
    )
    assert np.array_equal(audio_of(down), expected_audio(QUESTION))
    assert texts_of(down) == [QUESTION]


async def test_text_without_words_is_silent_and_no_failure(sandbox: Sandbox) -> None:
    down, up = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame("…"), TTSSpeakFrame(GREETING))
    assert failures_of(up) == []
    assert texts_asked(sandbox) == [GREETING]
    assert np.array_equal(audio_of(down), expected_audio(GREETING))


async def test_time_to_first_byte_and_characters_are_measured(sandbox: Sandbox) -> None:
    down, _ = await say(GTTSService(base_url=sandbox.url), TTSSpeakFrame(GREETING), metrics=True)
    measured = [entry for frame in down if isinstance(frame, MetricsFrame) for entry in frame.data]
    assert [entry.value for entry in measured if isinstance(entry, TTSUsageMetricsData)] == [len(GREETING)]
    assert len([entry for entry in measured if isinstance(entry, TTFBMetricsData) and entry.value > 0]) == 1


async def test_prefetched_text_is_spoken_without_asking_again(sandbox: Sandbox, tmp_path: Path) -> None:
    first = GTTSService(base_url=sandbox.url, cache=SpeechCache(tmp_path))
    await first.prefetch([GREETING, QUESTION, GREETING])
    assert texts_asked(sandbox) == [GREETING, QUESTION]

    sandbox.fail("tts", "status", count=None)
    down, up = await say(first, TTSSpeakFrame(QUESTION))
    another_process = GTTSService(base_url=sandbox.url, cache=SpeechCache(tmp_path))
    again, _ = await say(another_process, TTSSpeakFrame(GREETING))
    assert np.array_equal(audio_of(down), expected_audio(QUESTION))
    assert np.array_equal(audio_of(again), expected_audio(GREETING))
    assert failures_of(up) == []
    assert texts_asked(sandbox) == [GREETING, QUESTION]


async def test_prefetched_audio_of_one_language_is_not_used_for_another(sandbox: Sandbox, tmp_path: Path) -> None:
    english = GTTSService(base_url=sandbox.url, cache=SpeechCache(tmp_path), language="en-GB")
    french = GTTSService(base_url=sandbox.url, cache=SpeechCache(tmp_path), language="fr")
    await english.prefetch(["Attention"])
    await french.prefetch(["Attention"])
    await english.cleanup()
    await french.cleanup()
    assert [(entry["text"], entry["language"]) for entry in sandbox.log("tts")] == [
        ("Attention", "en"),
        ("Attention", "fr"),
    ]


async def test_prefetching_goes_on_after_a_text_that_failed(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fail("tts", "status", status=500, count=2)  # both tries of the first text
    tts = GTTSService(base_url=sandbox.url, cache=SpeechCache(tmp_path), prefetch_pause=0.01)
    await tts.prefetch([GREETING, QUESTION])
    assert texts_asked(sandbox) == [QUESTION, GREETING]  # the one that failed is asked for once more
    sandbox.fail("tts", "status", count=None)
    down, up = await say(tts, TTSSpeakFrame(QUESTION))
    assert np.array_equal(audio_of(down), expected_audio(QUESTION))
    assert failures_of(up) == []


async def test_prefetching_outlives_a_service_that_is_away_for_a_while(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fail("tts", "status", status=404, count=4)
    breaker = Breaker(failures=100)
    tts = GTTSService(base_url=sandbox.url, cache=SpeechCache(tmp_path), prefetch_pause=0.01, breaker=breaker)
    await tts.prefetch([GREETING, QUESTION])
    assert sorted(texts_asked(sandbox)) == sorted([GREETING, QUESTION])
    await tts.cleanup()


async def test_bots_of_one_process_fetch_a_text_once(sandbox: Sandbox, tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    bots = [GTTSService(base_url=sandbox.url, cache=cache) for _ in range(3)]
    await asyncio.gather(*(bot.prefetch([GREETING, QUESTION]) for bot in bots))
    assert sorted(texts_asked(sandbox)) == sorted([GREETING, QUESTION])
    for bot in bots:
        await bot.cleanup()


async def test_where_no_other_voice_knows_the_language_azure_stands_in(sandbox: Sandbox) -> None:
    settings = ProviderSettings(sandbox_url=sandbox.url)
    job = BotJob(session_id=UUID(int=1), tenant="acme", plan=make_plan().model_copy(update={"language": "pt"}))
    sandbox.fail("tts", "status", status=404, count=None)
    tts = GTTSService(base_url=sandbox.url, language="pt", fallback=make_azure_speech_in_one(settings, job))
    down, up = await say(tts, TTSSpeakFrame("Bom dia."))
    assert [(entry["text"], entry["language"]) for entry in sandbox.log("azure-speech")] == [("Bom dia.", "pt")]
    assert len(audio_of(down)) > 0
    assert failures_of(up) == []


def test_a_language_google_does_not_speak_is_refused() -> None:
    with pytest.raises(ValueError, match="Google does not speak 'tlh'"):
        GTTSService(language="tlh")


# --- When Google fails and there is another voice ---------------------------------------------------------

FAULTS = [
    ("status", {"status": 429, "count": None}),
    ("status", {"status": 500, "count": None}),
    ("stall", {"seconds": 60, "count": None}),
    ("close", {"count": None}),
]


def with_aura(sandbox: Sandbox, *, patience: float = 30, breaker: Breaker | None = None) -> GTTSService:
    voice = AuraTTSService.Settings(voice="aura-2-helena-en")
    aura = AuraTTSService(api_key="any", base_url=f"{sandbox.url}/deepgram", settings=voice)
    return GTTSService(base_url=sandbox.url, fallback=aura, patience=patience, breaker=breaker)


def fallback_audio(*texts: str) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(speak_pcm(text, "en", RATE) for text in texts), np.int16)


@pytest.mark.parametrize(("kind", "details"), FAULTS, ids=["429", "500", "hang", "cut off"])
async def test_what_google_does_not_say_the_fallback_says(
    sandbox: Sandbox, kind: str, details: dict[str, int | None]
) -> None:
    sandbox.fail("tts", kind, **details)
    down, up = await say(with_aura(sandbox, patience=0.4), TTSSpeakFrame(GREETING))
    assert np.array_equal(audio_of(down), fallback_audio(GREETING))
    assert texts_of(down) == [GREETING]
    assert [frame for frame in up if isinstance(frame, ErrorFrame)] == []


async def test_the_fallback_does_not_wait_for_a_request_to_time_out(sandbox: Sandbox) -> None:
    """As it is set up for an interview, and with requests that would be waited for for a minute."""
    sandbox.fail("tts", "stall", seconds=60, count=None)
    tts = with_aura(sandbox)
    patient = GTTSService(base_url=sandbox.url, fallback=tts.fallback, timeout=60)
    async with asyncio.timeout(30):
        down, up = await say(patient, TTSSpeakFrame(GREETING))
    assert np.array_equal(audio_of(down), fallback_audio(GREETING))
    assert failures_of(up) == []


async def test_the_fallback_goes_on_where_google_stopped(sandbox: Sandbox) -> None:
    first, *rest = gTTS(WORDS_250, lang="en")._tokenize(WORDS_250)
    sandbox.fail("tts", "latency", seconds=0)
    sandbox.fail("tts", "status", status=404, count=2)
    down, up = await say(with_aura(sandbox), TTSSpeakFrame(WORDS_250))
    [said] = sandbox.log("aura")
    assert texts_asked(sandbox) == [first]
    assert said["text"] == " ".join(rest)
    spoken = audio_of(down)
    assert np.array_equal(spoken[-len(fallback_audio(said["text"])) :], fallback_audio(said["text"]))
    assert len(spoken) > len(fallback_audio(said["text"]))
    assert failures_of(up) == []


async def test_google_speaks_again_once_it_can(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "status", status=404)
    down, _ = await say(with_aura(sandbox), TTSSpeakFrame(GREETING), TTSSpeakFrame(QUESTION))
    assert np.array_equal(audio_of(down), np.concatenate([fallback_audio(GREETING), expected_audio(QUESTION)]))


async def test_an_endpoint_given_a_rest_costs_the_next_bot_no_wait(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "status", status=500, count=None)
    breaker = Breaker()
    await say(with_aura(sandbox, breaker=breaker), TTSSpeakFrame(GREETING), TTSSpeakFrame(QUESTION))
    asked = len(sandbox.log("tts"))
    down, _ = await say(with_aura(sandbox, breaker=breaker), TTSSpeakFrame(QUESTION))
    assert len(sandbox.log("tts")) == asked == 4
    assert np.array_equal(audio_of(down), fallback_audio(QUESTION))


async def test_when_the_fallback_fails_too_the_text_is_there_to_be_read(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "status", status=404)
    sandbox.fail("aura", "status", status=503)
    down, up = await say(with_aura(sandbox), TTSSpeakFrame(GREETING), TTSSpeakFrame(QUESTION))
    assert texts_of(down) == [GREETING, QUESTION]
    assert np.array_equal(audio_of(down), expected_audio(QUESTION))
    assert len([frame for frame in up if isinstance(frame, ErrorFrame) and "503" in frame.error]) == 1


async def test_an_interruption_stops_the_fallback_too(sandbox: Sandbox) -> None:
    sandbox.fail("tts", "status", status=404)
    sandbox.fail("aura", "latency", seconds=3)
    down, _ = await say(
        with_aura(sandbox),
        TTSSpeakFrame(GREETING),
        SleepFrame(1),
        InterruptionFrame(),
        TTSSpeakFrame(QUESTION),
        SleepFrame(3),
    )
    assert np.array_equal(audio_of(down), expected_audio(QUESTION))
    assert texts_of(down) == [QUESTION]


@pytest.fixture
def loop_steps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each step of this thread's event loops took, in seconds of its own processor time.

    As in the runner, no collection of garbage walks through what was there before.
    """
    steps: list[float] = []
    run = asyncio.events.Handle._run

    def measured(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        run(handle)
        steps.append(time.thread_time() - began)

    monkeypatch.setattr(asyncio.events.Handle, "_run", measured)
    gc.collect()
    gc.freeze()
    return steps


@pytest.mark.parametrize(("kind", "details"), FAULTS, ids=["429", "500", "hang", "cut off"])
async def test_a_failing_google_holds_up_no_other_bot_of_the_process(
    sandbox: Sandbox, loop_steps: list[float], kind: str, details: dict[str, int | None]
) -> None:
    await say(with_aura(sandbox), TTSSpeakFrame(GREETING))  # what is loaded once a process
    sandbox.fail("tts", kind, **details)
    tts = with_aura(sandbox, patience=0.4)
    loop_steps.clear()
    await say(tts, TTSSpeakFrame(WORDS_250), TTSSpeakFrame(HINDI_250))
    assert len(loop_steps) > 50
    assert [step for step in loop_steps if step > 0.02] == []


# --- What is read out -------------------------------------------------------------------------------------


async def test_what_only_makes_sense_on_paper_is_shown_and_not_read_out(sandbox: Sandbox, tmp_path: Path) -> None:
    written, said = "**Great** 🎉 — see https://example.com/jobs?id=7 !", "Great — see example.com!"
    tts = GTTSService(base_url=sandbox.url, cache=SpeechCache(tmp_path))
    await tts.prefetch([written])
    assert texts_asked(sandbox) == [said]
    down, _ = await say(tts, TTSSpeakFrame(written))
    assert np.array_equal(audio_of(down), expected_audio(said))
    assert texts_of(down) == [written]
    assert texts_asked(sandbox) == [said]
