"""Time that runs out, and silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from botrunner.contract import (
    Checkpoint,
    ClientMessageType,
    CompletionReason,
    InterviewCompleted,
    InterviewPaused,
    InterviewResumed,
    Modality,
    TimeWarning,
    TypingOffered,
    VoiceUnavailable,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question


async def test_a_question_out_of_time_is_closed_with_what_there_is(open_room: Callable[..., Room]) -> None:
    hurried = make_question().model_copy(update={"time_limit": 0.2})
    room = open_room(make_plan(hurried, make_question(SECOND, "What are you proud of?")))
    await room.begin()
    room.stage.held_words = "I run"
    room.interviewer.note_candidate_started()
    await room.until_did("say: What are you proud of?")
    assert room.answers() == [(1, "I run", "time_limit")]
    assert f"say: {ENGLISH.question_time_over}" in room.stage.did
    [warning] = [event for event in room.of(TimeWarning) if event.question_id == FIRST]
    assert warning.scope == "question"
    assert f"say: {ENGLISH.question_time_warning}" not in room.stage.did


async def test_an_interview_out_of_time_ends_courteously(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(total_limit=30, checkpoint=Checkpoint(elapsed=29.9)))
    await room.begin()
    await room.stage.left.wait()
    assert room.answers() == [(1, "", "time_limit")]
    assert f"say: {ENGLISH.interview_time_over}" in room.stage.did
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.TIME_LIMIT)]


async def test_an_interview_out_of_time_while_an_answer_settles_ends_too(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(total_limit=30, checkpoint=Checkpoint(elapsed=29.9)), settle=1)
    await room.begin()
    room.stage.held_words = "I run databases at a bank."
    room.interviewer.note_candidate_started()
    room.interviewer.note_pressed(ClientMessageType.DONE)
    await room.until_did("leave")
    assert room.answers() == [(1, "I run databases at a bank.", "time_limit")]
    assert "say: What are you proud of?" not in room.stage.did
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.TIME_LIMIT)]


async def test_silence_is_met_with_patience_then_typing_then_a_pause(open_room: Callable[..., Room]) -> None:
    room = open_room(reprompt_after=0.05, offer_typing_after=0.1, pause_after=0.15)
    await room.begin()
    await room.until_did("interview.paused")
    said = [step for step in room.stage.did if step.startswith("say: ")][3:]
    assert said == [f"say: {ENGLISH.reprompt}", f"say: {ENGLISH.offer_typing}", f"say: {ENGLISH.pausing}"]
    assert room.of(TypingOffered) == [TypingOffered(question_id=FIRST)]
    assert room.of(InterviewPaused) == [InterviewPaused(reason="silence")]
    await room.say(LONG_ANSWER)
    await room.until_did("ask the model")
    assert room.of(InterviewResumed) == [InterviewResumed()]


@pytest.mark.parametrize("factor", [1, 2, 4])
async def test_extra_time_makes_the_interviewer_as_much_more_patient(
    open_room: Callable[..., Room], factor: float
) -> None:
    waits = {"reprompt_after": 30, "offer_typing_after": 60, "pause_after": 90, "pause_limit": 180}
    room = open_room(make_plan(make_question(time_limit=2400), total_limit=7200, extra_time=factor), tick=1, **waits)
    await room.begin()
    began = asyncio.get_running_loop().time()
    seen: dict[str, float] = {}
    while not room.stage.left.is_set():
        await asyncio.sleep(1)
        for step in room.stage.did:
            seen.setdefault(step, asyncio.get_running_loop().time() - began)
    steps = [f"say: {ENGLISH.reprompt}", "typing.offered", "interview.paused", "leave"]
    assert [round(seen[step] / factor / 10) for step in steps] == [3, 6, 9, 27]


async def test_nobody_coming_back_from_silence_ends_the_session_courteously(open_room: Callable[..., Room]) -> None:
    room = open_room(reprompt_after=0.02, offer_typing_after=0.04, pause_after=0.06, pause_limit=0.05)
    await room.begin()
    await room.stage.left.wait()
    said = [step for step in room.stage.did if step.startswith("say: ")][3:]
    assert said == [
        f"say: {text}" for text in (ENGLISH.reprompt, ENGLISH.offer_typing, ENGLISH.pausing, ENGLISH.goodbye)
    ]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.LEFT)]


async def test_a_cough_does_not_put_the_reprompt_off(open_room: Callable[..., Room]) -> None:
    room = open_room(reprompt_after=0.1)
    await room.begin()
    for _ in range(3):
        room.interviewer.note_candidate_started()
        room.interviewer.note_candidate_stopped()
        await asyncio.sleep(0.05)
    await room.until_did(f"say: {ENGLISH.reprompt}")
    assert room.stage.did.count(f"say: {ENGLISH.reprompt}") == 1


async def test_somebody_who_types_slowly_is_not_reprompted(open_room: Callable[..., Room]) -> None:
    room = open_room(reprompt_after=1)
    await room.begin()
    for _ in range(15):
        room.interviewer.note_pressed(ClientMessageType.TYPING)
        await asyncio.sleep(0.1)
    assert f"say: {ENGLISH.reprompt}" not in room.stage.did
    await room.until_did(f"say: {ENGLISH.reprompt}")


async def test_silence_after_a_follow_up_accepts_the_answer(open_room: Callable[..., Room]) -> None:
    room = open_room(reprompt_after=0.05, offer_typing_after=0.06, pause_after=0.08)
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_follow_up("Which ones?")
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases.", "silence")]


async def test_a_bot_without_a_voice_says_so_once_for_each_question(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(make_question(max_follow_ups=0), make_question(SECOND, "And why?")))
    await room.begin()
    room.interviewer.note_voice_failed()
    room.interviewer.note_voice_failed()
    await room.say(LONG_ANSWER)
    await room.until_did("say: And why?")
    assert room.of(VoiceUnavailable) == [VoiceUnavailable(text=ENGLISH.voice_unavailable)]
    room.interviewer.note_voice_failed()
    await room.until(lambda: len(room.of(VoiceUnavailable)) == 2)


async def test_a_deaf_bot_offers_typing_once(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_hearing_failed()
    room.interviewer.note_hearing_failed()
    await room.say("I type then.", modality=Modality.TEXT)
    await room.until_did("ask the model")
    assert room.of(TypingOffered) == [TypingOffered(question_id=FIRST)]
