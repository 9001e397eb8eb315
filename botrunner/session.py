"""A bot's life around its pipeline: it waits for its client, and leaves when there is nothing left to do.

No bot outlives its client, its interview or Django's wish for long, whatever its pipeline is stuck in.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from loguru import logger
from pipecat.frames.frames import EndFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner

from botrunner.clock import Pacing
from botrunner.contract import RelayCommand
from botrunner.interview import InterviewProcessor
from botrunner.interviewer import Phase
from botrunner.relay import RelayClient


class Connection(Protocol):
    """A SmallWebRTC connection, which knows when the client last showed a sign of life."""

    def is_connected(self) -> bool: ...


class BotSession:
    """Runs one bot from start to end. Everything that makes it leave goes through `_leave`, once."""

    def __init__(self, *, pacing: Pacing, connection: Connection | None = None) -> None:
        self._pacing = pacing
        self._connection = connection
        self._client_connected = asyncio.Event()
        self._client_ready = asyncio.Event()
        self._leaving = asyncio.Event()
        self._worker: PipelineWorker
        self._runner: WorkerRunner
        self._interview: InterviewProcessor
        self._relay: RelayClient | None = None

    # --- What happens ---------------------------------------------------------------------------------

    def note_client_connected(self) -> None:
        self._client_connected.set()

    def note_client_ready(self) -> None:
        self._client_connected.set()
        self._client_ready.set()

    async def note_client_gone(self, why: str) -> None:
        """The client is gone: let the interview come to its end, flush the relay, and leave."""
        if self._leaving.is_set():
            return
        logger.info(f"bot: client gone ({why})")
        interviewer = self._interview.interviewer
        interviewer.note_client_gone()
        try:
            async with asyncio.timeout(self._pacing.leave):
                if interviewer.phase is not Phase.WAITING:
                    await interviewer.over.wait()
                if self._relay:
                    await self._relay.drain(self._pacing.leave)
        except TimeoutError:
            logger.warning("bot: leaving although the relay has not acknowledged everything")
        self._leaving.set()

    async def obey(self, command: RelayCommand) -> None:
        await self._interview.interviewer.note_command(command)

    def abandon(self, code: int) -> None:
        """Django has refused this bot: leave at once."""
        logger.warning(f"bot: refused by the relay ({code})")
        self._leaving.set()

    async def end_gracefully(self) -> None:
        """The interview is over: once Django has everything, let the last words out and end the pipeline."""
        if self._relay and not await self._relay.drain(self._pacing.drain):
            logger.warning("bot: the relay has not acknowledged everything in time")
        await self._worker.queue_frame(EndFrame())

    # --- Its life -------------------------------------------------------------------------------------

    async def run(
        self,
        worker: PipelineWorker,
        *,
        interview: InterviewProcessor,
        relay: RelayClient | None,
        tts: TTSService,
        handle_sigint: bool,
    ) -> None:
        self._worker, self._interview, self._relay = worker, interview, relay
        self._runner = WorkerRunner(handle_sigint=handle_sigint)
        await self._runner.add_workers(worker)
        if relay:
            relay.start()
        pipeline = asyncio.create_task(self._runner.run(), name="pipeline")
        companions = [
            asyncio.create_task(work, name=name)
            for name, work in {
                "interview": self._conduct(),
                "reception": self._receive_client(),
                "watch": self._watch_client(),
                "supervision": self._supervise(),
                "prefetch": self._prefetch(tts),
            }.items()
        ]
        leaving = asyncio.create_task(self._leaving.wait(), name="leaving")
        try:
            await asyncio.wait([pipeline, leaving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (leaving, *companions):
                task.cancel()
            await self._stop_pipeline(pipeline)
            await asyncio.gather(leaving, *companions, return_exceptions=True)
            if relay:
                await self._drain_late(relay)
                await relay.close()
            logger.info("bot: left")

    async def _conduct(self) -> None:
        try:
            await self._interview.conduct()
        except Exception:
            logger.exception("bot: the interview broke")
            self._leaving.set()

    async def _receive_client(self) -> None:
        """Begin when the client is ready; leave when none shows up."""
        try:
            async with asyncio.timeout(self._pacing.client_wait):
                await self._client_connected.wait()
        except TimeoutError:
            await self.note_client_gone("never came")
            return
        try:
            async with asyncio.timeout(self._pacing.client_ready):
                await self._client_ready.wait()
        except TimeoutError:
            logger.info("bot: the client does not say that it is ready, beginning anyway")
        self._interview.interviewer.note_client_ready()

    async def _watch_client(self) -> None:
        """Notice a client that vanished without a word: SmallWebRTC itself takes half a minute."""
        if self._connection is None:
            return
        await self._client_connected.wait()
        unseen = 0.0
        while unseen < self._pacing.client_lost:
            await asyncio.sleep(1)
            seen = self._connection.is_connected()
            self._interview.interviewer.note_client_seen(seen)
            unseen = 0.0 if seen else unseen + 1
        await self.note_client_gone("no sign of life")

    async def _supervise(self) -> None:
        """End a bot whose interview should be over by now, whatever it is waiting for."""
        overrun = 0.0
        while overrun < self._pacing.overrun:
            wait = min(1.0, self._pacing.overrun)
            await asyncio.sleep(wait)
            overrun = overrun + wait if self._interview.interviewer.out_of_time else 0.0
        logger.error("bot: the interview does not come to its end, leaving")
        self._leaving.set()

    async def _prefetch(self, tts: TTSService) -> None:
        prefetch: Any = getattr(tts, "prefetch", None)
        if prefetch is not None:
            await prefetch(self._interview.interviewer.fixed_texts)

    async def _drain_late(self, relay: RelayClient) -> None:
        """Nobody waits any more: give a Django that is away the time to come back for the interview's end."""
        task = asyncio.current_task()
        stopping = task is not None and task.cancelling() > 0
        if not await relay.drain(self._pacing.settle if stopping else self._pacing.drain_late):
            logger.error("bot: leaving although the relay has not acknowledged everything")

    async def _stop_pipeline(self, pipeline: asyncio.Task[None]) -> None:
        """Cancel the pipeline; one that ignores it is cancelled as a task, and then left behind."""
        if pipeline.done():
            return
        for how, stop in (("politely", self._runner.cancel), ("as a task", None)):
            if stop is not None:
                asking = asyncio.create_task(stop())
            else:
                pipeline.cancel()
            done, _ = await asyncio.wait([pipeline], timeout=self._pacing.leave / 2)
            if stop is not None:
                asking.cancel()
            if done:
                return
            logger.error(f"bot: the pipeline could not be stopped {how}")
