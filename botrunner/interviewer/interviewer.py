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
from botrunner.interviewer.mending import Mending
from botrunner.interviewer.obeying import Obeying
from botrunner.interviewer.timekeeping import Timekeeping
from botrunner.patience import Patience
from botrunner.progress import Progress, SpokenTurn

TURN_MAX_CHARS = 20_000
#: The same words typed again within this many seconds were sent twice by accident.
SENT_TWICE = 1.0


class Interviewer:
    """Facts come in by the methods under "what happened"; what it wants done goes out through `Stage`.

    Facts that change the plan wait in one inbox and are handled in order; who is speaking is noted at once.
    `patience` is shared with those who end the candidate's turns.
    """

    def __init__(self, plan: InterviewPlan, *, stage: Stage, pacing: Pacing, patience: Patience | None = None) -> None:
        self._floor = Floor(
            plan,
            stage=stage,
            pacing=pacing.stretch(plan.extra_time),
            patience=patience or Patience(pacing, checkpoint=plan.checkpoint),
        )
        self._typed = ("", 0.0)
        self._heard_until_cut = ""
        self._closing = Closing(self._floor)
        self._asking = Asking(self._floor, closing=self._closing)
        self._answering = Answering(self._floor, asking=self._asking, closing=self._closing)
        self._timekeeping = Timekeeping(
            self._floor, asking=self._asking, answering=self._answering, closing=self._closing
        )
        self._obeying = Obeying(
            self._floor, answering=self._answering, timekeeping=self._timekeeping, closing=self._closing
        )

        self._mending = Mending(self._floor, asking=self._asking, answering=self._answering, closing=self._closing)

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

    def note_tick(self) -> None:
        """Some time has passed. What has happened goes first."""
        if self._floor.inbox.empty():
            self._floor.post(self._keep_time)

    def note_client_ready(self) -> None:
        self._floor.post(self._asking.greet)

    def note_client_seen(self, seen: bool) -> None:
        """Whether the client shows a sign of life; time without one does not count."""
        self._floor.clock.note_absent(not seen)

    def note_client_gone(self) -> None:
        """Nobody listens any more: one under way breaks off, a closing one ends without its words being spoken."""
        self._floor.client_gone = True
        self._floor.clock.note_absent(True)
        self._floor.utterances.drop()
        self._floor.post(self._closing.break_off)

    def note_words(self, text: str, *, modality: Modality, started_at: datetime) -> None:
        """A finished turn of the candidate, spoken or typed."""
        words = text.strip()[:TURN_MAX_CHARS]
        if modality is Modality.TEXT:
            before, self._typed = self._typed, (words, time.monotonic())
            if before[0] == words and self._typed[1] - before[1] < SENT_TWICE:
                return
        if words:
            hear = self._hear_typed if modality is Modality.TEXT else self._hear
            self._floor.post(hear, SpokenTurn(words, modality, started_at, datetime.now(UTC)))

    def note_voice(self) -> None:
        """The candidate's voice begins, whether or not a turn begins with it."""
        self._floor.voiced_at = time.monotonic()

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
        self._heard_until_cut = self._floor.utterances.drop(self._floor.stage.heard_of)

    def note_bot_turn(self, text: str, *, modality: Modality, interrupted: bool, started_at: datetime) -> None:
        """The bot has said something, `text` as far as it was heard; empty where the voice cannot tell how far."""
        text, self._heard_until_cut = text or (self._heard_until_cut if interrupted else ""), ""
        if not interrupted and self._floor.utterances.note_spoken(text):
            self._floor.clock.mark_heard()
        if text.strip():
            self._floor.post(self._floor.record_bot_turn, text.strip(), modality, interrupted, started_at)

    def note_model_failed(self) -> None:
        self._floor.post(self._answering.on_accepted)

    def note_hearing_failed(self) -> None:
        """Speech is not understood at the moment: the candidate is told, once, that typing works."""
        self._floor.post(self._timekeeping.offer_typing_once)

    def note_voice_failed(self) -> None:
        self._floor.post(self._timekeeping.tell_voiceless)

    async def note_follow_up(self, question: str) -> None:
        self._floor.post(self._answering.on_follow_up, question)

    async def note_accepted(self) -> None:
        self._floor.post(self._answering.on_accepted)

    async def note_undecided(self) -> None:
        """The model's response ended without a tool call: its text is dropped and the answer accepted."""
        self._floor.post(self._answering.on_accepted)

    async def note_command(self, command: RelayCommand) -> None:
        self._floor.post(self._obeying.obey, command)

    def note_pressed(self, button: ClientMessageType) -> None:
        self._floor.post(self._on_pressed, button)

    def note_event(self, event: Contract) -> None:
        """An event measured elsewhere, to be sent in its turn."""
        self._floor.post(self._floor.stage.emit, event)

    # --- The one task that changes the plan -----------------------------------------------------------

    async def run(self) -> None:
        """Conduct the interview until it is over."""
        while self.phase is not Phase.OVER:
            handle, arguments = await self._floor.inbox.get()
            try:
                async with asyncio.timeout(self._floor.pacing.step):
                    await handle(*arguments)
            except Exception:
                logger.exception("interviewer: a step failed, or hung")
                self._mending.note_trouble(handle)
        await self._closing.depart()

    async def _keep_time(self) -> None:
        await self._timekeeping.keep_time()
        await self._obeying.keep_time()

    async def _hear_typed(self, turn: SpokenTurn) -> None:
        """What was being said when it was sent comes before it, in the same answer."""
        self._answering.typed_words_wait = True
        try:
            await self._floor.stage.end_turn()
        finally:
            self._floor.post(self._hear_after_voice, turn)

    async def _hear_after_voice(self, turn: SpokenTurn) -> None:
        self._answering.typed_words_wait = False
        self._floor.clock.note_typed()
        await self._hear(turn)

    async def _hear(self, turn: SpokenTurn) -> None:
        await self._timekeeping.resume_to_hear(turn.started_at)
        self._floor.clock.restart_silence()
        await self._answering.hear(turn)

    # --- Buttons --------------------------------------------------------------------------------------

    async def _on_pressed(self, button: ClientMessageType) -> None:
        floor, question = self._floor, self._floor.progress.current
        if button is ClientMessageType.LEAVE:
            self._answering.drop_decision()
            self._closing.begin(CompletionReason.LEFT)
        elif button in (ClientMessageType.WAIT, ClientMessageType.GO_AHEAD):
            self._answering.wait_until_done(button is ClientMessageType.WAIT)
        if floor.phase is not Phase.ASKING or question is None:
            return
        floor.clock.restart_silence()
        match button:
            case ClientMessageType.PAUSE:
                await self._timekeeping.pause()
                return
            case ClientMessageType.TYPING:
                floor.clock.note_typing()
                self._answering.interrupt_decision()
                await self._timekeeping.resume_from_silence()
                return
            case ClientMessageType.WAIT | ClientMessageType.GO_AHEAD:
                return
        await self._timekeeping.resume()
        match button:
            case ClientMessageType.REPEAT:
                if not (floor.clock.bot_speaking and floor.utterances.prompt_waiting):
                    await floor.ask_again()
            case ClientMessageType.DONE:
                self._answering.finish()
            case ClientMessageType.SKIP if not question.required:
                self._answering.settle("skipped")
