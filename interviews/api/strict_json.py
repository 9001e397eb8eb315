"""JSON that can be read in one way only, and kept: no name twice in an object, no number or text without a meaning.

Source: RFC 8259, sections 4, 6, 8.2 and 9, which leave what becomes of these to whoever reads them.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

#: Lists and objects in each other. A question bank has six.
MAX_DEPTH = 32

#: In a text without it no number is beyond a float: the largest has 308 digits after its first.
LONG = re.compile(r"\d{200}|[eE]\+?\d{3}")

WHOLES = (dict, list)

Pointer = tuple[str, ...]


class NotStrict(ValueError):
    """What is wrong in it, and where: the steps from its root. `code` is "repeated" for a name, else "parse_error"."""

    def __init__(self, sentence: str, *, at: Pointer, code: str = "parse_error") -> None:
        super().__init__(sentence)
        self.at = at
        self.code = code


class Ambiguous(dict[str, Any]):
    """An object in which `name` stands more than once."""

    name: str


def read_json(text: str) -> Any:
    """Its value. Raises ValueError, of which NotStrict is one."""
    numbers: dict[str, Any] = {"parse_float": read_float, "parse_int": read_int} if LONG.search(text) else {}
    try:
        value = json.loads(text, object_pairs_hook=read_object, parse_constant=refuse_constant, **numbers)
    except RecursionError:
        raise NotStrict("This is nested too deeply.", at=()) from None
    refuse_loose(value)
    return value


def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    counted = Counter(name for name, _value in pairs)
    ambiguous = Ambiguous(value)
    ambiguous.name = next(name for name, count in counted.items() if count > 1)
    return ambiguous


def refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is beyond what can be kept")
    return number


def read_int(text: str) -> int:
    """As far as a float goes, which is what most others read numbers as."""
    read_float(text)
    return int(text)


def refuse_loose(root: Any) -> None:
    """Raises NotStrict for a name or value that can't be kept as it is. A body of nothing but brackets is looked
    through in a fraction of a second."""
    if isinstance(root, str):
        refuse_text(root, Place())
    waiting = [(root, Place())] if isinstance(root, WHOLES) else []
    while waiting:
        whole, place = waiting.pop()
        if isinstance(whole, dict):
            for name in whole:
                refuse_text(name, place)
        if isinstance(whole, Ambiguous):
            sentence = "This name stands more than once in its object. Send it once."
            raise NotStrict(sentence, at=place.steps(whole.name), code="repeated")
        for step, part in whole.items() if isinstance(whole, dict) else enumerate(whole):
            if isinstance(part, str):
                refuse_text(part, place, step)
            elif isinstance(part, WHOLES):
                if place.depth + 1 >= MAX_DEPTH:
                    sentence = f"This is nested too deeply: {MAX_DEPTH} levels are enough."
                    raise NotStrict(sentence, at=place.steps(step))
                if part:
                    waiting.append((part, Place(place, step)))


class Place:
    """Of a list or an object: the one that it stands in, and by which name or number."""

    __slots__ = ("around", "depth", "step")

    def __init__(self, around: Place | None = None, step: str | int = "") -> None:
        self.around, self.step = around, step
        self.depth: int = 0 if around is None else around.depth + 1

    def steps(self, *more: str | int) -> Pointer:
        """From the root to it, and on."""
        found, place = [*reversed(more)], self
        while place.around is not None:
            found.append(place.step)
            place = place.around
        return tuple(str(step) for step in reversed(found))


def refuse_text(text: str, place: Place, *step: str | int) -> None:
    """`text` is a name in `place`, or the value at this step of it."""
    if "\0" in text:
        raise NotStrict("Text may hold any character but NUL.", at=place.steps(*step))
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        sentence = "Half a character is no text: a \\ud800 to \\udfff stands alone."
        raise NotStrict(sentence, at=place.steps(*step)) from None
