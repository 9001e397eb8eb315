"""Takes in what has happened, and lets the interviewer's parts act on it, one step at a time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from loguru import logger

from botrunner.clock import Pacing
from botrunner.contract import ClientMessageType, CompletionReason, Contract, InterviewPlan, Modality, RelayCommand
from botrunner.interviewer.answering import Answering
from botrunner.interviewer.asking import Asking
from botrunner.interviewer.closing import Closing
from botrunner.interviewer.floor import Floor, Phase, Stage
from botrunner.interviewer.timekeeping import Timekeeping
from botrunner.progress import Progress, SpokenTurn

TURN_MAX_CHARS = 20_000
STAFF_WORDS_MAX_CHARS = 500
EXTENSION_MAX = 3600.0


class Interviewer:
    """Facts come in by the methods under "what happened"; what it wants done goes out through `Stage`.

    Facts that change the plan wait in one inbox and are handled in order; who is speaking is noted at once.
    """

    def __init__(self, plan: InterviewPlan, *, stage: Stage, pacing: Pacing) -> None:
        self._floor = Floor(plan, stage=stage, pacing=pacing)
        self._closing = Closing(self._floor)
        self._asking = Asking(self._floor, closing=self._closing)
        self._answering = Answering(self._floor, asking=self._asking, closing=self._closing)
        self._timekeeping = Timekeeping(
            self._floor, asking=self._asking, answering=self._answering, closing=self._closing
        )

    @property
    def phase(self) -> Phase:
        return self._floor.phase

    @property
    def progress(self) -> Progress:
        return self._floor.progress

    @property
    def client_gone(self) -> bool:
        return self._floor.client_gone

    @property
    def out_of_time(self) -> bool:
        """Whether the interview's time is used up, even if a step that hangs keeps it from noticing."""
        return self.phase is not Phase.WAITING and self._floor.clock.is_over()

    @property
    def over(self) -> asyncio.Event:
        return self._closing.over

    @property
    def fixed_texts(self) -> list[str]:
        return self._asking.fixed_texts

    async def say_prompt(self, text: str) -> None:
        """Speak the question or follow-up that is now to be answered."""
        await self._floor.say_prompt(text)

    # --- What happened ---------------------------------------------------------------------------

    def note_client_ready(self) -> None:
        self._floor.post(self._asking.greet)

    def note_client_gone(self) -> None:
        """Nobody listens any more: a closing interview ends without waiting for its words to be spoken."""
        self._floor.client_gone = True
        self._floor.utterances.drop()

    def note_words(self, text: str, *, modality: Modality, started_at: datetime) -> None:
        """A finished turn of the candidate, spoken or typed."""
        words = text.strip()[:TURN_MAX_CHARS]
        if words:
            self._floor.post(self._hear, SpokenTurn(words, modality, started_at, datetime.now(UTC)))

    def note_candidate_started(self) -> None:
        self._floor.clock.candidate_speaking = True
        self._floor.post(self._timekeeping.resume_from_silence)

    def note_candidate_stopped(self) -> None:
        self._floor.clock.candidate_speaking = False
        self._floor.candidate_stopped_at = time.monotonic()

    def note_bot_started(self) -> None:
        self._floor.clock.bot_speaking = True
        self._floor.utterances.note_started()

    def note_bot_stopped(self) -> None:
        self._floor.clock.bot_speaking = False
        self._floor.utterances.note_stopped()

    def note_interruption(self) -> None:
        """All that was about to be said is dropped, and so is the model's reply."""
        self._answering.interrupt_decision()
        self._floor.utterances.drop()

    def note_bot_turn(self, text: str, *, modality: Modality, interrupted: bool, started_at: datetime) -> None:
        """The bot has said something, `text` as far as it was heard."""
        if not interrupted and self._floor.utterances.note_spoken(text):
            self._floor.clock.mark_heard()
        if text.strip():
            self._floor.post(self._floor.record_bot_turn, text.strip(), modality, interrupted, started_at)

    def note_model_failed(self) -> None:
        self._floor.post(self._answering.on_accepted)

    def note_hearing_failed(self) -> None:
        """Speech is not understood at the moment: the candidate is told, once, that typing works."""
        self._floor.post(self._timekeeping.offer_typing_once)

    async def note_follow_up(self, question: str) -> None:
        self._floor.post(self._answering.on_follow_up, question)

    async def note_accepted(self) -> None:
        self._floor.post(self._answering.on_accepted)

    async def note_undecided(self) -> None:
        """The model's response ended without a tool call: its text is dropped and the answer accepted."""
        self._floor.post(self._answering.on_accepted)

    async def note_command(self, command: RelayCommand) -> None:
        self._floor.post(self._obey, command)

    def note_pressed(self, button: ClientMessageType) -> None:
        self._floor.post(self._on_pressed, button)

    def note_event(self, event: Contract) -> None:
        """An event measured elsewhere, to be sent in its turn."""
        self._floor.post(self._floor.stage.emit, event)

    # --- The one task that changes the plan -----------------------------------------------------------

    async def run(self) -> None:
        """Conduct the interview until it is over."""
        while self.phase is not Phase.OVER:
            try:
                async with asyncio.timeout(self._floor.pacing.tick):
                    handle, arguments = await self._floor.inbox.get()
            except TimeoutError:
                handle, arguments = self._timekeeping.keep_time, ()
            try:
                await handle(*arguments)
            except Exception:
                logger.exception("interviewer: a step failed, the interview goes on")

    async def _hear(self, turn: SpokenTurn) -> None:
        await self._timekeeping.resume_to_hear(turn.started_at)
        self._floor.clock.restart_silence()
        await self._floor.record_candidate_turn(turn)
        await self._answering.hear(turn)

    # --- Buttons and commands -------------------------------------------------------------------------

    async def _on_pressed(self, button: ClientMessageType) -> None:
        floor, question = self._floor, self._floor.progress.current
        if button is ClientMessageType.LEAVE:
            self._end(CompletionReason.LEFT)
        if floor.phase is not Phase.ASKING or question is None:
            return
        floor.clock.restart_silence()
        match button:
            case ClientMessageType.PAUSE:
                await self._timekeeping.pause()
                return
            case ClientMessageType.TYPING:
                floor.clock.note_typing()
                await self._timekeeping.resume_from_silence()
                return
        await self._timekeeping.resume()
        match button:
            case ClientMessageType.REPEAT:
                if not (floor.clock.bot_speaking and floor.utterances.prompt_waiting):
                    await floor.ask_again()
            case ClientMessageType.DONE:
                self._answering.settle("done")
            case ClientMessageType.SKIP if not question.required:
                self._answering.settle("skipped")

    async def _obey(self, command: RelayCommand) -> None:
        floor = self._floor
        if command.name == "end" and floor.phase is Phase.WAITING:
            await floor.stage.leave()
        elif command.name == "end":
            self._end(CompletionReason.STAFF)
        elif command.name == "skip" and floor.phase is Phase.ASKING:
            await self._timekeeping.resume()
            self._answering.settle("skipped")
        elif command.name == "extend":
            floor.clock.extend(min(max(float(command.args.get("seconds", 0)), 0.0), EXTENSION_MAX))
        elif command.name == "say" and floor.phase is Phase.ASKING:
            await floor.speak(str(command.args.get("text", ""))[:STAFF_WORDS_MAX_CHARS])

    def _end(self, reason: CompletionReason) -> None:
        self._answering.drop_decision()
        self._closing.begin(reason)
