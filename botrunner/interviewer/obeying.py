"""What the hiring team asks for while the interview runs, and what became of it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from uuid import UUID

from botrunner.contract import CommandHandled, CommandProblem, CompletionReason, RelayCommand
from botrunner.interviewer.answering import Answering
from botrunner.interviewer.closing import Closing
from botrunner.interviewer.floor import Floor, Phase
from botrunner.interviewer.timekeeping import Timekeeping

TEAM_WORDS_MAX_CHARS = 500
EXTENSION_MAX = 3600.0


class Obeying:
    """Each command is answered with one `command.handled`, when it is done or when it turns out that it can't be."""

    def __init__(self, floor: Floor, *, answering: Answering, timekeeping: Timekeeping, closing: Closing) -> None:
        self._floor = floor
        self._answering = answering
        self._timekeeping = timekeeping
        self._closing = closing
        self._unsaid: deque[RelayCommand] = deque()
        self._being_said: list[tuple[RelayCommand, asyncio.Future[bool]]] = []

    async def obey(self, command: RelayCommand) -> None:
        floor = self._floor
        if floor.phase is Phase.WAITING:
            await self._obey_before_the_start(command)
        elif floor.phase is not Phase.ASKING:
            await self._report(command, CommandProblem.CLOSING)
        else:
            match command.name:
                case "end":
                    await self._report(command)
                    await self._drop_unsaid()
                    self._answering.drop_decision()
                    self._closing.begin(CompletionReason.STAFF)
                case "skip":
                    await self._skip(command)
                case "extend":
                    await self._extend(command)
                case "say":
                    self._unsaid.append(command)

    async def keep_time(self) -> None:
        """Called every `Pacing.tick`: what is to be said is said as soon as nobody is talked over."""
        floor, clock = self._floor, self._floor.clock
        await self._report_said()
        if floor.phase is not Phase.ASKING:
            await self._drop_unsaid()
        quiet = not (clock.candidate_speaking or clock.bot_speaking or clock.busy)
        if self._unsaid and quiet and time.monotonic() - floor.candidate_stopped_at > floor.pacing.settle:
            command = self._unsaid.popleft()
            words = str(command.args.get("text", "")).strip()[:TEAM_WORDS_MAX_CHARS]
            sentence = floor.phrases.team_message.format(text=words)
            self._being_said.append((command, floor.utterances.follow(sentence)))
            await floor.speak(sentence)
            clock.restart_silence()
            await self._report_said()

    async def _report_said(self) -> None:
        known = [(command, heard) for command, heard in self._being_said if heard.done()]
        self._being_said = [one for one in self._being_said if one not in known]
        for command, heard in known:
            await self._report(command, CommandProblem.NONE if heard.result() else CommandProblem.NOT_HEARD)

    async def _obey_before_the_start(self, command: RelayCommand) -> None:
        """Nobody is in the room yet, so an end is a departure without a word."""
        if command.name == "end":
            self._closing.leave()
        else:
            await self._report(command, CommandProblem.NOT_BEGUN)

    async def _drop_unsaid(self) -> None:
        while self._unsaid:
            await self._report(self._unsaid.popleft(), CommandProblem.CLOSING)

    async def _skip(self, command: RelayCommand) -> None:
        """`question_id` is the question that the team saw: another one that has come up meanwhile is not skipped."""
        progress, meant = self._floor.progress, command.args.get("question_id")
        question = progress.current
        open_still = question is not None and progress.awaiting_answer and not self._answering.settling
        if not open_still or (meant and question and _read_id(meant) != question.id):
            await self._report(command, CommandProblem.QUESTION_OVER)
            return
        await self._report(command)
        await self._timekeeping.resume()
        self._answering.settle("skipped")

    async def _extend(self, command: RelayCommand) -> None:
        clock = self._floor.clock
        try:
            seconds = min(float(command.args["seconds"]), EXTENSION_MAX)
        except (KeyError, TypeError, ValueError):
            seconds = 0.0
        if not seconds > 0:
            await self._report(command, CommandProblem.MALFORMED)
            return
        clock.extend(seconds)
        await self._report(
            command, seconds=seconds, question_left=clock.question_left, interview_left=clock.interview_left
        )
        await self._floor.report_time()

    async def _report(
        self, command: RelayCommand, problem: CommandProblem = CommandProblem.NONE, **figures: float
    ) -> None:
        await self._floor.stage.emit(
            CommandHandled(command_id=command.id, name=command.name, problem=problem, **figures)
        )


def _read_id(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
