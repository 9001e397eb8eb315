"""A step that hangs or fails leaves nobody in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from botrunner.contract import (
    CompletionReason,
    InterviewCompleted,
    InterviewStarted,
    InterviewTroubled,
    QuestionStarted,
    TimeSpent,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question

ONE = make_plan(make_question(max_follow_ups=0))
TROUBLE, BROKEN = InterviewTroubled(text=ENGLISH.trouble), InterviewTroubled(text=ENGLISH.broken)


async def never(*arguments: Any) -> None:
    await asyncio.Event().wait()


async def fail(*arguments: Any) -> None:
    raise RuntimeError("a step of ours fails")


def spoken(room: Room) -> list[str]:
    return [step for step in room.stage.did if step.startswith("say: ")]


def break_once(room: Room, name: str, how: Callable[..., Any]) -> None:
    """The stage's next call of `name` hangs or fails, those after it do not."""
    whole = getattr(room.stage, name)

    async def broken(*arguments: Any) -> Any:
        setattr(room.stage, name, whole)
        return await how(*arguments)

    setattr(room.stage, name, broken)


@pytest.mark.parametrize("how", [never, fail])
async def test_a_question_that_could_not_be_put_is_put_again(open_room: Callable[..., Room], how: Any) -> None:
    room = open_room(ONE)
    break_once(room, "put_question", how)
    await room.begin()
    await room.until_did("say: What do you do?")
    assert spoken(room)[-2:] == [f"say: {ENGLISH.trouble}", "say: What do you do?"]
    assert room.of(InterviewTroubled) == [TROUBLE]
    await room.say(LONG_ANSWER)
    await room.stage.left.wait()
    assert room.answers() == [(1, LONG_ANSWER, "complete")]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)]


@pytest.mark.parametrize("how", [never, fail])
async def test_an_interview_that_could_not_begin_begins(open_room: Callable[..., Room], how: Any) -> None:
    room = open_room(ONE)
    break_once(room, "prepare", how)
    await room.begin()
    await room.until_did("say: What do you do?")
    assert spoken(room) == [
        f"say: {ENGLISH.trouble}",
        "say: Hello.",
        "say: I am an AI.",
        "say: What do you do?",
    ]
    assert len(room.of(InterviewStarted)) == 1


async def test_an_answer_that_hung_on_its_way_is_told_again_and_the_next_question_asked(
    open_room: Callable[..., Room],
) -> None:
    plan = make_plan(make_question(max_follow_ups=0), make_question(SECOND, "And why?"))
    room = open_room(plan)
    await room.begin()
    await room.until_did("say: What do you do?")
    break_once(room, "wait_acked", never)
    await room.say(LONG_ANSWER)
    await room.until_did("say: And why?")
    assert room.answers() == [(1, LONG_ANSWER, "complete")] * 2  # the last one counts, they are the same
    assert [event.index for event in room.of(QuestionStarted)] == [1, 2]


async def test_trouble_without_end_breaks_off_courteously(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE)
    setattr(room.stage, "put_question", never)  # noqa: B010 - mypy refuses the assignment
    say = room.stage.say

    async def say_what_is_no_question(*texts: str) -> None:
        await (never() if "What do you do?" in texts else say(*texts))

    setattr(room.stage, "say", say_what_is_no_question)  # noqa: B010 - mypy refuses the assignment
    await room.begin()
    await room.stage.left.wait()
    assert room.of(InterviewTroubled) == [TROUBLE, BROKEN]
    assert spoken(room)[-1] == f"say: {ENGLISH.broken}"
    assert room.stage.did[-2:] == ["interview.completed", "leave"]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.FAILED)]
    assert [spent.question_id for spent in room.of(TimeSpent)][-1:] == [FIRST]


async def test_nothing_that_hangs_keeps_the_end_from_coming(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE)
    await room.begin()
    await room.until_did("say: What do you do?")
    setattr(room.stage, "put_closing", never)  # noqa: B010 - mypy refuses the assignment
    break_once(room, "end_turn", never)
    await room.say(LONG_ANSWER)
    await room.stage.left.wait()
    assert room.stage.did[-2:] == ["interview.completed", "leave"]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)]
