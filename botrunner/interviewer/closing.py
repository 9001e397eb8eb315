"""The end: goodbye, the summary, and leaving."""

from __future__ import annotations

import asyncio

from loguru import logger

from botrunner.contract import GOES_ON, CompletionReason, InterviewCompleted, InterviewTroubled, TimeSpent
from botrunner.interviewer.floor import Floor, Phase


class Closing:
    def __init__(self, floor: Floor) -> None:
        self.over = asyncio.Event()
        self._floor = floor
        self._reason: CompletionReason | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, reason: CompletionReason) -> None:
        if self._floor.phase in (Phase.CLOSING, Phase.OVER):
            return
        spent = self._floor.read_clocks() if reason in GOES_ON else None
        self._reason = reason
        self._floor.phase = Phase.CLOSING
        self._floor.clock.end_question()
        self._task = asyncio.create_task(self._close(reason, spent), name="closing")

    async def break_off(self) -> None:
        """The candidate was lost in mid-interview: what was said is kept, and nothing more is to be said."""
        if self._floor.phase is Phase.ASKING:
            self.begin(CompletionReason.CONNECTION_LOST)

    async def _close(self, reason: CompletionReason, spent: TimeSpent | None) -> None:
        """Say goodbye, sum up, and leave. Beside the inbox, so that turns are still recorded meanwhile."""
        floor = self._floor
        try:
            # Each attempt at a summary has a limit of its own; this one is for whatever else may hang.
            async with asyncio.timeout(2 * (floor.pacing.goodbye + floor.pacing.summary)):
                if spent:
                    await floor.stage.emit(spent)
                await floor.stage.end_turn()
                await floor.catch_up()
                await self._say_last_words(reason)
                async with asyncio.timeout(floor.pacing.goodbye):
                    await floor.utterances.all_spoken.wait()
        except TimeoutError:
            logger.warning("interviewer: the last words were not spoken in time")
        finally:
            floor.post(self._finish, reason)

    async def _say_last_words(self, reason: CompletionReason) -> None:
        floor = self._floor
        match reason:
            case CompletionReason.LEFT:
                await floor.speak(floor.phrases.goodbye)
            case CompletionReason.FAILED:
                await floor.stage.emit(InterviewTroubled(text=floor.phrases.broken))
                await floor.speak(floor.phrases.broken)
            case CompletionReason.CONNECTION_LOST:
                await asyncio.sleep(floor.pacing.settle)  # for words still on their way
            case _:
                await self._say_farewell(reason)

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
        """Record what was said meanwhile, and complete the interview after it."""
        await self._floor.stage.end_turn()
        self._floor.post(self._complete, reason)

    async def _complete(self, reason: CompletionReason) -> None:
        try:
            await self._floor.stage.emit(InterviewCompleted(reason=reason))
        finally:
            self.leave()

    def leave(self) -> None:
        """Nothing is to be done any more."""
        self._floor.phase = Phase.OVER
        self.over.set()

    async def depart(self) -> None:
        """Once it is over."""
        if self._reason is not CompletionReason.CONNECTION_LOST:  # then the session is leaving already
            await self._floor.stage.leave()

    async def hasten(self) -> None:
        """A step of the end has failed: complete the interview without it."""
        if self._reason and self._task and self._task.done() and self._floor.phase is Phase.CLOSING:
            await self._complete(self._reason)
