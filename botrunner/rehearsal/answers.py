"""What the simulated candidate says: a persona's answers, or a file's."""

from __future__ import annotations

import json
from pathlib import Path

PERSONAS: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("personas.json").read_text("utf-8"))


class NoAnswers(ValueError):
    """There is nothing to say; the message tells what to change."""


def read_answers(path: Path) -> list[str]:
    """The answers in a file, in the order in which they are given: paragraphs, or a JSON list of strings.

    Raises NoAnswers.
    """
    try:
        text = path.read_text("utf-8")
        found = json.loads(text) if path.suffix == ".json" else text.split("\n\n")
    except (OSError, ValueError) as error:
        raise NoAnswers(f"{path} cannot be read: {error}") from error
    if not isinstance(found, list) or not all(isinstance(answer, str) for answer in found):
        raise NoAnswers(f"{path} must hold a list of strings.")
    answers = [" ".join(answer.split()) for answer in found if answer.strip()]
    if not answers:
        raise NoAnswers(f"{path} holds no answer.")
    return answers


def answers_of(persona: str, language: str) -> list[str]:
    """A persona's answers in the interview's language. Raises NoAnswers."""
    spoken = PERSONAS.get(language.split("-")[0].lower())
    if spoken is None:
        raise NoAnswers(f"No persona speaks {language!r}; give the answers with --answers FILE.")
    if persona not in spoken:
        raise NoAnswers(f"There is no persona {persona!r} in {language!r}; there are: {', '.join(sorted(spoken))}.")
    return spoken[persona]
