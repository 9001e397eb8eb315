"""What of a model's follow-up may be spoken.

A model can be talked into anything by an answer, so nothing it writes is trusted: one question is taken from it, and
only when it neither tells what the candidate must not hear, nor assesses, nor leaves the interview's language.
"""

from __future__ import annotations

import re
import unicodedata

from botrunner.contract import PlannedQuestion

FOLLOW_UP_MAX_CHARS = 240

_LEAK_WORDS = 7
_LEAK_WORDS_LEAST = 4

_ASSESSMENT = re.compile(
    r"\d\s*(?:/|out of|of|von|de|sur|में से)\s*\d"
    r"|\brubrics?\b|\bsystem (?:prompt|message)\b|\bmy (?:instructions|prompt|guidance|rules)\b"
    r"|\byour (?:score|rating|grade|mark)s?\b|\b(?:give|gave|score|rate|award)s? you\b"
    r"|\byou(?:'ve| have|'re| are)? (?:passed|failed|hired|rejected)\b",
    re.IGNORECASE,
)

#: The commonest short words of each language, none of them shared with another in the table.
_TELLING_WORDS = {
    "en": "the and you your what how which was were did with that this could would about tell there",
    "es": "el los las una usted su qué cómo cuál fue con esto podría ejemplo más sobre hizo y dónde",
    "fr": "le les des vous votre quel quelle comment était avec ce cette pourriez pouvez est-ce et dans sur où",
    "de": "der die das und sie ihr ihre was wie welche welcher war mit könnten haben dabei ein eine wo",
    "pt": "o os você seu sua qual foi com isso poderia exemplo mais sobre fez e onde uma não como",
}
_TELLING = {language: set(words.split()) for language, words in _TELLING_WORDS.items()}


def word_follow_up(raw: str, *, question: PlannedQuestion, language: str) -> str:
    """One question fit to be spoken, made of what the model wrote; empty when it should not be asked.

    The sentence with the first question mark is taken, else all of it. Nothing is asked when any of it repeats the
    guidance or speaks of scores or instructions, or when it is too long or in another language than the BCP 47 tag's.
    """
    text = re.sub(r"[*_`#<>{}\[\]|]+", "", " ".join(_visible(raw).split()))
    if _repeats(text, question.follow_up_guidance) or _ASSESSMENT.search(text):
        return ""
    text = _first_question(text).strip()
    if len(text) > FOLLOW_UP_MAX_CHARS:
        return ""
    return text if _is_in(text, language) else ""


def _visible(text: str) -> str:
    """Without marks that change how text is shown or read, such as those for right to left."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(
        " " if sign.isspace() else sign for sign in composed if unicodedata.category(sign) not in ("Cf", "Co")
    )


def _first_question(text: str) -> str:
    sentences = re.split(r"(?<=[.!?\u0964\u3002\uff1f\uff01])\s+", text)
    return next((sentence for sentence in sentences if sentence.endswith(("?", "\uff1f"))), text)


def _is_in(text: str, language: str) -> bool:
    """Whether it may be the language: of its script, and without another one's commonest words alone."""
    base = language.split("-")[0].lower()
    letters = [unicodedata.name(sign, "").split(" ")[0] for sign in text if sign.isalpha()]
    script = {"hi": "DEVANAGARI"}.get(base, "LATIN" if base in _TELLING else "")
    if script and 2 * letters.count(script) < len(letters):
        return False
    if base not in _TELLING:
        return True
    words = _words(text)
    counts = {name: sum(word in telling for word in words) for name, telling in _TELLING.items()}
    return counts[base] > 0 or max(counts.values()) < 2


def _repeats(text: str, secret: str) -> bool:
    """Whether seven words in a row of `secret` occur in `text`, or all of a shorter one."""
    words, spoken = _words(secret), f" {' '.join(_words(text))} "
    length = min(_LEAK_WORDS, len(words))
    if length < _LEAK_WORDS_LEAST:
        return False
    runs = (words[i : i + length] for i in range(len(words) - length + 1))
    return any(f" {' '.join(run)} " in spoken for run in runs)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
