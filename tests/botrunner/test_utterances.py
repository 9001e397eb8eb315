import pytest

from botrunner.utterances import Utterances


@pytest.fixture
def utterances() -> Utterances:
    utterances = Utterances()
    utterances.add("Hello.")
    utterances.ask("What do  you do?")
    utterances.add("What do  you do?")
    return utterances


def test_a_prompt_is_heard_once_it_was_spoken_to_its_end(utterances: Utterances) -> None:
    assert utterances.note_spoken("Hello.") is False
    assert not utterances.all_spoken.is_set()
    assert utterances.note_spoken("What do you do?") is True
    assert utterances.prompt_heard
    assert utterances.all_spoken.is_set()


def test_texts_may_be_spoken_in_one_turn(utterances: Utterances) -> None:
    assert utterances.note_spoken("Hello. What do you do?") is True
    assert utterances.all_spoken.is_set()


def test_a_prompt_dropped_before_its_turn_was_not_heard_at_all(utterances: Utterances) -> None:
    utterances.note_started()
    utterances.drop()
    assert (utterances.prompt_cut, utterances.heard_for) == (True, 0.0)
    assert utterances.all_spoken.is_set()


def test_a_prompt_cut_off_was_heard_for_a_while(utterances: Utterances) -> None:
    utterances.note_started()
    utterances.note_spoken("Hello.")
    utterances.drop()
    assert utterances.prompt_cut
    assert utterances.heard_for > 0


def test_dropping_other_words_does_not_cut_a_prompt_that_was_heard(utterances: Utterances) -> None:
    utterances.note_spoken("Hello. What do you do?")
    utterances.add("Take your time.")
    utterances.drop()
    assert not utterances.prompt_cut
