"""What the interviewer's parts share: the state of the conversation, and the bot's turns in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Protocol
from uuid import UUID

from botrunner.clock import InterviewClock, Pacing
from botrunner.contract import (
    Contract,
    InterviewPlan,
    Modality,
    PlannedQuestion,
    PriorTurn,
    Role,
    SummaryReady,
    TimeSpent,
    TurnAdded,
)
from botrunner.patience import Patience
from botrunner.phrases import phrases_for
from botrunner.progress import Progress, SpokenTurn
from botrunner.utterances import Utterances

Step = tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]


class Stage(Protocol):
    """What the interviewer needs done.

    `emit` returns the event's number on the relay, None without one. `put_question` speaks `prompt`, the question or
    its open follow-up. `end_turn` returns once the words heard so far were noted. `heard_of` is what has been heard of
    the text being spoken.
    """

    async def prepare(self) -> None: ...
    async def say(self, *texts: str) -> None: ...
    def heard_of(self, text: str) -> str: ...
    async def emit(self, event: Contract) -> int | None: ...
    async def wait_acked(self, seq: int, within: float) -> bool: ...
    async def put_question(self, question: PlannedQuestion, prompt: str) -> None: ...
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

    `undecided` says that an answer waits for a decision that an interruption has dropped. With `until_done` the
    candidate says when an answer is over, and `unfinished` that its words wait for that. `voiced_at` is when the
    candidate's voice was last heard to begin, `moved_on_at` when the interview last went on to something else,
    `reported` the interview time used when Django was last told.
    """

    def __init__(self, plan: InterviewPlan, *, stage: Stage, pacing: Pacing, patience: Patience) -> None:
        self.plan = plan
        self.stage = stage
        self.pacing = pacing
        self.patience = patience
        self.phase = Phase.WAITING
        self.phrases = phrases_for(plan.language)
        self.progress = Progress(plan)
        patience.words_missing = lambda: self.progress.words_missing
        patience.on_learnt = lambda learnt: self.post(stage.emit, learnt)
        self.utterances = Utterances()
        self.clock = InterviewClock(
            pacing=pacing,
            total_limit=plan.total_limit,
            elapsed=plan.checkpoint.elapsed if plan.checkpoint else 0,
        )
        self.inbox: asyncio.Queue[Step] = asyncio.Queue()
        self.client_gone = False
        self.undecided = False
        self.until_done = False
        self.unfinished = False
        self.candidate_stopped_at = 0.0
        self.voiced_at = 0.0
        self.moved_on_at = 0.0
        self.reported = self.clock.elapsed

    def post(self, handle: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
        self.inbox.put_nowait((handle, arguments))

    async def catch_up(self) -> None:
        """Wait until all that has happened so far was dealt with. Not for a step, which is one of those things."""
        caught_up = asyncio.Event()

        async def mark() -> None:
            caught_up.set()

        self.post(mark)
        await caught_up.wait()

    async def speak(self, *texts: str) -> None:
        if self.client_gone:
            return
        self.utterances.add(*texts)
        await self.stage.say(*texts)

    async def say_prompt(self, text: str) -> None:
        """Speak the question or follow-up that is now to be answered."""
        self.undecided = False
        if self.utterances.owed:
            await self.disclose()
        self.utterances.ask(text)
        await self.speak(text)

    async def disclose(self) -> None:
        """Say again that an AI is speaking, unless that is being said, or no speech is ever seen to end."""
        utterances = self.utterances
        if not utterances.owed_waiting:
            await self.speak(utterances.owed)
        elif time.monotonic() - utterances.owed_at > self.pacing.unheard:
            utterances.owe("")

    async def ask_again(self) -> None:
        await self.say_prompt(self.progress.prompt)

    def read_clocks(self) -> TimeSpent | None:
        """How the clocks stand; None while no question is open."""
        if self.question_id is None or not self.progress.awaiting_answer:
            return None
        return TimeSpent(
            elapsed=round(self.clock.elapsed, 1),
            interview_left=round(self.clock.interview_left, 1),
            question_id=self.question_id,
            question_left=round(self.clock.question_left, 1),
        )

    async def report_time(self) -> None:
        """Tell how the clocks stand, so that an interview that breaks off goes on with what is left."""
        if spent := self.read_clocks():
            self.reported = spent.elapsed
            await self.stage.emit(spent)

    @property
    def question_id(self) -> UUID | None:
        return self.progress.current.id if self.progress.current else None

    def move_on(self) -> None:
        """Something else is being talked about from now on."""
        self.moved_on_at = time.monotonic()

    def mark_heard(self) -> None:
        """What was asked counts as heard."""
        self.utterances.mark_heard()
        self.clock.mark_heard()

    async def record_bot_turn(self, text: str, modality: Modality, interrupted: bool, started_at: datetime) -> None:
        turn = SpokenTurn(text, modality, started_at, datetime.now(UTC))
        await self._record(Role.BOT, turn, question_id=self.question_id, interrupted=interrupted)

    async def record_candidate_turn(self, turn: SpokenTurn, *, question_id: UUID | None) -> None:
        await self._record(Role.CANDIDATE, turn, question_id=question_id)

    async def _record(
        self, role: Role, turn: SpokenTurn, *, question_id: UUID | None, interrupted: bool = False
    ) -> None:
        self.progress.record(role, turn.text, question_id=question_id)
        await self.stage.emit(
            TurnAdded(
                role=role,
                text=turn.text,
                modality=turn.modality,
                question_id=question_id,
                interrupted=interrupted,
                started_at=turn.started_at,
                ended_at=turn.ended_at,
            )
        )
