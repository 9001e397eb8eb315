"""What the interviewer does next: a fake stage stands where the pipeline, the model and Django are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from botrunner.clock import Pacing
from botrunner.contract import (
    AnswerAccepted,
    Checkpoint,
    ClientMessageType,
    CompletionReason,
    Contract,
    InterviewCompleted,
    InterviewPaused,
    InterviewPlan,
    InterviewResumed,
    InterviewStarted,
    Modality,
    PlannedQuestion,
    PriorTurn,
    RelayCommand,
    Role,
    SummaryReady,
    TimeWarning,
    TurnAdded,
    TypingOffered,
)
from botrunner.interviewer import Interviewer
from botrunner.phrases import ENGLISH
from botrunner.progress import Progress
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question

NEVER = 1000.0
LONG_ANSWER = "I look after the databases of a bank, and have done so for nine years."
PACING = Pacing(tick=0.005, settle=0.03, decision=NEVER, unheard=NEVER, answer_ack=0.05, goodbye=0.5, grace=0.05)


class Stage:
    """Speaks at once unless `mumbles`, and lets the model decide by `decide` (None: it never answers)."""

    def __init__(self) -> None:
        self.interviewer: Interviewer
        self.did: list[str] = []
        self.events: list[Contract] = []
        self.decide: Callable[[], Any] | None = None
        self.mumbles = False
        self.acknowledges = True
        self.held_words = ""
        self.words_started_at: datetime | None = None
        self.left = asyncio.Event()

    async def prepare(self) -> None:
        pass

    async def say(self, *texts: str) -> None:
        self.did += [f"say: {text}" for text in texts]
        if not self.mumbles:
            for text in texts:
                self.interviewer.note_bot_turn(
                    text, modality=Modality.VOICE, interrupted=False, started_at=datetime.now(UTC)
                )

    async def emit(self, event: Contract) -> int | None:
        self.events.append(event)
        self.did.append(event.type)  # type: ignore[attr-defined]
        return len(self.events)

    async def wait_acked(self, seq: int, within: float) -> bool:
        self.did.append("wait for the relay")
        if not self.acknowledges:
            await asyncio.sleep(within)
        return self.acknowledges

    async def put_question(self, question: PlannedQuestion) -> None:
        await self.interviewer.say_prompt(question.text)

    async def put_closing(self) -> None:
        self.did.append("closing")

    async def ask_model(self, progress: Progress) -> None:
        self.did.append("ask the model")
        if self.decide:
            await self.decide()

    async def end_turn(self) -> None:
        if self.held_words:
            began = self.words_started_at or datetime.now(UTC)
            self.interviewer.note_words(self.held_words, modality=Modality.VOICE, started_at=began)

    async def summarise(self, transcript: list[PriorTurn]) -> SummaryReady:
        self.summed_up = transcript
        return SummaryReady(text="A summary.", spoken="In a word.", points=[])

    async def leave(self) -> None:
        self.did.append("leave")
        self.left.set()


class Room:
    """A running interviewer, and what a candidate can do to it."""

    def __init__(self, plan: InterviewPlan, pacing: Pacing) -> None:
        self.stage = Stage()
        self.interviewer = Interviewer(plan, stage=self.stage, pacing=pacing)
        self.stage.interviewer = self.interviewer
        self.task = asyncio.create_task(self.interviewer.run())

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - what is waited for is not an event
                await asyncio.sleep(0.002)

    async def until_did(self, *steps: str) -> None:
        await self.until(lambda: all(step in self.stage.did for step in steps))

    async def begin(self) -> None:
        self.interviewer.note_client_ready()
        await self.until(lambda: self.interviewer.progress.current is not None)

    async def say(self, text: str, *, modality: Modality = Modality.VOICE) -> None:
        if modality is Modality.VOICE:
            self.interviewer.note_candidate_started()
            self.interviewer.note_candidate_stopped()
        self.interviewer.note_words(text, modality=modality, started_at=datetime.now(UTC))
        await asyncio.sleep(0.01)

    def of(self, kind: type[Contract]) -> list[Any]:
        return [event for event in self.stage.events if isinstance(event, kind)]

    def answers(self) -> list[tuple[int, str, str]]:
        return [(answer.question_id.int, answer.text, answer.reason) for answer in self.of(AnswerAccepted)]


@pytest.fixture
async def open_room() -> AsyncIterator[Callable[..., Room]]:
    rooms = []

    def open_one(plan: InterviewPlan | None = None, **pacing: float) -> Room:
        room = Room(plan or make_plan(), Pacing(**{**vars(PACING), **pacing}))
        rooms.append(room)
        return room

    yield open_one
    for room in rooms:
        room.task.cancel()
    await asyncio.gather(*(room.task for room in rooms), return_exceptions=True)


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


# --- Interruptions ----------------------------------------------------------------------------------


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
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases.", "complete")]


async def test_a_question_that_is_never_spoken_is_tried_twice_and_then_counts_as_asked(
    open_room: Callable[..., Room],
) -> None:
    room = open_room(unheard=0.03, reprompt_after=0.05)
    room.stage.mumbles = True
    await room.begin()
    await room.until_did(f"say: {ENGLISH.reprompt}")
    assert room.stage.did.count("say: What do you do?") == 2


# --- Buttons and commands ---------------------------------------------------------------------------


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


def command(name: Any, **args: Any) -> RelayCommand:
    return RelayCommand(id=uuid4(), name=name, args=args)


async def test_staff_can_speak_skip_and_end(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.interviewer.note_command(command("say", text="A moment please."))
    await room.until_did("say: A moment please.")
    await room.interviewer.note_command(command("skip"))
    await room.until_did("say: What are you proud of?")
    await room.say("Of keeping calm at night.")
    await room.stage.left.wait()
    assert room.answers() == [(1, "", "skipped"), (2, "Of keeping calm at night.", "complete")]


async def test_staff_ending_the_interview_keeps_what_was_said(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_command(command("end"))
    await room.stage.left.wait()
    assert room.answers() == [(1, "I run databases.", "done")]
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.STAFF)]
    assert f"say: {ENGLISH.ended_by_staff}" in room.stage.did


async def test_a_session_ended_before_its_client_came_is_left_without_a_word(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.interviewer.note_command(command("end"))
    await room.stage.left.wait()
    assert room.stage.did == ["leave"]


# --- Time -------------------------------------------------------------------------------------------


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
    room = open_room(reprompt_after=0.1)
    await room.begin()
    for _ in range(6):
        room.interviewer.note_pressed(ClientMessageType.TYPING)
        await asyncio.sleep(0.03)
    assert f"say: {ENGLISH.reprompt}" not in room.stage.did
    await room.until_did(f"say: {ENGLISH.reprompt}")


async def test_silence_after_a_follow_up_accepts_the_answer(open_room: Callable[..., Room]) -> None:
    room = open_room(reprompt_after=0.05, offer_typing_after=0.06, pause_after=0.08)
    await room.begin()
    await room.say("I run databases.")
    await room.interviewer.note_follow_up("Which ones?")
    await room.until_did("answer.accepted")
    assert room.answers() == [(1, "I run databases.", "silence")]


async def test_a_deaf_bot_offers_typing_once(open_room: Callable[..., Room]) -> None:
    room = open_room()
    await room.begin()
    room.interviewer.note_hearing_failed()
    room.interviewer.note_hearing_failed()
    await room.say("I type then.", modality=Modality.TEXT)
    await room.until_did("ask the model")
    assert room.of(TypingOffered) == [TypingOffered(question_id=FIRST)]


# --- Resuming ---------------------------------------------------------------------------------------


async def test_a_resumed_interview_greets_back_and_goes_on(open_room: Callable[..., Room]) -> None:
    before = PriorTurn(role=Role.CANDIDATE, text=LONG_ANSWER, question_id=FIRST)
    checkpoint = Checkpoint(accepted=[FIRST], current=SECOND, elapsed=60, transcript=[before])
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
    assert room.stage.summed_up[0] == before


async def test_a_resumed_interview_with_nothing_left_is_summed_up(open_room: Callable[..., Room]) -> None:
    room = open_room(make_plan(checkpoint=Checkpoint(accepted=[FIRST, SECOND])))
    room.interviewer.note_client_ready()
    await room.stage.left.wait()
    assert room.of(InterviewCompleted) == [InterviewCompleted(reason=CompletionReason.ALL_ANSWERED)]
