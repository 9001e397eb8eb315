"""What the hiring team asks of the interviewer over the relay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from botrunner.contract import (
    CommandHandled,
    CommandProblem,
    CompletionReason,
    InterviewCompleted,
    RelayCommand,
    Role,
    TurnAdded,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question

SAID = "say: A message from the hiring team: A moment please."


def command(name: Any, **args: Any) -> RelayCommand:
    return RelayCommand(id=uuid4(), name=name, args=args)


def handled(room: Room) -> list[tuple[str, str]]:
    return [(event.name, event.problem) for event in room.of(CommandHandled)]


async def test_staff_can_speak_skip_and_end(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.interviewer.note_command(command("say", text="A moment please."))
    await room.until_did(SAID)
    await room.interviewer.note_command(command("skip"))
    await room.until_did("say: What are you proud of?")
    await room.say("Of keeping calm at night.")
    await room.stage.left.wait()
    assert room.answers() == [(1, "", "skipped"), (2, "Of keeping calm at night.", "complete")]
    assert handled(room) == [("say", ""), ("skip", "")]


async def test_an_end_in_mid_answer_keeps_what_was_said(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.stage.held_words = "I run the databases of a bank"
    room.interviewer.note_candidate_started()
    await room.interviewer.note_command(command("end"))
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run the databases of a bank", "done")]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.STAFF)]


async def test_the_teams_words_are_the_bots_and_no_answer(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0)))
    await room.begin()
    await room.interviewer.note_command(command("say", text="  We like {braces}. " + "x" * 600))
    await room.until(lambda: handled(room))
    await room.say("I run databases.")
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run databases.", "complete")]
    [words] = [turn for turn in room.of(TurnAdded) if "{braces}" in turn.text]
    assert (words.role, len(words.text)) == (Role.BOT, len("A message from the hiring team: ") + 500)


async def test_nobody_is_talked_over(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_candidate_started()
    await room.interviewer.note_command(command("say", text="A moment please."))
    await asyncio.sleep(0.1)
    assert (SAID in room.stage.did, handled(room)) == (False, [])
    room.interviewer.note_candidate_stopped()
    await room.until_did(SAID, "command.handled")


async def test_a_sentence_is_done_when_it_was_heard_to_its_end(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.stage.mumbles = True
    await room.interviewer.note_command(command("say", text="A moment please."))
    await room.until_did(SAID)
    await asyncio.sleep(0.1)
    assert handled(room) == []
    room.hear_out(SAID.removeprefix("say: "))
    await room.until(lambda: handled(room))
    assert handled(room) == [("say", "")]


async def test_a_sentence_that_was_cut_off_was_not_heard(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.stage.mumbles = True
    await room.interviewer.note_command(command("say", text="A moment please."))
    await room.until_did(SAID)
    room.interviewer.note_interruption()
    await room.until(lambda: handled(room))
    assert handled(room) == [("say", "not_heard")]


async def test_words_that_come_too_late_are_not_said(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_candidate_started()
    await room.interviewer.note_command(command("say", text="A moment please."))
    await room.interviewer.note_command(command("end"))
    await room.stage.left.wait()
    assert SAID not in room.stage.did
    assert sorted(handled(room)) == [("end", ""), ("say", "closing")]


async def test_only_the_question_that_was_meant_is_skipped(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    for meant in (SECOND, "nonsense"):
        await room.interviewer.note_command(command("skip", question_id=str(meant)))
    await room.until(lambda: len(handled(room)) == 2)
    assert room.answers() == []
    await room.interviewer.note_command(command("skip", question_id=str(FIRST)))
    await room.interviewer.note_command(command("skip", question_id=str(FIRST)))
    await room.until_did("say: What are you proud of?")
    await room.until(lambda: len(handled(room)) == 4)
    assert room.answers() == [(1, "", "skipped")]
    assert sorted(handled(room)) == [("skip", ""), *[("skip", "question_over")] * 3]


async def test_more_time_counts_for_the_question_and_the_interview(open_room: Callable[..., Room]) -> None:
    hurried = make_question(max_follow_ups=0).model_copy(update={"time_limit": 0.4})
    room = open_room(make_plan(hurried))
    await room.begin()
    await room.interviewer.note_command(command("extend", seconds=300))
    await room.until(lambda: handled(room))
    [event] = room.of(CommandHandled)
    assert (event.seconds, 299 < event.question_left <= 300.4) == (300, True)
    assert 2000 < event.interview_left <= 2100
    await asyncio.sleep(0.5)
    await room.say(LONG_ANSWER)
    await room.stage.left.wait()
    assert room.answers() == [(1, LONG_ANSWER, "complete")]


@pytest.mark.parametrize("args", [{}, {"seconds": "soon"}, {"seconds": -5}, {"seconds": float("nan")}])
async def test_an_extension_that_is_none_is_refused(open_room: Callable[..., Room], args: dict[str, Any]) -> None:
    room = open_room()
    await room.begin()
    await room.interviewer.note_command(command("extend", **args))
    await room.until(lambda: handled(room))
    assert handled(room) == [("extend", "malformed")]


async def test_staff_ending_the_interview_keeps_what_was_said(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_command(command("end"))
    await room.interviewer.note_command(command("extend", seconds=60))
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run databases.", "done")]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.STAFF)]
    assert f"say: {ENGLISH.ended_by_staff}" in room.stage.did
    assert handled(room) == [("end", ""), ("extend", "closing")]


async def test_before_its_client_came_a_session_can_only_be_ended(open_room: Callable[..., Room]) -> None:
    room = open_room()
    early = command("say", text="Hello?")
    await room.interviewer.note_command(early)
    await room.interviewer.note_command(command("end"))
    await room.stage.left.wait()
    assert room.stage.did == ["command.handled", "leave"]
    refusal = CommandHandled(command_id=early.id, name="say", problem=CommandProblem.NOT_BEGUN)
    assert room.of(CommandHandled) == [refusal]
