"""What the candidate presses: repeat, done, skip, pause and leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from botrunner.contract import (
    ClientMessageType,
    CompletionReason,
    InterviewCompleted,
    InterviewPaused,
    InterviewResumed,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import make_plan, make_question


async def test_repeat_says_the_question_again_without_a_new_start(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.until_did("say: What do you do?")
    room.interviewer.note_pressed(ClientMessageType.REPEAT)
    await room.until(lambda: room.stage.did.count("say: What do you do?") == 2)
    assert room.stage.did.count("question.started") == 1


async def test_done_accepts_what_was_said(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("say: What are you proud of?")
    assert room.answers() == [(1, "I run databases.", "done")]


async def test_done_in_mid_sentence_waits_for_the_words(open_room: Callable[..., Room]) -> None:
    room = open_room()
    room.stage.held_words = "I run databases at a bank."
    await room.begin()
    room.interviewer.note_candidate_started()
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases at a bank.", "done")]


async def test_done_without_a_word_is_asked_about_once(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did(f"say: {ENGLISH.nothing_said}")
    assert room.answers() == []
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("say: What are you proud of?")
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.stage.left.wait()
    assert room.answers() == [(1, "", "done"), (2, "", "done")]


async def test_only_an_optional_question_can_be_skipped(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_pressed(ClientMessageType.SKIP)
    await asyncio.sleep(0.03)
    assert room.answers() == []
    await room.say(LONG_ANSWER)
    await room.interviewer.note_accepted()
    await room.until_did("say: What are you proud of?")
    room.interviewer.note_pressed(ClientMessageType.SKIP)
    await room.stage.left.wait()
    assert room.answers() == [(1, LONG_ANSWER, "complete"), (2, "", "skipped")]


async def test_a_pause_stops_all_time_until_it_is_resumed(open_room: Callable[..., Room]) -> None:
    hurried = make_question(max_follow_ups=0).model_copy(update={"time_limit": 0.2})
    room = open_room(make_plan(hurried), reprompt_after=0.1)
    await room.begin()
    room.interviewer.note_pressed(ClientMessageType.PAUSE)
    await asyncio.sleep(0.4)
    room.interviewer.note_candidate_started()  # a noise
    room.interviewer.note_candidate_stopped()
    assert (room.answers(), room.of(InterviewResumed)) == ([], [])
    room.interviewer.note_pressed(ClientMessageType.RESUME)
    await room.until_did(f"say: {ENGLISH.welcome_back}")
    await room.say(LONG_ANSWER)
    await room.stage.left.wait()
    assert room.answers() == [(1, LONG_ANSWER, "complete")]
    assert room.of(InterviewPaused) == [InterviewPaused(reason="candidate")]
    assert room.of(InterviewResumed) == [InterviewResumed()]


async def test_a_pause_ends_by_itself_and_is_granted_once_for_each_question(open_room: Callable[..., Room]) -> None:
    room = open_room(pause_limit=0.05)
    await room.begin()
    room.interviewer.note_pressed(ClientMessageType.PAUSE)
    await room.until_did("interview.resumed")
    room.interviewer.note_pressed(ClientMessageType.PAUSE)
    await room.say(LONG_ANSWER)
    await room.interviewer.note_accepted()
    await room.until_did("say: What are you proud of?")
    assert len(room.of(InterviewPaused)) == 1
    room.interviewer.note_pressed(ClientMessageType.PAUSE)
    await room.until(lambda: len(room.of(InterviewPaused)) == 2)


async def test_a_pause_in_mid_answer_keeps_what_was_said(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0)))
    room.stage.held_words = "I run databases"
    await room.begin()
    room.interviewer.note_candidate_started()
    started_at = datetime.now(UTC)
    room.stage.words_started_at = started_at
    room.interviewer.note_pressed(ClientMessageType.PAUSE)
    await room.until_did("interview.paused")
    room.interviewer.note_candidate_stopped()
    await asyncio.sleep(0.05)
    assert room.answers() == []
    room.interviewer.note_pressed(ClientMessageType.RESUME)
    await room.until_did("interview.resumed")
    await room.say("at a bank.")
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run databases at a bank.", "complete")]


async def test_leave_says_goodbye_and_can_be_resumed(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_pressed(ClientMessageType.LEAVE)
    await room.stage.left.wait()
    assert room.stage.did[-4:] == [f"say: {ENGLISH.goodbye}", "turn.added", "interview.completed", "leave"]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.LEFT)]
    assert room.answers() == []


async def test_leaving_in_mid_answer_keeps_what_was_said(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.stage.held_words, room.stage.mumbles = "I run the databases of", True
    room.interviewer.note_candidate_started()
    room.interviewer.note_pressed(ClientMessageType.LEAVE)
    await room.until_did(f"say: {ENGLISH.goodbye}")
    assert room.said() == ["I run the databases of"]
    room.stage.held_words = "a bank."
    await room.stage.left.wait()
    assert room.said() == ["I run the databases of", "a bank."]
    assert room.stage.did[-2:] == ["interview.completed", "leave"]
    assert room.answers() == []
