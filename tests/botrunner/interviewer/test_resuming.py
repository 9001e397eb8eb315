"""An interview that goes on where an earlier session broke off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from botrunner.contract import (
    AnswerAccepted,
    Checkpoint,
    CompletionReason,
    FollowUpAsked,
    InterviewCompleted,
    InterviewStarted,
    Modality,
    PriorAnswer,
    PriorExchange,
    PriorTurn,
    Role,
)
from botrunner.phrases import ENGLISH
from tests.botrunner.interviewer.room import LONG_ANSWER, Room
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question

DISCLOSED = PriorTurn(role=Role.BOT, text="I am an AI.")


async def test_a_resumed_interview_greets_back_and_goes_on(open_room: Callable[..., Room]) -> None:
    before = PriorTurn(role=Role.CANDIDATE, text=LONG_ANSWER, question_id=FIRST)
    checkpoint = Checkpoint(accepted=[FIRST], current=SECOND, elapsed=60, transcript=[DISCLOSED, before])
    room = open_room(make_plan(checkpoint=checkpoint))
    await room.begin()
    await room.say("Of keeping calm.")
    await room.stage.left.wait()
    [started] = room.of(InterviewStarted)
    assert (started.resumed, started.question_count, round(started.elapsed)) == (True, 2, 60)
    assert [step for step in room.stage.did if step.startswith("say: ")][:2] == [
        f"say: {ENGLISH.welcome_back}",
        "say: What are you proud of?",
    ]
    assert room.answers() == [(2, "Of keeping calm.", "complete")]
    assert room.stage.summed_up[:2] == [DISCLOSED, before]


async def test_a_disclosure_that_an_earlier_session_did_not_finish_is_made_in_the_next(
    open_room: Callable[..., Room],
) -> None:
    cut_off = PriorTurn(role=Role.BOT, text="I am an")
    room = open_room(make_plan(checkpoint=Checkpoint(current=SECOND, transcript=[cut_off])))
    await room.begin()
    await room.until_did("say: What are you proud of?")
    assert [step for step in room.stage.did if step.startswith("say: ")] == [
        f"say: {ENGLISH.welcome_back}",
        "say: I am an AI.",
        "say: What are you proud of?",
    ]


async def test_a_resumed_interview_with_nothing_left_is_summed_up(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(checkpoint=Checkpoint(accepted=[FIRST, SECOND])))
    room.interviewer.note_client_ready()
    await room.stage.left.wait()
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)]


async def test_a_candidate_who_is_lost_breaks_the_interview_off(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_client_gone()
    await room.task
    assert room.stage.did[-1] == "interview.completed"
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.CONNECTION_LOST)]
    assert room.answers() == []


async def test_a_candidate_who_is_lost_in_mid_answer_has_said_it(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.stage.held_words = "I run the databases of"
    room.interviewer.note_candidate_started()
    room.interviewer.note_client_gone()
    await room.until(lambda: room.said() == ["I run the databases of"])
    await room.say("a bank.")  # was on its way
    await room.task
    assert room.said() == ["I run the databases of", "a bank."]
    assert room.stage.did[-1] == "interview.completed"


async def test_a_question_broken_off_in_a_follow_up_goes_on_there(open_room: Callable[..., Room]) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    exchanges = [
        PriorExchange(asked="What do you do?", answers=[prior("I run databases.", noon)]),
        PriorExchange(asked="Which ones?", answers=[prior("Mostly", noon + timedelta(minutes=1))]),
    ]
    question = make_question(max_follow_ups=1)
    room = open_room(
        make_plan(question, checkpoint=Checkpoint(current=FIRST, exchanges=exchanges, transcript=[DISCLOSED]))
    )
    await room.begin()
    await room.say("Postgres.")
    await room.stage.left.wait()
    assert room.of(FollowUpAsked) == [FollowUpAsked(question_id=FIRST, number=1, text="Which ones?")]
    assert [step for step in room.stage.did if step.startswith("say: ")][:2] == [
        f"say: {ENGLISH.welcome_back}",
        "say: Which ones?",
    ]
    assert "ask the model" not in room.stage.did
    [answer] = room.of(AnswerAccepted)
    assert (answer.text, answer.follow_ups, answer.modality) == (
        "I run databases. Mostly Postgres.",
        1,
        Modality.MIXED,
    )
    assert answer.started_at == noon


async def test_what_will_be_said_first_is_made_ahead_first(open_room: Callable[..., Room]) -> None:
    whole = open_room().interviewer.fixed_texts
    assert whole[:4] == ["Hello.", "I am an AI.", "What do you do?", ENGLISH.acknowledgements[0]]
    assert whole[-2:] == ["What are you proud of?", "Goodbye."]
    heard = [PriorTurn(role=Role.BOT, text="I am an AI.")]
    broken_off = Checkpoint(accepted=[FIRST], current=SECOND, transcript=heard)
    at_second = open_room(make_plan(checkpoint=broken_off)).interviewer.fixed_texts
    assert at_second[:3] == [ENGLISH.welcome_back, "What are you proud of?", ENGLISH.acknowledgements[0]]
    assert "What do you do?" not in at_second
    exchanges = [PriorExchange(asked="What do you do?"), PriorExchange(asked="Which ones?")]
    follow_up = Checkpoint(current=FIRST, exchanges=exchanges)
    in_follow_up = open_room(make_plan(checkpoint=follow_up)).interviewer.fixed_texts
    assert in_follow_up[:3] == [ENGLISH.welcome_back, "I am an AI.", "Which ones?"]


def prior(text: str, at: datetime) -> PriorAnswer:
    return PriorAnswer(text=text, modality=Modality.TEXT, started_at=at, ended_at=at)


async def test_a_candidate_who_never_came_is_not_lost(open_room: Callable[..., Room]) -> None:
    room = open_room()
    room.interviewer.note_client_gone()
    await asyncio.sleep(0.03)
    assert room.stage.did == []
