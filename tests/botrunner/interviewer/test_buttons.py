"""What the candidate presses: repeat, done, skip, pause, wait until I'm done, and leave."""

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
    Modality,
    WaitOffered,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import SECOND, make_plan, make_question


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


# --- Wait until I'm done ------------------------------------------------------------------------------

ONE = make_plan(make_question(max_follow_ups=0))


async def wait_until_done(room: Room) -> None:
    await room.begin()
    room.interviewer.note_pressed(ClientMessageType.WAIT)


async def test_an_answer_that_is_to_be_waited_for_ends_with_done_and_no_sooner(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE)
    await wait_until_done(room)
    for part in ("I run databases.", "For a bank.", "And I like it."):
        await room.say(part)
        await asyncio.sleep(20)
    assert room.answers() == []
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run databases. For a bank. And I like it.", "complete")]


async def test_done_brings_the_follow_up_that_a_turn_brings_elsewhere(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await wait_until_done(room)
    await room.say("I run databases.")
    assert "ask the model" not in room.stage.did
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("ask the model")
    await room.interviewer.note_follow_up("Which ones?")
    await room.until_did("say: Which ones?")
    await room.say("Postgres.")
    await asyncio.sleep(20)
    assert room.answers() == []
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("say: What are you proud of?")
    assert room.answers() == [(1, "I run databases. Postgres.", "complete")]


async def test_done_twice_waits_for_no_model(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await wait_until_done(room)
    await room.say(LONG_ANSWER)
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("ask the model")
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("say: What are you proud of?")
    assert room.answers() == [(1, LONG_ANSWER, "done")]


async def test_done_in_mid_sentence_waits_for_the_words_of_who_is_waited_for(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE)
    await wait_until_done(room)
    await room.say("I run databases")
    room.stage.held_words = "at a bank."
    room.interviewer.note_candidate_started()
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until(room.answers)
    assert room.answers() == [(1, "I run databases at a bank.", "complete")]


async def test_what_is_typed_is_an_answer_with_what_was_said_before(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE)
    await wait_until_done(room)
    await room.say("I run databases")
    room.interviewer.note_pressed(ClientMessageType.TYPING)
    await asyncio.sleep(20)  # and thinks again
    assert room.answers() == []
    await room.say("at a bank.", modality=Modality.TEXT)
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run databases at a bank.", "complete")]


async def test_silence_is_told_what_to_press_twice_and_then_is_an_end(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE, reprompt_after=30, offer_typing_after=60, pause_after=90)
    await wait_until_done(room)
    await asyncio.sleep(40)
    assert f"say: {ENGLISH.reprompt}" in room.stage.did  # nothing has been said yet
    await room.say(LONG_ANSWER)
    await asyncio.sleep(80)
    assert room.stage.did.count(f"say: {ENGLISH.still_listening}") == 2
    assert (room.answers(), "typing.offered" in room.stage.did) == ([], False)
    await room.until(room.answers)
    assert room.answers() == [(1, LONG_ANSWER, "silence")]
    assert room.of(InterviewPaused) == []


async def test_the_time_limit_ends_what_is_waited_for(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0).model_copy(update={"time_limit": 25})))
    await wait_until_done(room)
    await room.say(LONG_ANSWER)
    await room.until(room.answers)
    assert room.answers() == [(1, LONG_ANSWER, "time_limit")]


async def test_who_is_not_to_be_waited_for_any_more_has_answered(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE)
    await wait_until_done(room)
    await room.say(LONG_ANSWER)
    await asyncio.sleep(5)
    room.interviewer.note_pressed(ClientMessageType.GO_AHEAD)
    await room.stage.left.wait()
    assert room.answers() == [(1, LONG_ANSWER, "complete")]


async def test_a_decision_under_way_is_dropped_by_a_wish_to_be_waited_for_and_not_by_its_being_repeated(
    open_room: Callable[..., Room],
) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    await room.until_did("ask the model")
    room.interviewer.note_pressed(ClientMessageType.WAIT)
    await asyncio.sleep(5)
    await room.interviewer.note_follow_up("Which ones?")
    await room.say("For a bank.")
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until(lambda: room.stage.did.count("ask the model") == 2)
    room.interviewer.note_pressed(ClientMessageType.WAIT)  # as after a shaky connection
    await asyncio.sleep(1)
    await room.interviewer.note_accepted()
    await room.until(room.answers)
    assert room.answers() == [(1, "I run databases. For a bank.", "complete")]


async def test_a_page_may_ask_to_be_waited_for_before_the_first_question(open_room: Callable[..., Room]) -> None:
    room = open_room(ONE)
    room.interviewer.note_pressed(ClientMessageType.WAIT)
    await room.begin()
    await room.say(LONG_ANSWER)
    await asyncio.sleep(20)
    assert room.answers() == []


async def test_going_on_after_done_teaches_the_bot_nothing(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0), make_question(SECOND, "What next?", max_follow_ups=0)))
    await wait_until_done(room)
    await room.say("I run databases.")
    room.stage.mumbles = True
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("say: What next?")
    room.interviewer.note_bot_started()
    await asyncio.sleep(0.01)
    room.interviewer.note_voice()
    room.interviewer.note_interruption()
    await room.say("And for nine years, I should say, mostly Postgres.")
    await room.until(lambda: len(room.answers()) == 2)
    assert room.of(WaitOffered) == []


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
