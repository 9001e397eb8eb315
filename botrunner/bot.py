"""The bot: one interview in one pipeline.

Run it as `python -m botrunner.bot -t webrtc`: the official Pipecat runner serves `/start` and its own client
page, and calls `bot()` for each session. Pipecat Cloud calls the same `bot()`. The body of `/start` is a
`BotJob`; without one a general interview is held, so the bot can be tried alone.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from contextlib import nullcontext

# Before numpy and onnxruntime are imported: bots share a machine, and threads of one stall the others.
os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", **os.environ})

from loguru import logger
from pipecat.evals.transport import EvalTransportParams
from pipecat.frames.frames import (
    BotSpeakingFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    UserSpeakingFrame,
)
from pipecat.observers.user_bot_latency_observer import UserBotLatencyObserver
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.filters.function_filter import FunctionFilter
from pipecat.processors.frameworks.rtvi import RTVIObserverParams
from pipecat.processors.frameworks.rtvi.frames import RTVIClientMessageFrame, RTVISendTextFrame
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.transports.base_transport import BaseTransport, TransportParams
from pipecat.transports.daily.transport import DailyParams
from pydantic import ValidationError

from botrunner.clock import Pacing
from botrunner.contract import BotJob
from botrunner.default_plan import default_job
from botrunner.hearing import HearingWatch
from botrunner.interview import InterviewProcessor
from botrunner.jitter import hear_at_once
from botrunner.patience import Patience
from botrunner.playback import Playback
from botrunner.recording import Recorder
from botrunner.relay import RelayClient
from botrunner.rtvi import RelayedRTVI
from botrunner.services import (
    ProviderNotConfigured,
    ProviderSettings,
    create_llm,
    create_stt,
    create_tts,
    ends_sentences,
)
from botrunner.session import BotSession
from botrunner.timer import TimerProcessor
from botrunner.turns import choose_turn_taking
from botrunner.voice import Voice
from botrunner.voice_detection import PromptVADAnalyzer

#: Hz, Opus's own: at any other rate aiortc's resampler holds back 10 ms of what the bot says.
AUDIO_OUT_RATE = 48_000

transport_params = {
    "daily": lambda: DailyParams(audio_in_enabled=True, audio_out_enabled=True),
    # What lies on the track when the candidate speaks up is still heard: 20 ms of it instead of 40.
    "webrtc": lambda: TransportParams(audio_in_enabled=True, audio_out_enabled=True, audio_out_10ms_chunks=2),
    "eval": lambda: EvalTransportParams(audio_in_enabled=True, audio_out_enabled=True),
}


#: A candidate who only presses buttons, or types for long, is there too.
SIGNS_OF_LIFE = (BotSpeakingFrame, UserSpeakingFrame, TranscriptionFrame, RTVISendTextFrame, RTVIClientMessageFrame)


class MalformedJob(ValueError):
    """The body of `/start` is not a BotJob; the message says what is wrong with it."""


def read_job(body: object) -> BotJob:
    """The job in a runner's body; a general interview when there is none. Raises MalformedJob."""
    if not body:
        return default_job()
    try:
        return BotJob.model_validate(body)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors())
        raise MalformedJob(f"The session's body is not a BotJob: {problems}") from None


def drop_candidate_audio() -> FunctionFilter:
    """Ends the way of the candidate's sound, once heard: nobody further on needs its 50 frames a second."""

    async def is_kept(frame: Frame) -> bool:
        return not isinstance(frame, InputAudioRawFrame)

    return FunctionFilter(is_kept, filter_system_frames=True, enable_direct_mode=True)


async def bot(runner_args: RunnerArguments) -> None:
    """Entry point of the runner and of Pipecat Cloud: hold one interview."""
    try:
        job = read_job(runner_args.body)
        if connection := getattr(runner_args, "webrtc_connection", None):
            hear_at_once(connection)
        transport = await create_transport(runner_args, transport_params)
        await run_bot(transport, job, runner_args)
    except (MalformedJob, ProviderNotConfigured) as error:
        logger.error(f"bot: not started. {error}")
        if connection := getattr(runner_args, "webrtc_connection", None):
            await connection.disconnect()
        raise


async def run_bot(
    transport: BaseTransport,
    job: BotJob,
    runner_args: RunnerArguments,
    *,
    pacing: Pacing | None = None,
    settings: ProviderSettings | None = None,
) -> None:
    """Hold the job's interview over the transport; returns when the bot has left.

    Where `pacing` or `settings` is not given, the environment says.
    """
    logger.info(f"bot: session {job.session_id} of {job.tenant}")
    pacing = pacing or Pacing.from_env()
    settings = settings or ProviderSettings.from_env()
    session = BotSession(pacing=pacing, connection=getattr(runner_args, "webrtc_connection", None))
    relay = (
        RelayClient(job.relay, on_command=session.obey, on_refused=session.abandon) if job.relay is not None else None
    )
    recorder = Recorder(job.recording, instance=relay.instance) if job.recording and relay else None

    # A model and trusted certificates are loaded: in this thread all other bots would wait for it.
    vad, stt, llm = await asyncio.gather(
        asyncio.to_thread(PromptVADAnalyzer),
        asyncio.to_thread(create_stt, settings, job),
        asyncio.to_thread(create_llm, settings, job),
    )
    tts = create_tts(settings, job)
    voice, playback = Voice(), Playback()
    patience = Patience(
        pacing, language=job.plan.language, punctuated=ends_sentences(stt), checkpoint=job.plan.checkpoint
    )
    interview = InterviewProcessor(
        job.plan,
        stt=stt,
        llm=llm,
        tts=tts,
        voice=voice,
        playback=playback,
        pacing=pacing,
        patience=patience,
        relay=relay,
        leave=session.end_gracefully,
    )
    aggregators = LLMContextAggregatorPair(
        LLMContext(),
        user_params=LLMUserAggregatorParams(
            vad_analyzer=vad,
            user_turn_strategies=await choose_turn_taking(stt, vad=vad, pacing=pacing, patience=patience),
            user_turn_stop_timeout=pacing.unfinished_pause + 2,  # or it would cut a thinking pause short
            empty_user_turn=None,  # a cough gets no reply
        ),
    )

    pipeline = Pipeline(
        [
            transport.input(),
            stt,
            HearingWatch(stt),  # notices speech that nobody transcribes
            aggregators.user(),
            *([] if recorder else [drop_candidate_audio()]),
            TimerProcessor(interview.interviewer, tick=pacing.tick),  # keeps the time limits
            interview,  # keeps the plan: holds the model back, or lets it decide on a follow-up
            llm,
            voice,  # speaks the plan's words, drops the model's
            tts,
            playback.before(),
            transport.output(),
            playback.after(),  # knows how much of a sentence was heard when it is cut off
            *([recorder.buffer] if recorder else []),  # hears both sides where the candidate agreed to it
            aggregators.assistant(),
        ]
    )

    latency = UserBotLatencyObserver()
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(audio_out_sample_rate=AUDIO_OUT_RATE, enable_metrics=True, enable_usage_metrics=True),
        observers=[latency],
        # Somebody may think or type for as long as a question allows.
        idle_timeout_secs=(runner_args.pipeline_idle_timeout_secs or 0)
        + max(question.time_limit for question in job.plan.questions),
        idle_timeout_frames=SIGNS_OF_LIFE,
        rtvi_processor=RelayedRTVI(tap=relay.send if relay else lambda message: None, voice=voice),
        # What the model is shown is not for the candidate's eyes.
        rtvi_observer_params=RTVIObserverParams(user_llm_enabled=False),
    )
    interview.attach(worker, aggregators=aggregators, latency=latency)

    @worker.event_handler("on_pipeline_error")
    async def on_pipeline_error(worker: PipelineWorker, error: ErrorFrame) -> None:
        interview.note_error(error)

    @worker.rtvi.event_handler("on_client_ready")
    async def on_client_ready(rtvi: object) -> None:
        session.note_client_ready()

    @transport.event_handler("on_client_connected")
    async def on_client_connected(transport: BaseTransport, client: object) -> None:
        session.note_client_connected()

    @transport.event_handler("on_client_disconnected")
    async def on_client_disconnected(transport: BaseTransport, client: object) -> None:
        await session.note_client_gone("disconnected")

    async with recorder or nullcontext():
        await session.run(worker, interview=interview, relay=relay, tts=tts, handle_sigint=runner_args.handle_sigint)


def set_log_level() -> None:
    """`LOG_LEVEL`, else INFO: at DEBUG, the runner's own, is written down what is said and what the model is told."""
    logger.remove()
    logger.add(sys.stderr, level=os.environ.get("LOG_LEVEL", "INFO").upper())


if __name__ == "__main__":
    from pipecat.runner.run import app, main

    app.router.on_startup.append(set_log_level)  # once main() has set its own
    # What is imported stays. A full collection of garbage that walked through it would stop every bot's sound.
    gc.collect()
    gc.freeze()
    main()
