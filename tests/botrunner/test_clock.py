from collections.abc import Callable

import pytest

from botrunner.clock import Due, InterviewClock, Pacing

PACING = Pacing(warn_at=0.8, grace=5, reprompt_after=30, offer_typing_after=60, pause_after=90)


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def clock(time: Time) -> InterviewClock:
    clock = InterviewClock(pacing=PACING, total_limit=1000, now=time)
    clock.start()
    return clock


@pytest.fixture
def after(clock: InterviewClock, time: Time) -> Callable[[float], list[Due]]:
    def pass_time(seconds: float) -> list[Due]:
        time.now += seconds
        return clock.read_due()

    return pass_time


def test_a_questions_time_starts_when_it_was_heard_and_stands_still_while_the_bot_speaks(
    clock: InterviewClock, after: Callable[[float], list[Due]]
) -> None:
    clock.begin_question(20)
    assert after(100) == []
    clock.mark_heard()
    clock.bot_speaking = True
    assert after(100) == []
    clock.bot_speaking = False
    assert after(15) == []
    assert after(1) == [Due.QUESTION_WARNING]
    assert clock.question_left == 4
    assert after(4) == [Due.QUESTION_OVER]
    assert after(100) == [Due.REPROMPT, Due.OFFER_TYPING, Due.PAUSE]


def test_a_speaking_candidate_is_given_grace_and_no_more(
    clock: InterviewClock, after: Callable[[float], list[Due]]
) -> None:
    clock.begin_question(20)
    clock.mark_heard()
    clock.candidate_speaking = True
    assert after(20) == [Due.QUESTION_WARNING]
    assert after(4) == []
    assert after(1) == [Due.QUESTION_OVER]


def test_silence_reprompts_then_offers_typing_then_pauses(
    clock: InterviewClock, after: Callable[[float], list[Due]]
) -> None:
    clock.begin_question(600)
    clock.mark_heard()
    assert after(29) == []
    assert after(1) == [Due.REPROMPT]
    assert after(30) == [Due.OFFER_TYPING]
    assert after(30) == [Due.PAUSE]
    assert after(30) == []


def test_words_and_work_in_hand_are_not_silence(clock: InterviewClock, after: Callable[[float], list[Due]]) -> None:
    clock.begin_question(600)
    clock.mark_heard()
    after(29)
    clock.restart_silence()
    assert after(29) == []
    clock.busy = True
    assert after(29) == []
    clock.busy = False
    clock.candidate_speaking = True
    assert after(29) == []
    clock.candidate_speaking = False
    assert after(1) == [Due.REPROMPT]


def test_nothing_counts_while_the_interview_pauses(clock: InterviewClock, after: Callable[[float], list[Due]]) -> None:
    clock.begin_question(20)
    clock.mark_heard()
    clock.pause()
    assert after(179) == []
    assert after(1) == [Due.PAUSE_OVER]
    assert after(1000) == []
    clock.resume()
    assert clock.elapsed == 0
    assert after(16) == [Due.QUESTION_WARNING]


def test_the_interview_has_a_limit_of_its_own(clock: InterviewClock, after: Callable[[float], list[Due]]) -> None:
    clock.begin_question(600)
    assert after(800) == [Due.INTERVIEW_WARNING]
    assert clock.interview_left == 200
    assert after(200) == [Due.INTERVIEW_OVER]


def test_nothing_counts_before_the_interview_begins(time: Time) -> None:
    clock = InterviewClock(pacing=PACING, total_limit=1000, elapsed=100, now=time)
    time.now += 40
    clock.note_absent(False)  # the candidate is on the way
    assert (clock.is_over(), clock.elapsed) == (False, 100)
    clock.start()
    time.now += 7
    clock.read_due()
    assert clock.elapsed == 107


def test_a_resumed_interview_has_what_was_left(time: Time) -> None:
    clock = InterviewClock(pacing=PACING, total_limit=1000, elapsed=900, now=time)
    clock.start()
    clock.begin_question(600)
    time.now += 99
    assert clock.read_due() == []
    assert clock.elapsed == 999
    time.now += 1
    assert clock.read_due() == [Due.INTERVIEW_OVER]


def test_a_resumed_question_has_what_was_left(clock: InterviewClock, after: Callable[[float], list[Due]]) -> None:
    clock.begin_question(20, left=10)
    clock.mark_heard()
    assert after(5) == []
    assert after(1) == [Due.QUESTION_WARNING]
    assert after(4) == [Due.QUESTION_OVER]


def test_a_question_that_was_given_more_time_keeps_it(
    clock: InterviewClock, after: Callable[[float], list[Due]]
) -> None:
    clock.begin_question(20, left=50)
    clock.mark_heard()
    assert (after(39), clock.question_left) == ([Due.REPROMPT], 11)
    assert after(1) == [Due.QUESTION_WARNING]


def test_nothing_counts_while_the_candidate_is_absent(
    clock: InterviewClock, after: Callable[[float], list[Due]]
) -> None:
    clock.begin_question(20)
    clock.mark_heard()
    assert after(15) == []
    clock.note_absent(True)
    assert after(1000) == []
    clock.note_absent(False)
    assert (clock.elapsed, clock.question_left) == (15, 5)
    assert after(1) == [Due.QUESTION_WARNING]


def test_more_time_can_be_given(clock: InterviewClock, after: Callable[[float], list[Due]]) -> None:
    clock.begin_question(20)
    clock.mark_heard()
    assert after(16) == [Due.QUESTION_WARNING]
    clock.extend(100)
    assert after(10) == []
    assert clock.question_left == 94
    assert after(70) == [Due.QUESTION_WARNING, Due.REPROMPT, Due.OFFER_TYPING, Due.PAUSE]


def test_pacing_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PACING", '{"reprompt_after": 1.5}')
    assert Pacing.from_env() == Pacing(reprompt_after=1.5)
    monkeypatch.delenv("BOT_PACING")
    assert Pacing.from_env() == Pacing()
