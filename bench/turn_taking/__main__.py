"""`python -m bench.turn_taking`: does the bot talk over a pause, and how long does a finished answer wait?

Answers with known pauses are spoken by eSpeak and taken in as the bot does it: Silero, the sandbox's Deepgram (told the
words) and one of several ways to end a turn. It runs in virtual time, so no load on the machine changes a figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import median

from loguru import logger

from bench.turn_taking.answers import ANSWERS, PATIENCE_SECONDS, Answer, Kind, speak
from bench.turn_taking.listening import Heard, listen
from bench.turn_taking.ways import EARS, WAYS, Ear, Way
from bench.virtual_time import run_in_virtual_time


@dataclass
class Found:
    """Pauses in all and talked over, by kind; seconds from the last word to the turn's end."""

    pauses: dict[Kind, int] = field(default_factory=dict)
    talked_over: dict[Kind, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    def add(self, answer: Answer, heard: Heard) -> None:
        spans = speak(answer).spans
        for kind, (_, silent), (resumed, _) in zip(answer.kinds, spans, spans[1:], strict=False):
            self.pauses[kind] = self.pauses.get(kind, 0) + 1
            self.talked_over[kind] = self.talked_over.get(kind, 0) + any(silent < end < resumed for end in heard.ends)
        self.waits.append(next((end - spans[-1][1] for end in heard.ends if end > spans[-1][1]), PATIENCE_SECONDS))


async def measure(way: Way, ear: Ear) -> Found:
    found, patience = Found(), way.begin()
    for answer in ANSWERS:
        found.add(answer, await listen(answer, way, ear, patience))
    return found


def describe(found: dict[tuple[str, Ear | str], Found]) -> list[str]:
    kinds: tuple[Kind, ...] = ("goes on", "no sign", "finished")
    lines = [
        "| the turn ends by | smart turn is | talked over: words go on | no sign | finished sentence | "
        "wait after the answer, p50 | p95 |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (way, ear), one in found.items():
        cut = " | ".join(f"{one.talked_over[kind]} of {one.pauses[kind]}" for kind in kinds)
        waits = sorted(one.waits)
        worst = waits[math.ceil(0.95 * len(waits)) - 1]
        lines.append(f"| {way} | {ear} | {cut} | {median(waits):.2f} s | {worst:.2f} s |")
    return lines


def main() -> None:
    logger.remove()
    found: dict[tuple[str, Ear | str], Found] = {}
    for way in WAYS:
        for ear in EARS if way.hears else EARS[:1]:
            found[way.name, ear if way.hears else "not asked"] = run_in_virtual_time(measure(way, ear))
    print("\n".join(describe(found)))


if __name__ == "__main__":
    main()
