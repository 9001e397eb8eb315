from datetime import UTC, datetime, timedelta

from botrunner.contract import AnswerAccepted, Checkpoint, FollowUpAsked, Modality, PriorTurn, QuestionStarted, Role
from botrunner.progress import Progress, SpokenTurn
from tests.botrunner.plans import FIRST, SECOND, THIRD, make_plan, make_question

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def said(text: str, *, modality: Modality = Modality.VOICE, minute: int = 0) -> SpokenTurn:
    started_at = NOON + timedelta(minutes=minute)
    return SpokenTurn(text, modality, started_at, started_at + timedelta(seconds=30))


def test_questions_come_in_the_plans_order() -> None:
    progress = Progress(make_plan())
    assert progress.begin_next() == QuestionStarted(
        question_id=FIRST, index=1, count=2, text="What do you do?", time_limit=180, required=True
    )
    progress.accept("complete")
    assert progress.begin_next() == QuestionStarted(
        question_id=SECOND, index=2, count=2, text="What are you proud of?", time_limit=180, required=False
    )
    progress.accept("complete")
    assert progress.begin_next() is None
    assert progress.current is None


def test_an_answer_holds_every_turn_of_its_question_and_the_follow_up() -> None:
    progress = Progress(make_plan())
    progress.begin_next()
    progress.add_turn(said("I run databases."))
    assert progress.ask_follow_up("Which ones?") == FollowUpAsked(question_id=FIRST, number=1, text="Which ones?")
    progress.add_turn(said("Postgres.", modality=Modality.TEXT, minute=1))
    assert progress.accept("complete") == AnswerAccepted(
        question_id=FIRST,
        text="I run databases. Postgres.",
        modality=Modality.MIXED,
        reason="complete",
        follow_ups=1,
        started_at=NOON,
        ended_at=NOON + timedelta(minutes=1, seconds=30),
    )


def test_an_answer_is_accepted_once() -> None:
    progress = Progress(make_plan())
    progress.begin_next()
    progress.add_turn(said("I run databases."))
    accepted = progress.accept("complete")
    assert accepted is not None
    assert accepted.modality is Modality.VOICE
    assert progress.accept("done") is None


def test_follow_ups_are_bounded_by_the_question() -> None:
    progress = Progress(make_plan(make_question(max_follow_ups=2)))
    progress.begin_next()
    asked = [progress.ask_follow_up(f"Number {number}?") for number in (1, 2, 3)]
    assert [event and event.number for event in asked] == [1, 2, None]
    assert progress.follow_ups_left == 0
    assert progress.prompt == "Number 2?"


def test_an_answer_without_words_is_empty() -> None:
    progress = Progress(make_plan())
    progress.begin_next()
    accepted = progress.accept("time_limit")
    assert accepted is not None
    assert (accepted.text, accepted.modality, accepted.reason) == ("", Modality.VOICE, "time_limit")


def test_a_resumed_interview_goes_on_where_it_broke() -> None:
    questions = [make_question(id, f"Question {id.int}?") for id in (FIRST, SECOND, THIRD)]
    said_before = PriorTurn(role=Role.CANDIDATE, text="I run databases.", question_id=FIRST)
    checkpoint = Checkpoint(accepted=[FIRST], current=THIRD, elapsed=60, transcript=[said_before])
    progress = Progress(make_plan(*questions, checkpoint=checkpoint))
    assert progress.resumed
    assert progress.transcript == [said_before]
    order = []
    while started := progress.begin_next():
        order.append((started.question_id, started.index))
        progress.accept("complete")
    assert order == [(THIRD, 3), (SECOND, 2)]


def test_a_checkpoint_on_an_answered_question_goes_to_the_next() -> None:
    progress = Progress(make_plan(checkpoint=Checkpoint(accepted=[FIRST], current=FIRST)))
    started = progress.begin_next()
    assert started is not None
    assert started.question_id == SECOND
