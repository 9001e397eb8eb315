"""What is said: 24 answers with known pauses, spoken by eSpeak."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from botrunner.sandbox.voice import speak_pcm

RATE = 16_000
CHUNK_SECONDS = 0.02
CHUNK_BYTES = 2 * int(RATE * CHUNK_SECONDS)
LEAD_SECONDS = 1.0
PATIENCE_SECONDS = 14.0
VOICED_RMS = 200.0

#: Where the candidate pauses: the words go on, nothing in the words tells, or the sentence is finished.
Kind = Literal["goes on", "no sign", "finished"]


@dataclass(frozen=True)
class Answer:
    """What is said, in parts; after all but the last of them the candidate pauses for as many seconds."""

    parts: tuple[str, ...]
    pauses: tuple[float, ...] = ()
    kinds: tuple[Kind, ...] = ()
    voice: str = "en+f3"


ANSWERS = (
    Answer(("I worked on the billing system, and", "then I moved to the platform team."), (3,), ("goes on",)),
    Answer(("We had an outage because", "somebody had changed the configuration."), (4,), ("goes on",), "en+m3"),
    Answer(("There were three of us,", "and I did the database."), (5,), ("goes on",)),
    Answer(("My biggest success was, um,", "probably the migration of last year."), (6,), ("goes on",), "en+m3"),
    Answer(("I would say that", "it taught me to ask earlier."), (7,), ("goes on",), "en"),
    Answer(("It was hard at first, but", "after a month it went well."), (8,), ("goes on",)),
    Answer(("I talked to the customer, so", "we found out what they meant."), (3.5,), ("goes on",), "en"),
    Answer(("We measured it with", "a small load test."), (5.5,), ("goes on",), "en+m3"),
    Answer(("I worked for three years", "at a bank in Leeds."), (3,), ("no sign",)),
    Answer(("The hardest part was convincing", "everybody else in the company."), (4,), ("no sign",), "en+m3"),
    Answer(("I usually start", "by reading the logs of the day."), (5,), ("no sign",), "en"),
    Answer(("They asked me last spring", "whether I wanted to lead the team."), (8,), ("no sign",)),
    Answer(("I led a team of four.", "We built the payment service."), (3,), ("finished",)),
    Answer(("It did not work at all.", "So I tried something else."), (5,), ("finished",), "en+m3"),
    Answer(("We moved everything to Postgres.", "It took us half a year."), (8,), ("finished",), "en"),
    Answer(
        ("I had two ideas, and", "the first one was to cache the pages, but", "that did not help."),
        (4, 6),
        ("goes on", "goes on"),
    ),
    Answer(("I have led a team of four engineers.",)),
    Answer(("I look after the databases of a bank.",), voice="en+m3"),
    Answer(("Yes, I have done that for two years.",), voice="en"),
    Answer(("No, never.",)),
    Answer(("My favourite language is Python.",), voice="en+m3"),
    Answer(("I would ask my manager for help.",), voice="en"),
    Answer(("We talked it through and found a solution.",)),
    Answer(("I finished it in time.",), voice="en+m3"),
)


@dataclass(frozen=True)
class Speech:
    """The spoken answer: 16-bit PCM, and from when to when each part has a voice in it, in seconds."""

    pcm: bytes
    spans: list[tuple[float, float]]
    lengths: list[float]


@cache
def speak(answer: Answer) -> Speech:
    pcm = bytes(2 * int(LEAD_SECONDS * RATE))
    spans, lengths = [], []
    for part, pause in zip(answer.parts, (*answer.pauses, PATIENCE_SECONDS), strict=True):
        samples = np.frombuffer(speak_pcm(part, answer.voice, RATE), np.int16)
        loud = [at for at in range(0, len(samples), CHUNK_BYTES // 2) if _voiced(samples[at : at + CHUNK_BYTES // 2])]
        began = len(pcm) / 2 / RATE
        spans.append((began + loud[0] / RATE, began + loud[-1] / RATE + CHUNK_SECONDS))
        lengths.append(len(samples) / RATE)
        spoken = samples[: loud[-1] + CHUNK_BYTES // 2].tobytes()
        pcm += spoken + bytes(2 * int(pause * RATE))
    return Speech(pcm, spans, lengths)


def _voiced(samples: NDArray[np.int16]) -> bool:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) > VOICED_RMS
