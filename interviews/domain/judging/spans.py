"""Stretches of a text that are replaced by something else, and finding the way back."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """`text[start:end]`, shown as `instead`."""

    start: int
    end: int
    instead: str


class Redacted:
    """`text` is the original with the spans replaced; where two overlap, the one that begins first takes both."""

    def __init__(self, original: str, spans: Iterable[Span]) -> None:
        self.original = original
        self.spans = merge(spans)
        pieces: list[str] = []
        #: (where a piece begins in `text`, where in the original, whether it stands for something else)
        self._pieces: list[tuple[int, int, int, bool]] = []
        length = place = 0
        for span in (*self.spans, Span(len(original), len(original), "")):
            for piece, end, stands_in in (
                (original[place : span.start], span.start, False),
                (span.instead, span.end, True),
            ):
                if piece:
                    self._pieces.append((length, place, end, stands_in))
                    pieces.append(piece)
                    length += len(piece)
                place = end
        self.text = "".join(pieces)

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original; a span it touches is in it as a whole."""
        return self._place(start, ends=False), self._place(end - 1, ends=True)

    def _place(self, index: int, *, ends: bool) -> int:
        begins = [piece[0] for piece in self._pieces]
        at, place, end, stands_in = self._pieces[bisect_right(begins, index) - 1]
        if stands_in:
            return end if ends else place
        return place + index - at + (1 if ends else 0)


def merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if merged and span.start < merged[-1].end:
            before = merged[-1]
            merged[-1] = before._replace(end=max(before.end, span.end))
        else:
            merged.append(span)
    return merged
