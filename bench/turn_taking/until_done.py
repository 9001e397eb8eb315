"""An interview in which the bot waits until the candidate presses that they are done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from bench.turn_taking.ways import PACING
from botrunner.contract import (
    AnswerAccepted,
    ClientMessageType,
    Contract,
    Modality,
    PlannedQuestion,
    PriorTurn,
    SummaryReady,
)
from botrunner.default_plan import default_plan
from botrunner.interviewer import Interviewer
from botrunner.progress import Progress


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
