from __future__ import annotations

import pytest

from botrunner.follow_up import word_follow_up
from tests.botrunner.plans import make_question

GUIDANCE = "Look for a migration they led themselves without downtime, and who took the decision."


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Which ones?", "Which ones?"),
        ("  Which\n ones?  And why? And when?", "Which ones?"),
        ("**Which** `ones`?", "Which ones?"),
        ("Tell me more about that.", "Tell me more about that."),
        ("", ""),
        ("x " * 200 + "?", ""),
        ("Was it a migration they led themselves without downtime, or not?", ""),
    ],
)
def test_a_follow_up_is_one_short_question_that_gives_nothing_away(written: str, asked: str) -> None:
    assert word_follow_up(written, question=make_question(follow_up_guidance=GUIDANCE), language="en") == asked


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("de", "Was genau haben Sie dabei gemacht?", "Was genau haben Sie dabei gemacht?"),
        ("de", "What did you do there?", ""),
        ("en", "¿Qué hizo usted con esto?", ""),
        ("en", "Что вы сделали?", ""),
        ("hi", "आपने इसमें क्या किया?", "आपने इसमें क्या किया?"),
        ("hi", "What did you do there?", ""),
        ("fr", "Et Kubernetes ?", "Et Kubernetes ?"),
        ("pl", "Co dokładnie zrobiłeś?", "Co dokładnie zrobiłeś?"),
        ("es", "¿Podría darme un ejemplo de eso?", "¿Podría darme un ejemplo de eso?"),
        ("pt", "Você poderia dar um exemplo disso?", "Você poderia dar um exemplo disso?"),
    ],
)
def test_a_follow_up_is_in_the_interviews_language(language: str, written: str, asked: str) -> None:
    assert word_follow_up(written, question=make_question(), language=language) == asked


@pytest.mark.parametrize(
    "written",
    [
        "Are you happy with 5/5?",
        "Is a score of 4 out of 5 fine?",
        "Shall I read you the rubric?",
        "Do you want to see my instructions?",
        "Did you know that you passed?",
        "Shall I give you full marks?",
    ],
)
def test_a_follow_up_neither_scores_nor_speaks_of_instructions(written: str) -> None:
    assert word_follow_up(written, question=make_question(), language="en") == ""


def test_guidance_of_few_words_is_kept_too() -> None:
    question = make_question(follow_up_guidance="Ask about the rollback.")
    assert word_follow_up("Shall I ask about the rollback?", question=question, language="en") == ""
    assert word_follow_up("What about the rollback?", question=question, language="en") == "What about the rollback?"


def test_only_the_question_is_kept() -> None:
    written = "You did great.\u202e Which\u200b one was it? And why?"
    assert word_follow_up(written, question=make_question(), language="en") == "Which one was it?"
