"""The interviewer: what happens next, given what has happened.

It knows no frames and no sockets. Facts come in by the methods under "what happened"; what it wants done goes
out through `Stage`. Facts that change the plan wait in one inbox and are handled one at a time, in order;
who is speaking is noted at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Protocol
from uuid import UUID

from loguru import logger

from botrunner.clock import Due, InterviewClock, Pacing
from botrunner.contract import (
    ClientMessageType,
    CompletionReason,
    Contract,
    InterviewCompleted,
    InterviewPaused,
    InterviewPlan,
    InterviewResumed,
    InterviewStarted,
    Modality,
    PlannedQuestion,
    PriorTurn,
    RelayCommand,
    Role,
    SummaryReady,
    TimeWarning,
    TurnAdded,
    TypingOffered,
)
from botrunner.flow import word_follow_up
from botrunner.phrases import phrases_for
from botrunner.progress import AcceptReason, Progress, SpokenTurn
from botrunner.utterances import Utterances

#: A question cut off by fewer words than these, or within HEARD_ENOUGH seconds, is asked again.
ANSWER_WORDS = 6
HEARD_ENOUGH = 2.0
TURN_MAX_CHARS = 20_000
STAFF_WORDS_MAX_CHARS = 500
EXTENSION_MAX = 3600.0


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


@dataclass
class Settling:
    """An answer about to be accepted, as soon as the words still on their way are in."""

    until: float
    reason: AcceptReason
    then: CompletionReason | None = None
    turn_ended: bool = False


class Interviewer:
    def __init__(self, plan: InterviewPlan, *, stage: Stage, pacing: Pacing) -> None:
        self.phase = Phase.WAITING
        self.progress = Progress(plan)
        self.client_gone = False
        self.over = asyncio.Event()
        self._plan = plan
        self._stage = stage
        self._pacing = pacing
        self._phrases = phrases_for(plan.language)
        self._clock = InterviewClock(
            pacing=pacing,
            total_limit=plan.total_limit,
            elapsed=plan.checkpoint.elapsed if plan.checkpoint else 0,
        )
        self._inbox: asyncio.Queue[tuple[Callable[..., Awaitable[None]], tuple[Any, ...]]] = asyncio.Queue()
        self._closing: asyncio.Task[None] | None = None
        self._utterances = Utterances()
        self._asked_again = False
        self._decide_by: float | None = None
        self._undecided = False
        self._candidate_stopped_at = 0.0
        self._settling: Settling | None = None
        self._typing_offered = False
        self._done_refused: UUID | None = None

    @property
    def fixed_texts(self) -> list[str]:
        """Every text known before the interview, in the order in which it may be needed."""
        plan = self._plan
        greeting = [self._phrases.welcome_back] if self.progress.resumed else [plan.intro, plan.disclosure]
        questions = [question.text for question in plan.questions]
        return [*greeting, questions[0], *self._phrases.all_texts(), *questions[1:], plan.outro]

    # --- What happened ---------------------------------------------------------------------------

    def note_client_ready(self) -> None:
        self._post(self._greet)

    def note_client_gone(self) -> None:
        """Nobody listens any more: a closing interview ends without waiting for its words to be spoken."""
        self.client_gone = True
        self._utterances.drop()

    def note_words(self, text: str, *, modality: Modality, started_at: datetime) -> None:
        """A finished turn of the candidate, spoken or typed."""
        words = text.strip()[:TURN_MAX_CHARS]
        if words:
            self._post(self._hear, SpokenTurn(words, modality, started_at, datetime.now(UTC)))

    def note_candidate_started(self) -> None:
        self._clock.candidate_speaking = True
        self._clock.restart_silence()
        self._post(self._resume)

    def note_candidate_stopped(self) -> None:
        self._clock.candidate_speaking = False
        self._candidate_stopped_at = time.monotonic()

    def note_bot_started(self) -> None:
        self._clock.bot_speaking = True
        self._utterances.note_started()

    def note_bot_stopped(self) -> None:
        self._clock.bot_speaking = False
        self._utterances.note_stopped()

    def note_interruption(self) -> None:
        """All that was about to be said is dropped, and so is the model's reply."""
        if self._decide_by is not None:
            self._drop_decision()
            self._undecided = True
        self._utterances.drop()

    def note_bot_turn(self, text: str, *, modality: Modality, interrupted: bool, started_at: datetime) -> None:
        """The bot has said something, `text` as far as it was heard."""
        if not interrupted and self._utterances.note_spoken(text):
            self._clock.mark_heard()
        if text.strip():
            self._post(self._record_bot_turn, text.strip(), modality, interrupted, started_at)

    def note_model_failed(self) -> None:
        self._post(self._on_accepted)

    def note_hearing_failed(self) -> None:
        """Speech is not understood at the moment: the candidate is told, once, that typing works."""
        self._post(self._offer_typing_once)

    async def note_follow_up(self, question: str) -> None:
        self._post(self._follow_up, question)

    async def note_accepted(self) -> None:
        self._post(self._on_accepted)

    async def note_undecided(self) -> None:
        """The model's response ended without a tool call: its text is dropped and the answer accepted."""
        self._post(self._on_accepted)

    async def note_command(self, command: RelayCommand) -> None:
        self._post(self._obey, command)

    def note_pressed(self, button: ClientMessageType) -> None:
        self._post(self._on_pressed, button)

    def note_event(self, event: Contract) -> None:
        """An event measured elsewhere, to be sent in its turn."""
        self._post(self._stage.emit, event)

    # --- The one task that changes the plan -----------------------------------------------------------

    async def run(self) -> None:
        """Conduct the interview until it is over."""
        while self.phase is not Phase.OVER:
            try:
                async with asyncio.timeout(self._pacing.tick):
                    handle, arguments = await self._inbox.get()
            except TimeoutError:
                handle, arguments = self._keep_time, ()
            try:
                await handle(*arguments)
            except Exception:
                logger.exception("interviewer: a step failed, the interview goes on")

    def _post(self, handle: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
        self._inbox.put_nowait((handle, arguments))

    async def _greet(self) -> None:
        if self.phase is not Phase.WAITING:
            return
        self.phase = Phase.ASKING
        await self._stage.prepare()
        self._clock.start()
        await self._stage.emit(
            InterviewStarted(
                question_count=len(self._plan.questions),
                total_limit=self._plan.total_limit,
                elapsed=self._clock.elapsed,
                resumed=self.progress.resumed,
            )
        )
        if self.progress.resumed:
            await self._begin_next(self._phrases.welcome_back)
        else:
            await self._begin_next(self._plan.intro, self._plan.disclosure)

    async def _begin_next(self, *greeting: str) -> None:
        started = self.progress.begin_next()
        question = self.progress.current
        if started is None or question is None:
            self._begin_closing(CompletionReason.ALL_ANSWERED)
            return
        self._clock.begin_question(question.time_limit)
        await self._stage.emit(started)
        if greeting:
            await self._speak(*greeting)
        await self._stage.put_question(question)

    async def say_prompt(self, text: str) -> None:
        """Speak the question or follow-up that is now to be answered."""
        self._undecided = False
        self._utterances.ask(text)
        await self._speak(text)

    async def _speak(self, *texts: str) -> None:
        if self.client_gone:
            return
        self._utterances.add(*texts)
        await self._stage.say(*texts)

    async def _record_bot_turn(self, text: str, modality: Modality, interrupted: bool, started_at: datetime) -> None:
        self.progress.record(Role.BOT, text)
        await self._stage.emit(
            TurnAdded(
                role=Role.BOT,
                text=text,
                modality=modality,
                question_id=self.progress.current.id if self.progress.current else None,
                interrupted=interrupted,
                started_at=started_at,
                ended_at=datetime.now(UTC),
            )
        )

    async def _hear(self, turn: SpokenTurn) -> None:
        await self._resume()
        self._clock.restart_silence()
        self.progress.record(Role.CANDIDATE, turn.text)
        await self._stage.emit(
            TurnAdded(
                role=Role.CANDIDATE,
                text=turn.text,
                modality=turn.modality,
                question_id=self.progress.current.id if self.progress.current else None,
                started_at=turn.started_at,
                ended_at=turn.ended_at,
            )
        )
        if self.phase is not Phase.ASKING or not self.progress.awaiting_answer:
            return
        typed = turn.modality is Modality.TEXT
        if self._utterances.prompt_cut and not typed and self._utterances.heard_for < HEARD_ENOUGH:
            await self._ask_again()
            return
        self.progress.add_turn(turn)
        if self._settling:
            await self._accept(self._settling.reason, then=self._settling.then)
        elif self._utterances.prompt_cut and not typed and len(turn.text.split()) < ANSWER_WORDS:
            await self._ask_again()
        else:
            await self._decide()

    async def _ask_again(self) -> None:
        await self.say_prompt(self.progress.prompt)

    # --- Follow up, or accept -------------------------------------------------------------------------

    async def _decide(self) -> None:
        """Let the model decide on a follow-up when there is one left; else the answer is complete."""
        self._undecided = False
        if not self._utterances.prompt_heard:
            self._mark_heard()
        if self.progress.follow_ups_left <= 0:
            await self._accept("complete")
            return
        self._decide_by = time.monotonic() + self._pacing.decision
        self._clock.busy = True
        await self._stage.ask_model(self.progress)

    async def _follow_up(self, raw: str) -> None:
        if self._decide_by is None:
            return
        self._drop_decision()
        question = self.progress.current
        text = word_follow_up(raw, question=question) if question else ""
        asked = self.progress.ask_follow_up(text) if text else None
        if asked is None:
            await self._accept("complete")
            return
        await self._stage.emit(asked)
        await self.say_prompt(text)

    async def _on_accepted(self) -> None:
        if self._decide_by is not None:
            await self._accept("complete")

    def _drop_decision(self) -> None:
        self._decide_by = None
        self._clock.busy = False

    def _mark_heard(self) -> None:
        self._utterances.mark_heard()
        self._clock.mark_heard()

    async def _accept(self, reason: AcceptReason, *, then: CompletionReason | None = None) -> None:
        """Close the question and go on. The next one starts once the relay has the answer, or soon after."""
        answer = self.progress.accept(reason)
        if answer is None:
            return
        self._drop_decision()
        self._settling, self._undecided, self._asked_again = None, False, False
        self._clock.end_question()
        seq = await self._stage.emit(answer)
        if then is not None or not self.progress.has_next:
            self._begin_closing(then or CompletionReason.ALL_ANSWERED)
            return
        await self._speak(self._acknowledgement(reason))
        if seq is not None and not await self._stage.wait_acked(seq, self._pacing.answer_ack):
            logger.warning("interviewer: the relay has not acknowledged the answer yet, going on")
        await self._begin_next()

    def _acknowledgement(self, reason: AcceptReason) -> str:
        if reason == "time_limit":
            return self._phrases.question_time_over
        choices = self._phrases.acknowledgements
        return choices[self._plan.questions.index(self.progress.current) % len(choices)]  # type: ignore[arg-type]

    def _settle(self, reason: AcceptReason, *, then: CompletionReason | None = None) -> None:
        if self.progress.awaiting_answer and self._settling is None:
            wait = self._pacing.settle if self._clock.candidate_speaking else 0.0
            self._settling = Settling(until=time.monotonic() + wait, reason=reason, then=then)

    # --- Buttons and commands -------------------------------------------------------------------------

    async def _on_pressed(self, button: ClientMessageType) -> None:
        await self._resume()
        self._clock.restart_silence()
        if button is ClientMessageType.LEAVE:
            self._begin_closing(CompletionReason.LEFT)
        elif self.phase is not Phase.ASKING or self.progress.current is None:
            return
        elif button is ClientMessageType.REPEAT:
            if not (self._clock.bot_speaking and self._utterances.prompt_waiting):
                await self._ask_again()
        elif self._nothing_said and self._done_refused != self.progress.current.id and self.progress.current.required:
            self._done_refused = self.progress.current.id
            await self._speak(self._phrases.nothing_said)
        else:
            self._settle("done")

    @property
    def _nothing_said(self) -> bool:
        return not self.progress.turns and not self._clock.candidate_speaking

    async def _obey(self, command: RelayCommand) -> None:
        if command.name == "end" and self.phase is Phase.WAITING:
            await self._stage.leave()
        elif command.name == "end":
            self._begin_closing(CompletionReason.STAFF)
        elif command.name == "skip" and self.phase is Phase.ASKING:
            self._settle("skipped")
        elif command.name == "extend":
            self._clock.extend(min(max(float(command.args.get("seconds", 0)), 0.0), EXTENSION_MAX))
        elif command.name == "say" and self.phase is Phase.ASKING:
            await self._speak(str(command.args.get("text", ""))[:STAFF_WORDS_MAX_CHARS])

    async def _resume(self) -> None:
        if self._clock.paused:
            self._clock.paused = False
            await self._stage.emit(InterviewResumed())

    # --- Time -----------------------------------------------------------------------------------------

    async def _keep_time(self) -> None:
        if self.phase is not Phase.ASKING:
            return
        due = self._clock.read_due()
        now = time.monotonic()
        quiet = not self._clock.candidate_speaking and not self._clock.bot_speaking
        waited = quiet and now - self._candidate_stopped_at > self._pacing.settle
        if self._settling:
            await self._finish_settling(now)
        elif self._decide_by is not None and now > self._decide_by:
            logger.warning("interviewer: the model did not decide in time, the answer is accepted")
            await self._accept("complete")
        elif self._undecided and waited:
            await self._decide()
        elif self._utterances.prompt_cut and waited:
            await self._ask_again()
        elif not self._utterances.prompt_heard and quiet and now - self._utterances.asked_at > self._pacing.unheard:
            await self._recover_unheard()
        for what in due:
            await self._act_on(what)

    async def _finish_settling(self, now: float) -> None:
        settling = self._settling
        if settling is None or (now < settling.until and self._clock.candidate_speaking):
            return
        if self._clock.candidate_speaking and not settling.turn_ended:
            settling.turn_ended, settling.until = True, now + self._pacing.settle / 3
            await self._stage.end_turn()
            return
        await self._accept(settling.reason, then=settling.then)

    async def _recover_unheard(self) -> None:
        """A question whose speech never seems to have ended: ask it once more, then let the clock start."""
        if self._asked_again:
            self._mark_heard()
        else:
            self._asked_again = True
            await self._ask_again()

    async def _act_on(self, due: Due) -> None:
        speak = not (self._clock.candidate_speaking or self._clock.bot_speaking or self._clock.busy)
        question_id = self.progress.current.id if self.progress.current else None
        match due:
            case Due.QUESTION_OVER:
                self._settle("time_limit")
            case Due.INTERVIEW_OVER:
                self._settle("time_limit", then=CompletionReason.TIME_LIMIT)
            case Due.QUESTION_WARNING:
                await self._stage.emit(
                    TimeWarning(scope="question", question_id=question_id, seconds_left=self._clock.question_left)
                )
                if speak:
                    await self._speak(self._phrases.question_time_warning)
            case Due.INTERVIEW_WARNING:
                await self._stage.emit(TimeWarning(scope="interview", seconds_left=self._clock.interview_left))
                if speak:
                    await self._speak(self._phrases.interview_time_warning)
            case Due.REPROMPT:
                await self._speak(self._phrases.reprompt)
            case Due.OFFER_TYPING:
                await self._offer_typing()
            case Due.PAUSE if self.progress.turns:
                await self._accept("silence")
            case Due.PAUSE:
                self._clock.paused = True
                await self._speak(self._phrases.pausing)
                await self._stage.emit(InterviewPaused(reason="silence"))

    async def _offer_typing(self) -> None:
        if self._plan.typing_allowed and self.progress.current:
            self._typing_offered = True
            await self._stage.emit(TypingOffered(question_id=self.progress.current.id))
            await self._speak(self._phrases.offer_typing)

    async def _offer_typing_once(self) -> None:
        if self.phase is Phase.ASKING and not self._typing_offered:
            await self._offer_typing()

    # --- The end --------------------------------------------------------------------------------------

    def _begin_closing(self, reason: CompletionReason) -> None:
        if self.phase in (Phase.CLOSING, Phase.OVER):
            return
        self.phase = Phase.CLOSING
        self._drop_decision()
        self._clock.end_question()
        self._closing = asyncio.create_task(self._close(reason), name="closing")

    async def _close(self, reason: CompletionReason) -> None:
        """Say goodbye, sum up, and leave. Beside the inbox, so that turns are still recorded meanwhile."""
        try:
            if reason is CompletionReason.LEFT:
                await self._speak(self._phrases.goodbye)
            else:
                await self._say_farewell(reason)
            async with asyncio.timeout(self._pacing.goodbye):
                await self._utterances.all_spoken.wait()
        except TimeoutError:
            logger.warning("interviewer: the last words were not spoken in time")
        finally:
            self._post(self._finish, reason)

    async def _say_farewell(self, reason: CompletionReason) -> None:
        if self.progress.turns and (answer := self.progress.accept("done")):
            await self._stage.emit(answer)
        await self._stage.put_closing()
        await self._speak(
            {
                CompletionReason.TIME_LIMIT: self._phrases.interview_time_over,
                CompletionReason.STAFF: self._phrases.ended_by_staff,
            }.get(reason, self._phrases.closing)
        )
        summary = await self._stage.summarise(self.progress.transcript)
        await self._stage.emit(summary)
        await self._speak(summary.spoken, self._plan.outro)

    async def _finish(self, reason: CompletionReason) -> None:
        await self._stage.emit(InterviewCompleted(reason=reason))
        self.phase = Phase.OVER
        self.over.set()
        await self._stage.leave()
