"""Questions that say the same: word for word but for case, spaces and punctuation, or nearly so."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Shared trigrams over all trigrams, from which on two texts are called nearly the same.
SIMILAR = 0.7


def normalise(text: str) -> str:
    """Case, accents' spelling, punctuation and spaces do not tell two questions apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Letters, the marks on them, and numbers.
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in folded).split())


def trigrams(text: str) -> frozenset[str]:
    """As Postgres' pg_trgm takes them: each word with two spaces before and one after."""
    return frozenset(
        padded[at : at + 3]
        for word in normalise(text).split()
        for padded in (f"  {word} ",)
        for at in range(len(padded) - 2)
    )


@dataclass(frozen=True)
class Known:
    """A question to compare with; `name` is what it is called when it is found."""

    name: str
    normalised: str
    parts: frozenset[str]


def know(name: str, text: str) -> Known:
    return Known(name=name, normalised=normalise(text), parts=trigrams(text))


def find_same(question: Known, others: Iterable[Known]) -> Known | None:
    return next((other for other in others if other.normalised == question.normalised), None)


def find_similar(question: Known, others: Iterable[Known]) -> Known | None:
    """The most similar of those that are not the same; None when none is similar enough."""
    best, found = SIMILAR, None
    for other in others:
        few, many = sorted((len(question.parts), len(other.parts)))
        if other.normalised == question.normalised or few < best * many:
            continue
        shared = len(question.parts & other.parts)
        if shared >= best * (few + many - shared):
            best, found = shared / (few + many - shared), other
    return found
