"""The end: goodbye, the summary, and leaving."""

from __future__ import annotations

import asyncio

from loguru import logger

from botrunner.contract import CompletionReason, InterviewCompleted
from botrunner.interviewer.floor import Floor, Phase


class Closing:
    def __init__(self, floor: Floor) -> None:
        self.over = asyncio.Event()
        self._floor = floor
        self._task: asyncio.Task[None] | None = None

    def begin(self, reason: CompletionReason) -> None:
        if self._floor.phase in (Phase.CLOSING, Phase.OVER):
            return
        self._floor.phase = Phase.CLOSING
        self._floor.clock.end_question()
        self._task = asyncio.create_task(self._close(reason), name="closing")

    async def _close(self, reason: CompletionReason) -> None:
        """Say goodbye, sum up, and leave. Beside the inbox, so that turns are still recorded meanwhile."""
        floor = self._floor
        try:
            if reason is CompletionReason.LEFT:
                await floor.speak(floor.phrases.goodbye)
            else:
                await self._say_farewell(reason)
            async with asyncio.timeout(floor.pacing.goodbye):
                await floor.utterances.all_spoken.wait()
        except TimeoutError:
            logger.warning("interviewer: the last words were not spoken in time")
        finally:
            floor.post(self._finish, reason)

    async def _say_farewell(self, reason: CompletionReason) -> None:
        floor = self._floor
        if floor.progress.turns and (answer := floor.progress.accept("done")):
            await floor.stage.emit(answer)
        await floor.stage.put_closing()
        await floor.speak(
            {
                CompletionReason.TIME_LIMIT: floor.phrases.interview_time_over,
                CompletionReason.STAFF: floor.phrases.ended_by_staff,
            }.get(reason, floor.phrases.closing)
        )
        summary = await floor.stage.summarise(floor.progress.transcript)
        await floor.stage.emit(summary)
        await floor.speak(summary.spoken, floor.plan.outro)

    async def _finish(self, reason: CompletionReason) -> None:
        await self._floor.stage.emit(InterviewCompleted(reason=reason))
        self._floor.phase = Phase.OVER
        self.over.set()
        await self._floor.stage.leave()
