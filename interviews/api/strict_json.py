"""JSON that can be read in one way only, and kept: no name twice in an object, no number or text without a meaning.

Source: RFC 8259, sections 4, 6, 8.2 and 9, which leave what becomes of these to whoever reads them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

#: Lists and objects in each other. A question bank has six.
MAX_DEPTH = 32

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
    try:
        value = json.loads(
            text,
            object_pairs_hook=read_object,
            parse_constant=refuse_number,
            parse_float=read_float,
            parse_int=read_int,
        )
        refuse_loose(value)
    except RecursionError:
        raise NotStrict("This is nested too deeply.", at=()) from None
    return value


def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    counted = Counter(name for name, _value in pairs)
    ambiguous = Ambiguous(value)
    ambiguous.name = next(name for name, count in counted.items() if count > 1)
    return ambiguous


def refuse_number(text: str) -> Any:
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


def refuse_loose(value: Any) -> None:
    """Raises NotStrict for the first name or value that can't be kept as it is."""
    waiting: list[tuple[Any, Pointer]] = [(value, ())]
    while waiting:
        part, at = waiting.pop()
        if isinstance(part, str):
            refuse_text(part, at)
        elif isinstance(part, dict | list):
            if len(at) >= MAX_DEPTH:
                raise NotStrict(f"This is nested too deeply: {MAX_DEPTH} levels are enough.", at=at)
            waiting.extend(parts_of(part, at))


def parts_of(whole: dict[str, Any] | list[Any], at: Pointer) -> Iterator[tuple[Any, Pointer]]:
    if isinstance(whole, list):
        yield from ((part, (*at, str(index))) for index, part in enumerate(whole))
        return
    for name in whole:
        refuse_text(name, at)
    if isinstance(whole, Ambiguous):
        sentence = "This name stands more than once in its object. Send it once."
        raise NotStrict(sentence, at=(*at, whole.name), code="repeated")
    yield from ((part, (*at, name)) for name, part in whole.items())


def refuse_text(text: str, at: Pointer) -> None:
    if "\0" in text:
        raise NotStrict("Text may hold any character but NUL.", at=at)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotStrict("Half a character is no text: a \\ud800 to \\udfff stands alone.", at=at) from None
