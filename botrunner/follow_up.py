"""What of a model's follow-up may be spoken: one question, fit to be heard."""

from __future__ import annotations

import re

from botrunner.contract import PlannedQuestion
from botrunner.flow import ROLE
from botrunner.languages import is_in
from botrunner.screening import gives_away, make_visible, split_sentences

FOLLOW_UP_MAX_CHARS = 240


def word_follow_up(raw: str, *, question: PlannedQuestion, language: str) -> str:
    """The first question among the sentences a model wrote; empty when it should not be asked.

    Nothing is asked when any of what was written gives something away, or when the question is too long or in another
    language than the BCP 47 tag's.
    """
    text = make_visible(raw)
    if gives_away(text, language=language, secrets=(question.follow_up_guidance, ROLE)):
        return ""
    text = re.sub(r"[*_`#<>{}\[\]|]+", "", text)
    asked = next((sentence for sentence in split_sentences(text) if sentence.endswith("?")), "")
    return asked if len(asked) <= FOLLOW_UP_MAX_CHARS and is_in(asked, language) else ""
