"""A bot is killed, and the next one goes on with the time that was left: the real interviewer, the real relay."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bench.virtual_time import VirtualTimeLoop
from botrunner.clock import Pacing
from botrunner.contract import ClientMessageType, Contract, InterviewPlan, InterviewStarted, QuestionStarted
from interviews.domain import relay, sessions
from interviews.domain.plans import compile_plan
from interviews.enums import EndReason
from interviews.models import Invitation, Question
from tenants.models import Tenant
from tests.botrunner.interviewer.room import PACING, Room
from tests.interviews.factories import frame, launch_session, make_invitation, make_session, open_relay

#: Silence is not what this is about.
PATIENT = replace(PACING, tick=0.5, report=Pacing.report, reprompt_after=900, offer_typing_after=900, pause_after=900)


def hold_until_killed(plan: InterviewPlan, story: Callable[[Room], Awaitable[None]]) -> list[Contract]:
    """The events of an interviewer that is killed, without a word, when the story is told."""

    async def live() -> list[Contract]:
        room = Room(plan, PATIENT)
        await room.begin()
        await story(room)
        for task in (room.task, room.ticking):
            task.cancel()
        await asyncio.gather(room.task, room.ticking, return_exceptions=True)
        return room.stage.events

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(live())


def hold(invitation: Invitation, story: Callable[[Room], Awaitable[None]]) -> list[Contract]:
    """One session of the invitation, whose bot is killed when the story is told."""
    session = make_session(invitation=invitation)
    lease = open_relay(launch_session(session))
    events = hold_until_killed(InterviewPlan.model_validate(session.plan), story)
    relay.store_frames(lease=lease, frames=[frame(seq, event) for seq, event in enumerate(events, start=1)])  # type: ignore[arg-type]
    sessions.end_session(session=session, reason=EndReason.BOT_LOST)
    return events


def test_what_a_killed_bot_has_not_used_of_the_time_is_there_for_the_next(in_acme: Tenant) -> None:
    invitation = make_invitation()
    Question.objects.update(time_limit=180)

    async def first(room: Room) -> None:
        await asyncio.sleep(61)
        room.interviewer.note_pressed(ClientMessageType.PAUSE)
        await asyncio.sleep(100)
        room.interviewer.note_pressed(ClientMessageType.RESUME)
        room.interviewer.note_client_seen(False)
        await asyncio.sleep(8)
        room.interviewer.note_client_seen(True)
        await asyncio.sleep(15)

    async def second(room: Room) -> None:
        await asyncio.sleep(41)

    async def third(room: Room) -> None:
        await asyncio.sleep(75)

    hold(invitation, first)
    checkpoint = compile_plan(invitation=invitation).checkpoint
    assert checkpoint is not None
    # 61 + 15 s were used, of which Django learns every ten; neither the pause nor the absence counts.
    assert (round(checkpoint.elapsed), round(checkpoint.question_left or 0)) == (71, 109)

    events = hold(invitation, second)
    [started] = [event for event in events if isinstance(event, InterviewStarted)]
    [asked] = [event for event in events if isinstance(event, QuestionStarted)]
    assert (started.resumed, round(started.elapsed)) == (True, 71)
    assert (asked.time_limit, round(asked.time_left or 0)) == (180, 109)
    checkpoint = compile_plan(invitation=invitation).checkpoint
    assert checkpoint is not None
    assert (round(checkpoint.elapsed), round(checkpoint.question_left or 0)) == (111, 69)

    third_plan = compile_plan(invitation=invitation)
    events = hold_until_killed(third_plan, third)
    kinds = [event.type for event in events]  # type: ignore[attr-defined]
    told = [kind for kind in kinds if kind in ("time.warning", "time.spent", "answer.accepted")]
    assert told[:8] == [*["time.spent"] * 3, "time.warning", *["time.spent"] * 3, "answer.accepted"]


def test_the_next_question_has_all_of_its_time(in_acme: Tenant) -> None:
    invitation = make_invitation()
    Question.objects.update(time_limit=180, max_follow_ups=0)

    async def answer_one(room: Room) -> None:
        await asyncio.sleep(61)
        await room.say("I look after the databases of a bank.")
        await room.until(lambda: len(room.of(QuestionStarted)) == 2)
        await asyncio.sleep(2)

    hold(invitation, answer_one)
    checkpoint = compile_plan(invitation=invitation).checkpoint
    assert checkpoint is not None
    assert (checkpoint.current, checkpoint.question_left) == (Question.objects.order_by("position")[1].pk, None)
    assert round(checkpoint.elapsed) == 60


def test_who_was_talked_over_is_left_more_silence_by_the_next_bots_too(in_acme: Tenant) -> None:
    invitation = make_invitation()
    Question.objects.update(max_follow_ups=0)
    left: list[float] = []

    async def be_talked_over(room: Room) -> None:
        room.stage.mumbles = True
        await room.say("I look after the databases of a bank.")
        await room.until(lambda: len(room.of(QuestionStarted)) == 2)
        await asyncio.sleep(0.1)
        await room.cut_in("And before that of a hospital, I should say.")
        await room.until(lambda: len(room.answers()) == 2)
        left.append(room.least_silence())
        await asyncio.sleep(1)

    async def say_nothing(room: Room) -> None:
        left.append(room.least_silence())

    for story in (be_talked_over, say_nothing, say_nothing):
        hold(invitation, story)
    assert left == [PATIENT.cautious_pause] * 3
    other = make_invitation()
    hold(other, say_nothing)
    assert left[3:] == [0]
