"""What of a model's words a candidate may hear or read.

A model can be talked into anything by an answer, so nothing it writes is trusted: words that repeat what is secret or
touch what is off limits are not used.

`off_limits/` has a file for each language. Each of its lines is a regular expression for whole words in lower case,
punctuation left out (`you ve passed`; `$` is the end of a sentence), of three kinds: how answers are assessed, and any
verdict; the interviewer leaving its role; and what no employer may ask about, such as age, family, faith, origin,
health and pay so far. A trade's own words stay free: teachers set grades, and product managers watch ratings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from botrunner.languages import split_words

OFF_LIMITS = Path(__file__).parent / "off_limits"

_LEAK_WORDS = 7
_LEAK_WORDS_LEAST = 4
#: Off limits in any language: a mark out of so many, addresses, and the marks of chat templates.
_SIGNS = re.compile(r"\d\s*/\s*(?:5|10|100)\b(?!\s*\w)|https?://|\bwww\.|<\||\|>", re.IGNORECASE)


def make_visible(text: str) -> str:
    """On one line, without signs that change how text is shown or read, such as those for right to left."""
    composed = unicodedata.normalize("NFKC", text)
    shown = (" " if sign.isspace() else sign for sign in composed if unicodedata.category(sign) not in ("Cf", "Co"))
    return " ".join("".join(shown).split())


def split_sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?\u0964\u3002\uff1f\uff01])\s+", text.strip()) if part]


def gives_away(text: str, *, language: str, secrets: Iterable[str]) -> bool:
    """Whether any of it is off limits, in the language of the BCP 47 tag or in English, or repeats a secret."""
    if _SIGNS.search(text) or any(_repeats(text, secret) for secret in secrets):
        return True
    patterns = filter(None, map(_pattern, {language.split("-")[0].lower(), "en"}))
    sentences = [f" {' '.join(split_words(sentence))} " for sentence in split_sentences(text)]
    return any(pattern.search(sentence) for pattern in patterns for sentence in sentences)


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    if not (OFF_LIMITS / f"{language}.txt").exists():
        return None
    written = unicodedata.normalize("NFKC", (OFF_LIMITS / f"{language}.txt").read_text("utf-8"))
    alternatives = "|".join(written.splitlines()).replace("$", "(?= $)")
    return re.compile(f"(?<= )(?:{alternatives})(?= )")


def _repeats(text: str, secret: str) -> bool:
    """Whether seven words in a row of `secret` occur in `text`, or all of a shorter one."""
    words, spoken = split_words(secret), f" {' '.join(split_words(text))} "
    length = min(_LEAK_WORDS, len(words))
    if length < _LEAK_WORDS_LEAST:
        return False
    runs = (words[i : i + length] for i in range(len(words) - length + 1))
    return any(f" {' '.join(run)} " in spoken for run in runs)
