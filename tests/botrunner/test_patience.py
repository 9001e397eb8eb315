"""What the words tell of a silence, and what an interview teaches about its candidate's."""

from __future__ import annotations

import pytest

from botrunner.clock import Pacing
from botrunner.contract import Checkpoint, PatienceLearnt
from botrunner.patience import Patience, is_unfinished

PACING = Pacing(unfinished_pause=8, thinking_pause=4, cautious_pause=2)


@pytest.mark.parametrize(
    ("language", "text", "unfinished"),
    [
        ("en", "", False),
        ("en", "I run databases.", False),
        ("en", "I run databases", False),
        ("en", "Is that so?", False),
        ("en", "I run databases and", True),
        ("en", "I run databases, um", True),
        ("en", "I run databases,", True),
        ("en", "There were three of us...", True),
        ("en", "It went very well", False),
        ("en", "I know what it is like", False),
        ("en", "I think so", False),
        ("en-GB", "I run databases because", True),
        ("en", "That is what I was thinking of.", False),
        ("es", "Lo hice porque", True),
        ("es", "Trabajé con Ana y", True),
        ("es", "Me fue bien, pues", False),
        ("fr", "J'ai fait ça parce que", True),
        ("fr", "Je gère les bases et", True),
        ("fr", "Je travaille avec", False),
        ("fr", "C'est tout, donc", False),
        ("de", "Ich habe das gemacht, weil", True),
        ("de", "Ich habe das gemacht.", False),
        ("de", "Da mache ich mit", False),
        ("de", "Ich kaufe ein", False),
        ("pt", "Eu fiz isso porque", True),
        ("pt-BR", "Eu cuido dos bancos e", True),
        ("pt", "Era um caso desse tipo", False),
        ("hi", "मैंने यह किया क्योंकि", True),
        ("hi", "मैं डेटाबेस संभालता हूँ और", True),
        ("hi", "मैंने यह किया।", False),
        ("de", "Sie sagte and", False),  # joins in another language
        ("pl", "To jest baza e", False),
        ("pl", "To jest baza,", True),
        ("ar", "أعمل في بنك؟", False),
        ("ur", "میں بینک میں کام کرتا ہوں\u06d4", False),
    ],
)
def test_words_tell_whether_more_must_come(language: str, text: str, unfinished: bool) -> None:
    assert is_unfinished(text, language) is unfinished


@pytest.mark.parametrize(
    ("words", "punctuated", "not_punctuated"),
    [
        ("I run databases.", 0, 0),
        ("Do I?", 0, 0),
        ("“I quit.”", 0, 0),
        ("मैंने यह किया।", 0, 0),
        ("I run databases", 8, 0),
        ("I run databases,", 8, 8),
        ("I run databases and", 8, 8),
        ("", 0, 0),
    ],
)
def test_a_sentence_without_its_end_goes_on_where_ends_are_to_be_expected(
    words: str, punctuated: float, not_punctuated: float
) -> None:
    assert Patience(PACING, punctuated=True).silence_after(words) == punctuated
    assert Patience(PACING).silence_after(words) == not_punctuated


def test_one_pause_in_vain_shortens_all_that_only_a_missing_full_stop_asks_for() -> None:
    patience = Patience(PACING, punctuated=True)
    for words in ("I run databases.", "I run databases and"):
        patience.note_waited_in_vain(words)
        assert patience.silence_after("I run databases") == 8
    patience.note_waited_in_vain("I run databases")
    assert patience.silence_after("For a bank") == 4
    assert patience.silence_after("For a bank, and") == 8
    assert patience.silence_after("For a bank.") == 0


def test_each_time_somebody_was_talked_over_the_least_silence_grows_and_no_other_interview_knows() -> None:
    patience = Patience(PACING, punctuated=True)
    least = []
    for _ in range(4):
        least.append(patience.silence_after("I run databases."))
        patience.note_talked_over()
    assert least == [0, 2, 4, 4]
    assert patience.silence_after("For a bank") == 8
    assert Patience(PACING).silence_after("I run databases.") == 0


def test_what_was_learnt_is_told_once_and_known_to_the_session_that_resumes() -> None:
    told: list[PatienceLearnt] = []
    patience = Patience(PACING, punctuated=True)
    patience.on_learnt = told.append
    patience.note_waited_in_vain("I run databases,")
    for _ in range(2):
        patience.note_waited_in_vain("I run databases")
    patience.note_talked_over()
    assert told == [
        PatienceLearnt(full_stops_missing=True),
        PatienceLearnt(full_stops_missing=True, talked_over=1),
    ]
    resumed = Patience(PACING, punctuated=True, checkpoint=Checkpoint(**told[-1].model_dump(exclude={"type"})))
    resumed.on_learnt = told.append
    assert (resumed.silence_after("For a bank."), resumed.silence_after("For a bank")) == (2, 4)
    resumed.note_talked_over()
    assert told[2:] == [PatienceLearnt(full_stops_missing=True, talked_over=2)]


def test_an_answer_far_shorter_than_its_question_asks_for_is_not_over_at_the_end_of_a_sentence() -> None:
    patience = Patience(PACING, punctuated=True)
    patience.words_missing = lambda: 7
    assert patience.silence_after("I led a team.") == 8
    assert patience.silence_after("I led a team of four.") == 0  # a word less is no sign
    assert patience.silence_after("Could you repeat that?") == 0
    assert patience.silence_after("") == 0
    patience.words_missing = lambda: 2  # what a question asks for unless told otherwise
    assert patience.silence_after("Yes.") == 0
    # Nothing came after it, which says nothing of the service's full stops.
    patience.words_missing = lambda: 7
    patience.note_waited_in_vain("I led")
    assert patience.silence_after("I led") == 8
