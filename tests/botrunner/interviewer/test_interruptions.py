"""Speech that cuts in: what was not heard is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from botrunner.contract import (
    ClientMessageType,
    CompletionReason,
    InterviewCompleted,
    Modality,
    PatienceLearnt,
    Role,
    TurnAdded,
    WaitOffered,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question

PLAN = make_plan(make_question(max_follow_ups=0), make_question(SECOND, "What are you proud of?", max_follow_ups=0))


async def test_a_greeting_talked_over_is_followed_by_the_question_again(open_room: Callable[..., Room]) -> None:
    room = open_room()
    room.stage.mumbles = True
    await room.begin()
    await room.until_did("say: What do you do?")
    room.interviewer.note_bot_started()
    room.interviewer.note_interruption()
    room.interviewer.note_bot_stopped()
    await room.say("Hello there, nice to meet you too, how are you?")
    await room.until(lambda: room.stage.did.count("say: What do you do?") == 2)
    assert room.answers() == []
    assert room.interviewer.progress.turns == []


async def test_a_question_cut_off_by_a_cough_is_asked_again(open_room: Callable[..., Room]) -> None:
    room = open_room()
    room.stage.mumbles = True
    await room.begin()
    await room.until_did("say: What do you do?")
    room.interviewer.note_interruption()
    await room.until(lambda: room.stage.did.count("say: What do you do?") == 2)


async def test_a_typed_answer_counts_though_it_cuts_the_question_off(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0)))
    room.stage.mumbles = True
    await room.begin()
    room.interviewer.note_interruption()
    await room.say("I run databases.", modality=Modality.TEXT)
    await room.until(lambda: room.stage.did.count("say: I am an AI.") == 2)
    assert room.answers() == []
    room.hear_out("I am an AI.")
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases.", "complete")]
    assert room.stage.did.count("say: What do you do?") == 1


async def test_no_answer_counts_before_the_disclosure_was_heard(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0)))
    room.stage.mumbles = True
    await room.begin()
    for times, words in ((2, "I run databases."), (3, "For a bank.")):  # cut off once, and again
        room.interviewer.note_interruption()
        await room.say(words, modality=Modality.TEXT)
        while room.stage.did.count("say: I am an AI.") < times:  # noqa: ASYNC110 - what is waited for is not an event
            await asyncio.sleep(0.002)
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await asyncio.sleep(0.1)
    assert room.answers() == []
    assert room.stage.did.count("say: I am an AI.") == 3  # it is being said
    room.hear_out("I am an AI.")
    await room.until(room.answers)
    assert room.answers() == [(1, "I run databases. For a bank.", "complete")]


async def test_a_disclosure_cut_off_is_made_before_the_question_is_asked_again(open_room: Callable[..., Room]) -> None:
    room = open_room()
    room.stage.mumbles = True
    room.stage.heard = 2
    await room.begin()
    room.interviewer.note_bot_turn("Hello.", modality=Modality.VOICE, interrupted=False, started_at=datetime.now(UTC))
    room.interviewer.note_interruption()
    room.interviewer.note_bot_turn("", modality=Modality.VOICE, interrupted=True, started_at=datetime.now(UTC))
    await room.say("Sorry?")
    await room.until(lambda: room.stage.did.count("say: What do you do?") == 2)
    assert [step for step in room.stage.did if step.startswith("say: ")][-2:] == [
        "say: I am an AI.",
        "say: What do you do?",
    ]
    said = [(turn.text, turn.interrupted) for turn in room.of(TurnAdded) if turn.role is Role.BOT]
    assert said == [("Hello.", False), ("I am", True)]


async def test_a_question_that_is_never_spoken_is_tried_twice_and_then_counts_as_asked(
    open_room: Callable[..., Room],
) -> None:
    room = open_room(unheard=0.03, reprompt_after=0.05)
    room.stage.mumbles = True
    await room.begin()
    await room.until_did(f"say: {ENGLISH.reprompt}")
    assert room.stage.did.count("say: What do you do?") == 2


# --- An answer that goes on ---------------------------------------------------------------------------


async def answer_and_hear_the_next_begin(room: Room) -> None:
    """The first answer is accepted, and the second question not yet spoken."""
    await room.begin()
    room.interviewer.note_voice()
    await asyncio.sleep(0.01)
    room.stage.mumbles = True
    await room.say("I run databases.")
    await room.until_did("say: What are you proud of?")


async def test_an_answer_gone_on_with_over_the_next_question_takes_the_words_in(
    open_room: Callable[..., Room],
) -> None:
    room = open_room(PLAN)
    await answer_and_hear_the_next_begin(room)
    room.stage.mumbles = False
    await room.cut_in("Mostly Postgres, I should say, and for nine years.")
    await room.until(lambda: room.stage.did.count("say: What are you proud of?") == 2)
    await room.say("Of keeping calm.")
    await room.stage.left.wait()
    whole = "I run databases. Mostly Postgres, I should say, and for nine years."
    assert room.answers() == [
        (1, "I run databases.", "complete"),
        (1, whole, "complete"),
        (2, "Of keeping calm.", "complete"),
    ]
    said = [(turn.text, turn.question_id) for turn in room.of(TurnAdded) if turn.role is Role.CANDIDATE]
    assert said == [
        ("I run databases.", FIRST),
        ("Mostly Postgres, I should say, and for nine years.", FIRST),
        ("Of keeping calm.", SECOND),
    ]


async def test_who_was_talked_over_is_left_more_silence_and_told_once_of_a_way_to_be_waited_for(
    open_room: Callable[..., Room],
) -> None:
    room = open_room(PLAN, cautious_pause=2, thinking_pause=4)
    await answer_and_hear_the_next_begin(room)
    assert room.least_silence() == 0

    async def go_on() -> None:
        answers, asked = len(room.answers()), room.stage.did.count("say: What are you proud of?")
        await room.cut_in("And for nine years, I should say, mostly Postgres.")
        await room.until(lambda: len(room.answers()) == answers + 1)
        await room.until(lambda: room.stage.did.count("say: What are you proud of?") == asked + 1)

    for silence in (2, 4):
        await go_on()
        assert (room.least_silence(), room.of(WaitOffered)) == (silence, [WaitOffered()])
    assert room.of(PatienceLearnt) == [PatienceLearnt(talked_over=1), PatienceLearnt(talked_over=2)]


async def test_words_that_were_late_and_a_greeting_talked_over_teach_nothing(open_room: Callable[..., Room]) -> None:
    room = open_room(PLAN)
    room.stage.mumbles = True
    await room.begin()
    room.interviewer.note_voice()
    room.interviewer.note_interruption()
    await room.say("Hello there, nice to meet you too, how are you?")
    await room.until(lambda: room.stage.did.count("say: What do you do?") == 2)
    assert (room.least_silence(), room.of(WaitOffered), room.of(PatienceLearnt)) == (0, [], [])
    late = open_room(PLAN)
    await answer_and_hear_the_next_begin(late)
    await late.say("Mostly Postgres.")
    await late.until(lambda: len(late.answers()) == 2)
    assert (late.least_silence(), late.of(WaitOffered), late.of(PatienceLearnt)) == (0, [], [])


async def test_words_of_which_no_voice_is_heard_any_more_belong_to_the_last_answer(
    open_room: Callable[..., Room],
) -> None:
    room = open_room(PLAN)
    await answer_and_hear_the_next_begin(room)
    await room.say("Mostly Postgres.")
    await room.until(lambda: len(room.answers()) == 2)
    assert room.answers()[1] == (1, "I run databases. Mostly Postgres.", "complete")


async def test_words_of_the_longest_unfinished_pause_still_belong_to_the_answer_before(
    open_room: Callable[..., Room],
) -> None:
    room = open_room(PLAN)
    await answer_and_hear_the_next_begin(room)
    floor = room.interviewer._floor
    for moment in ("voiced_at", "moved_on_at"):  # as if so much time had gone by
        setattr(floor, moment, getattr(floor, moment) - floor.pacing.unfinished_pause - 0.5)
    await room.say("Mostly Postgres, and")
    await room.until(lambda: len(room.answers()) == 2)
    assert room.answers()[1] == (1, "I run databases. Mostly Postgres, and", "complete")


async def test_what_is_said_over_a_follow_up_stays_in_its_answer(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question()))
    await room.begin()
    await room.say("I run databases.")
    room.stage.mumbles = True
    await room.interviewer.note_follow_up("Which ones?")
    await room.until_did("say: Which ones?")
    room.interviewer.note_interruption()
    room.stage.mumbles = False
    await room.say("At a bank.")
    await room.until(lambda: room.stage.did.count("say: Which ones?") == 2)
    assert room.answers() == []
    assert room.of(WaitOffered) == []  # no voice was heard to begin
    await room.say("Postgres.")
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run databases. At a bank. Postgres.", "complete")]


async def test_a_repeated_question_may_be_answered_before_it_is_over(open_room: Callable[..., Room]) -> None:
    room = open_room(PLAN)
    await answer_and_hear_the_next_begin(room)
    room.interviewer.note_bot_turn(
        "What are you proud of?", modality=Modality.VOICE, interrupted=False, started_at=datetime.now(UTC)
    )
    room.interviewer.note_pressed(ClientMessageType.REPEAT)
    await room.until(lambda: room.stage.did.count("say: What are you proud of?") == 2)
    room.interviewer.note_voice()
    room.interviewer.note_interruption()
    await room.say("Of keeping calm when all the others do not.")
    await room.until(lambda: len(room.answers()) == 2)
    assert room.answers()[1] == (2, "Of keeping calm when all the others do not.", "complete")


async def test_the_last_answer_can_be_gone_on_with_over_the_goodbye(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0)))
    await room.begin()
    room.stage.mumbles = True
    await room.say(LONG_ANSWER)
    await room.until_did("closing")
    room.interviewer.note_voice()
    await room.say("And I like it.")
    await room.stage.left.wait()
    assert room.answers()[-1] == (1, f"{LONG_ANSWER} And I like it.", "complete")
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)]
