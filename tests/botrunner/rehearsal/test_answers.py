"""What the simulated candidate says comes from a persona or a file, or a sentence says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from botrunner.default_plan import default_plan
from botrunner.rehearsal.__main__ import UnreadablePlan, read_plan
from botrunner.rehearsal.answers import PERSONAS, NoAnswers, answers_of, read_answers


def test_a_text_file_has_an_answer_a_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "answers.txt"
    path.write_text("I am Kim,\nan engineer.\n\n\n\nI am patient.\n")
    assert read_answers(path) == ["I am Kim, an engineer.", "I am patient."]


def test_a_json_file_is_a_list(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text('["I am Kim.", "I am patient."]')
    assert read_answers(path) == ["I am Kim.", "I am patient."]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", " \n\n ", "holds no answer"),
        ("a.json", "{}", "must hold a list of strings"),
        ("a.json", "[", "cannot be read"),
    ],
)
def test_a_file_without_answers_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(NoAnswers, match=said):
        read_answers(tmp_path / name)


def test_every_language_has_an_answer_for_each_general_question() -> None:
    questions = len(default_plan().questions)
    assert {language: len(personas["thorough"]) for language, personas in PERSONAS.items()} == dict.fromkeys(
        ["en", "es", "fr", "de", "pt", "hi"], questions
    )


def test_regional_languages_are_spoken_too() -> None:
    assert answers_of("thorough", "pt-BR") == PERSONAS["pt"]["thorough"]


@pytest.mark.parametrize(
    ("persona", "language", "said"), [("thorough", "fi", "No persona speaks"), ("rude", "de", "no persona 'rude'")]
)
def test_an_unknown_persona_is_refused(persona: str, language: str, said: str) -> None:
    with pytest.raises(NoAnswers, match=said):
        answers_of(persona, language)


def test_a_plan_is_read_from_its_json(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(default_plan("de").model_dump_json())
    assert read_plan(path) == default_plan("de")


def test_a_file_that_is_no_plan_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"title": "Short", "questions": []}')
    with pytest.raises(UnreadablePlan, match=r"is not an interview plan\. persona: Field required; .*questions: List"):
        read_plan(path)
    with pytest.raises(UnreadablePlan, match="cannot be read: No such file"):
        read_plan(tmp_path / "none.json")
