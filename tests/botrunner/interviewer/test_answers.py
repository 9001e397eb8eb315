"""From a question to its answer: follow-ups, what the model may decide, and what it may not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from botrunner.contract import (
    AnswerAccepted,
    ClientMessageType,
    CompletionReason,
    InterviewCompleted,
    Modality,
    Role,
    TurnAdded,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question


async def test_a_whole_interview_in_order(open_room: Callable[..., Room]) -> None:
    room = open_room()
    room.stage.decide = room.interviewer.note_accepted
    await room.begin()
    await room.say(LONG_ANSWER)
    await room.until_did("say: What are you proud of?")
    await room.say("Of keeping calm.")
    await room.stage.left.wait()
    assert [step for step in room.stage.did if step != "turn.added"] == [
        "interview.started",
        "question.started",
        "say: Hello.",
        "say: I am an AI.",
        "say: What do you do?",
        "ask the model",
        "answer.accepted",
        f"say: {ENGLISH.acknowledgements[0]}",
        "wait for the relay",
        "question.started",
        "say: What are you proud of?",
        "answer.accepted",
        "closing",
        f"say: {ENGLISH.closing}",
        "summary.ready",
        "say: In a word.",
        "say: Goodbye.",
        "interview.completed",
        "leave",
    ]
    assert room.answers() == [(1, LONG_ANSWER, "complete"), (2, "Of keeping calm.", "complete")]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)]


async def test_every_turn_is_recorded_with_its_question(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0)))
    await room.begin()
    await room.say("I run databases.", modality=Modality.TEXT)
    await room.stage.left.wait()
    turns = [(turn.role, turn.text, turn.modality, turn.question_id) for turn in room.of(TurnAdded)]
    assert turns == [
        (Role.BOT, "Hello.", Modality.VOICE, FIRST),
        (Role.BOT, "I am an AI.", Modality.VOICE, FIRST),
        (Role.BOT, "What do you do?", Modality.VOICE, FIRST),
        (Role.CANDIDATE, "I run databases.", Modality.TEXT, FIRST),
        (Role.BOT, ENGLISH.closing, Modality.VOICE, FIRST),
        (Role.BOT, "In a word.", Modality.VOICE, FIRST),
        (Role.BOT, "Goodbye.", Modality.VOICE, FIRST),
    ]


async def test_a_follow_up_is_asked_once_and_joins_the_answer(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_follow_up("Which ones? And why?")
    await room.until_did("follow_up.asked", "say: Which ones?")
    await room.say("Postgres.", modality=Modality.TEXT)
    await room.until_did("answer.accepted")
    [answer] = room.of(AnswerAccepted)
    assert (answer.text, answer.modality, answer.follow_ups) == ("I run databases. Postgres.", Modality.MIXED, 1)
    assert room.stage.did.count("ask the model") == 1


async def test_each_answer_is_acknowledged_before_what_follows_it(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_follow_up("Which ones?")
    await room.until_did("say: Which ones?")
    await room.say("Postgres.")
    await room.until_did("say: What are you proud of?")
    said = [step.removeprefix("say: ") for step in room.stage.did if step.startswith("say: ")]
    first, second = ENGLISH.acknowledgements[:2]
    assert said[3:] == [first, "Which ones?", second, "What are you proud of?"]


async def test_a_model_that_calls_twice_or_late_changes_nothing(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say(LONG_ANSWER)
    await room.interviewer.note_accepted()
    await room.interviewer.note_accepted()
    await room.interviewer.note_follow_up("Another one?")
    await room.until_did("say: What are you proud of?")
    await asyncio.sleep(0.03)
    assert room.answers() == [(1, LONG_ANSWER, "complete")]
    assert "follow_up.asked" not in room.stage.did


@pytest.mark.parametrize("follow_up", ["", "x" * 300])
async def test_a_follow_up_that_cannot_be_asked_accepts_the_answer(
    open_room: Callable[..., Room], follow_up: str
) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_follow_up(follow_up)
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases.", "complete")]


async def test_a_model_that_only_writes_text_accepts_the_answer(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_undecided()
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases.", "complete")]


async def test_a_model_that_never_answers_does_not_hold_the_interview(open_room: Callable[..., Room]) -> None:
    room = open_room(decision=0.03)
    await room.begin()
    await room.say("I run databases.")
    await room.until_did("say: What are you proud of?")
    assert room.answers() == [(1, "I run databases.", "complete")]


async def test_words_added_while_the_model_thinks_go_into_the_same_answer(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    room.interviewer.note_interruption()
    await room.say("At a bank.")
    await room.interviewer.note_accepted()
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases. At a bank.", "complete")]
    assert room.stage.did.count("ask the model") == 2


async def test_a_cough_while_the_model_thinks_makes_it_think_again(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    room.interviewer.note_interruption()
    await room.until(lambda: room.stage.did.count("ask the model") == 2)
    await room.interviewer.note_accepted()
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases.", "complete")]


async def test_django_being_away_delays_the_next_question_a_little_only(open_room: Callable[..., Room]) -> None:
    room = open_room()
    room.stage.acknowledges = False
    room.stage.decide = room.interviewer.note_accepted
    await room.begin()
    await room.say(LONG_ANSWER)
    await room.until_did("say: What are you proud of?")


async def test_a_word_is_no_answer_to_a_required_question_until_more_was_asked_for(
    open_room: Callable[..., Room],
) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0), make_question(SECOND, max_follow_ups=0)))
    await room.begin()
    await room.say("Databases.")
    await room.until_did(f"say: {ENGLISH.too_short}")
    assert room.answers() == []
    await room.say("Really.")
    await room.until(lambda: len(room.answers()) == 1)
    await room.say("Databases.")
    await room.until(lambda: room.stage.did.count(f"say: {ENGLISH.too_short}") == 2)
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.stage.left.wait()
    assert room.answers() == [(1, "Databases. Really.", "complete"), (2, "Databases.", "done")]


@pytest.mark.parametrize(("min_words", "asked_for_more"), [(0, 0), (4, 0), (5, 1)])
async def test_the_plan_says_how_many_words_an_answer_needs(
    open_room: Callable[..., Room], min_words: int, asked_for_more: int
) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0, min_words=min_words)))
    await room.begin()
    await room.say("Databases, for a bank.")
    if asked_for_more:
        await room.until_did(f"say: {ENGLISH.too_short}")
        room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.stage.left.wait()
    assert room.stage.did.count(f"say: {ENGLISH.too_short}") == asked_for_more


async def test_a_word_is_enough_for_an_optional_question(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(required=False, max_follow_ups=0)))
    await room.begin()
    await room.say("Databases.")
    await room.stage.left.wait()
    assert room.answers() == [(1, "Databases.", "complete")]


async def test_a_follow_up_counts_as_having_asked_for_more(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question()))
    await room.begin()
    await room.say("Databases.")
    await room.interviewer.note_follow_up("Which ones?")
    await room.until_did("say: Which ones?")
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.stage.left.wait()
    assert room.answers() == [(1, "Databases.", "done")]
    assert f"say: {ENGLISH.too_short}" not in room.stage.did


async def test_an_answer_sent_twice_is_one_answer(open_room: Callable[..., Room]) -> None:
    question, next_question = make_question(max_follow_ups=0), make_question(SECOND, "What next?", max_follow_ups=0)
    room = open_room(make_plan(question, next_question))
    await room.begin()
    await room.say(LONG_ANSWER, modality=Modality.TEXT)
    await room.say(LONG_ANSWER, modality=Modality.TEXT)
    await room.until_did("say: What next?")
    await room.say("Something else altogether.", modality=Modality.TEXT)
    await room.stage.left.wait()
    assert room.answers() == [(1, LONG_ANSWER, "complete"), (2, "Something else altogether.", "complete")]
