"""Rubrics: what each level of an answer sounds like, written by the company or, where it wrote none, as shipped."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEVELS = ("1", "2", "3", "4", "5")
LEVEL_LENGTH = 600

#: For questions without a rubric of their own. It speaks of what was said, never of how.
GENERAL_RUBRIC = {
    "1": "Does not answer the question, or says nothing that could be judged.",
    "2": "Answers in general words, without an example or anything of their own doing.",
    "3": "Gives an example, but leaves open what they did themselves or what came of it.",
    "4": "Gives an example and says what they did themselves and why.",
    "5": "Gives an example with what they did, why, what came of it and what they learnt.",
}


def validate_rubric(value: Any) -> None:
    """An object of level, "1" to "5", -> what it sounds like. Levels may be left out, and so may all of them."""
    if not isinstance(value, dict) or any(level not in LEVELS for level in value):
        raise ValidationError(_("Give the rubric as an object whose keys are the levels “1” to “5”."))
    for level, text in value.items():
        if not isinstance(text, str) or not text.strip():
            raise ValidationError(_("Say what level %s sounds like, or leave the level out.") % level)
        if len(text) > LEVEL_LENGTH:
            limits = {"level": level, "limit": LEVEL_LENGTH}
            raise ValidationError(_("Level %(level)s takes at most %(limit)s characters.") % limits)
