"""What the interviewer's parts share: the state of the conversation, and the bot's turns in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Protocol

from botrunner.clock import InterviewClock, Pacing
from botrunner.contract import (
    Contract,
    InterviewPlan,
    Modality,
    PlannedQuestion,
    PriorTurn,
    Role,
    SummaryReady,
    TurnAdded,
)
from botrunner.phrases import phrases_for
from botrunner.progress import Progress, SpokenTurn
from botrunner.utterances import Utterances

Step = tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]


class Stage(Protocol):
    """What the interviewer needs done. `emit` returns the event's number on the relay, None without one."""

    async def prepare(self) -> None: ...
    async def say(self, *texts: str) -> None: ...
    async def emit(self, event: Contract) -> int | None: ...
    async def wait_acked(self, seq: int, within: float) -> bool: ...
    async def put_question(self, question: PlannedQuestion) -> None: ...
    async def put_closing(self) -> None: ...
    async def ask_model(self, progress: Progress) -> None: ...
    async def end_turn(self) -> None: ...
    async def summarise(self, transcript: list[PriorTurn]) -> SummaryReady: ...
    async def leave(self) -> None: ...


class Phase(Enum):
    WAITING = auto()
    ASKING = auto()
    CLOSING = auto()
    OVER = auto()


class Floor:
    """Steps that change the plan wait in `inbox` and are taken one at a time, in order.

    `undecided` says that an answer waits for a decision that an interruption has dropped.
    """

    def __init__(self, plan: InterviewPlan, *, stage: Stage, pacing: Pacing) -> None:
        self.plan = plan
        self.stage = stage
        self.pacing = pacing
        self.phase = Phase.WAITING
        self.phrases = phrases_for(plan.language)
        self.progress = Progress(plan)
        self.utterances = Utterances()
        self.clock = InterviewClock(
            pacing=pacing,
            total_limit=plan.total_limit,
            elapsed=plan.checkpoint.elapsed if plan.checkpoint else 0,
        )
        self.inbox: asyncio.Queue[Step] = asyncio.Queue()
        self.client_gone = False
        self.undecided = False
        self.candidate_stopped_at = 0.0

    def post(self, handle: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
        self.inbox.put_nowait((handle, arguments))

    async def speak(self, *texts: str) -> None:
        if self.client_gone:
            return
        self.utterances.add(*texts)
        await self.stage.say(*texts)

    async def say_prompt(self, text: str) -> None:
        """Speak the question or follow-up that is now to be answered."""
        self.undecided = False
        self.utterances.ask(text)
        await self.speak(text)

    async def ask_again(self) -> None:
        await self.say_prompt(self.progress.prompt)

    def mark_heard(self) -> None:
        """What was asked counts as heard."""
        self.utterances.mark_heard()
        self.clock.mark_heard()

    async def record_bot_turn(self, text: str, modality: Modality, interrupted: bool, started_at: datetime) -> None:
        turn = SpokenTurn(text, modality, started_at, datetime.now(UTC))
        await self._record(Role.BOT, turn, interrupted=interrupted)

    async def record_candidate_turn(self, turn: SpokenTurn) -> None:
        await self._record(Role.CANDIDATE, turn)

    async def _record(self, role: Role, turn: SpokenTurn, *, interrupted: bool = False) -> None:
        self.progress.record(role, turn.text)
        await self.stage.emit(
            TurnAdded(
                role=role,
                text=turn.text,
                modality=turn.modality,
                question_id=self.progress.current.id if self.progress.current else None,
                interrupted=interrupted,
                started_at=turn.started_at,
                ended_at=turn.ended_at,
            )
        )
