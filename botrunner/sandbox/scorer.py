"""A simple and honest scorer: counts what can be counted, quotes what was said, and understands nothing.

Its levels come from the length and the concreteness of an answer alone: words, figures, reasons, outcomes. So an
answer can't instruct it; it can only be longer.
"""

from __future__ import annotations

import json
import re
from typing import Any

SCORE_SCHEMA = "competency_score"

WORDS_OF_AN_ANSWER = 12
QUOTED_WORDS = 30
_HIDDEN = re.compile(r"\[(?:name|contact|set aside)\]")
_SENTENCE = re.compile(r"[^.!?।]+[.!?।]*")

#: What makes an answer concrete, in the languages interviews are held in.
MARKS: dict[str, re.Pattern[str]] = {
    "a figure or an example": re.compile(
        r"\d|\b(?:for example|for instance|once|last year|two|three|four|five|ten|twenty|forty|hundred|beispiel|einmal"
        r"|por ejemplo|par exemple|por exemplo|exemple|ejemplo)\b|उदाहरण",
        re.IGNORECASE,
    ),
    "a reason": re.compile(
        r"\b(?:because|since|so that|in order to|therefore|weil|damit|denn|porque|para que|parce que|afin|puisque)\b"
        r"|क्योंकि|ताकि",
        re.IGNORECASE,
    ),
    "an outcome": re.compile(
        r"\b(?:as a result|in the end|finally|since then|learnt|learned|reduced|increased|saved|achieved|am ende"
        r"|dadurch|schließlich|gelernt|al final|aprendí|resultado|finalement|appris|résultat|no fim|aprendi)\b"
        r"|परिणाम|सीखा",
        re.IGNORECASE,
    ),
}


def score(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The reply in the schema `competency_score` to a request whose user message is `{"answers": [...]}` in JSON."""
    said = read_candidate(messages)
    words = len(" ".join(said).split())
    if not words:
        return {"quotes": [], "reason": "Nothing was answered.", "level": None}
    whole = " ".join(said)
    shown = [name for name, mark in MARKS.items() if mark.search(whole)]
    level = 1 + (words >= WORDS_OF_AN_ANSWER) + len(shown)
    counted = " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]])) or "nothing concrete"
    length = "1 word" if words == 1 else f"{words} words"
    reason = f"Counted by the sandbox, which understands nothing: {length} with {counted}."
    return {"quotes": pick_quotes(said), "reason": reason, "level": level}


def read_candidate(messages: list[dict[str, Any]]) -> list[str]:
    """The candidate's turns, in pieces between what was hidden."""
    try:
        answers = json.loads(next(message["content"] for message in messages if message["role"] == "user"))["answers"]
        turns = [turn["text"] for answer in answers for turn in answer["turns"] if turn["speaker"] == "candidate"]
    except (StopIteration, ValueError, KeyError, TypeError):
        return []
    pieces = [piece.strip() for turn in turns for piece in _HIDDEN.split(str(turn))]
    return [piece for piece in pieces if re.search(r"\w", piece)]


def pick_quotes(said: list[str]) -> list[str]:
    """The two longest sentences, as far as they are quoted."""
    sentences = [sentence.strip() for piece in said for sentence in _SENTENCE.findall(piece)]
    longest = sorted(filter(None, sentences), key=lambda sentence: -len(sentence.split()))[:2]
    return [" ".join(sentence.split()[:QUOTED_WORDS]) for sentence in longest]
