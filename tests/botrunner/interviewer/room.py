"""A running interviewer: a fake stage stands where the pipeline, the model and Django are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botrunner.clock import Pacing
from botrunner.contract import (
    AnswerAccepted,
    Contract,
    InterviewPlan,
    Modality,
    PlannedQuestion,
    PriorTurn,
    Role,
    SummaryReady,
    TurnAdded,
)
from botrunner.interviewer import Interviewer
from botrunner.progress import Progress

NEVER = 1000.0
LONG_ANSWER = "I look after the databases of a bank, and have done so for nine years."
PACING = Pacing(tick=0.005, settle=0.03, decision=NEVER, unheard=NEVER, answer_ack=0.05, goodbye=0.5, grace=0.05)


class Stage:
    """Speaks at once unless `mumbles`: then `heard` words are heard of a text that is cut off.

    Lets the model decide by `decide` (None: it never answers).
    """

    def __init__(self) -> None:
        self.interviewer: Interviewer
        self.did: list[str] = []
        self.events: list[Contract] = []
        self.decide: Callable[[], Any] | None = None
        self.mumbles = False
        self.acknowledges = True
        self.held_words = ""
        self.heard = 0
        self.words_started_at: datetime | None = None
        self.left = asyncio.Event()

    async def prepare(self) -> None:
        pass

    async def say(self, *texts: str) -> None:
        self.did += [f"say: {text}" for text in texts]
        if not self.mumbles:
            for text in texts:
                self.interviewer.note_bot_turn(
                    text, modality=Modality.VOICE, interrupted=False, started_at=datetime.now(UTC)
                )

    def heard_of(self, text: str) -> str:
        return " ".join(text.split()[: self.heard])

    async def emit(self, event: Contract) -> int | None:
        self.events.append(event)
        self.did.append(event.type)  # type: ignore[attr-defined]
        return len(self.events)

    async def wait_acked(self, seq: int, within: float) -> bool:
        self.did.append("wait for the relay")
        if not self.acknowledges:
            await asyncio.sleep(within)
        return self.acknowledges

    async def put_question(self, question: PlannedQuestion, prompt: str) -> None:
        await self.interviewer.say_prompt(prompt)

    async def put_closing(self) -> None:
        self.did.append("closing")

    async def ask_model(self, progress: Progress) -> None:
        self.did.append("ask the model")
        if self.decide:
            await self.decide()

    async def end_turn(self) -> None:
        words, self.held_words = self.held_words, ""
        if words:
            began = self.words_started_at or datetime.now(UTC)
            self.interviewer.note_words(words, modality=Modality.VOICE, started_at=began)

    async def summarise(self, transcript: list[PriorTurn]) -> SummaryReady:
        self.summed_up = transcript
        return SummaryReady(text="A summary.", spoken="In a word.", points=[])

    async def leave(self) -> None:
        self.did.append("leave")
        self.left.set()


class Room:
    """A running interviewer, and what a candidate can do to it."""

    def __init__(self, plan: InterviewPlan, pacing: Pacing) -> None:
        self.stage = Stage()
        self.interviewer = Interviewer(plan, stage=self.stage, pacing=pacing)
        self.stage.interviewer = self.interviewer
        self.task = asyncio.create_task(self.interviewer.run())
        self.ticking = asyncio.create_task(self._tick(pacing.tick))

    async def _tick(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.interviewer.note_tick()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(25):
            while not condition():  # noqa: ASYNC110 - what is waited for is not an event
                await asyncio.sleep(0.002)

    async def until_did(self, *steps: str) -> None:
        await self.until(lambda: all(step in self.stage.did for step in steps))

    async def begin(self) -> None:
        self.interviewer.note_client_ready()
        await self.until(lambda: self.interviewer.progress.current is not None)

    async def say(self, text: str, *, modality: Modality = Modality.VOICE) -> None:
        if modality is Modality.VOICE:
            self.interviewer.note_candidate_started()
            self.interviewer.note_candidate_stopped()
        self.interviewer.note_words(text, modality=modality, started_at=datetime.now(UTC))
        await asyncio.sleep(0.01)

    async def cut_in(self, text: str) -> None:
        """Speaks over what the bot has begun to say."""
        self.interviewer.note_bot_started()
        self.interviewer.note_voice()
        self.interviewer.note_interruption()
        await self.say(text)

    def hear_out(self, text: str) -> None:
        """What the bot said was heard to its end."""
        self.interviewer.note_bot_turn(text, modality=Modality.VOICE, interrupted=False, started_at=datetime.now(UTC))

    def least_silence(self) -> float:
        """What a finished sentence is left."""
        return self.interviewer._floor.patience.silence_after("I run databases.")

    def of(self, kind: type[Contract]) -> list[Any]:
        return [event for event in self.stage.events if isinstance(event, kind)]

    def said(self) -> list[str]:
        """What the candidate said, turn by turn."""
        return [turn.text for turn in self.of(TurnAdded) if turn.role is Role.CANDIDATE]

    def answers(self) -> list[tuple[int, str, str]]:
        return [(answer.question_id.int, answer.text, answer.reason) for answer in self.of(AnswerAccepted)]
