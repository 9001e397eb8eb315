"""Cost and quality: what sessions used, and how quickly their bots replied, read out of their events.

Pipecat's RTVI `metrics` messages carry time to first byte, tokens, characters and seconds of audio;
`turn.latency` events how long each reply took.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db.models import QuerySet

from interviews.models import Event, Session, SessionFigures

KINDS = {"STTService": "stt", "LLMService": "llm", "TTSService": "tts"}


@dataclass(frozen=True)
class Measured:
    """Seconds, summed up."""

    count: int
    median: float
    p95: float
    slowest: float

    @classmethod
    def of(cls, seconds: Collection[float]) -> "Measured | None":
        """None when nothing was measured. The 95th percentile is the nearest rank's."""
        if not seconds:
            return None
        ranked = sorted(seconds)
        return cls(
            count=len(ranked),
            median=median(ranked),
            p95=ranked[math.ceil(0.95 * len(ranked)) - 1],
            slowest=ranked[-1],
        )


@dataclass(frozen=True)
class Figures:
    """Seconds, tokens and characters of one session or of several together.

    `heard_seconds` is audio sent to speech to text, silence included; `spoken_characters` what was
    synthesised, without what came from the cache; `replies` are from the end of the candidate's turn to the
    bot's first audio; `ttfb` holds each service's measurements by kind.
    """

    seconds: float = 0.0
    heard_seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    spoken_characters: int = 0
    replies: list[float] = field(default_factory=list)
    ttfb: dict[str, list[float]] = field(default_factory=dict)

    @property
    def reply_times(self) -> Measured | None:
        return Measured.of(self.replies)

    @property
    def first_bytes(self) -> dict[str, Measured]:
        measured = {kind: Measured.of(seconds) for kind, seconds in sorted(self.ttfb.items())}
        return {kind: times for kind, times in measured.items() if times}


def read_figures(*, session: Session) -> Figures:
    """What this session's events tell up to now."""
    events = Event.objects.filter(session=session).order_by("seq")
    started = events.filter(name="interview.started").values_list("at", flat=True).first()
    last = events.values_list("at", flat=True).last()
    return add_up(
        seconds=(last - started).total_seconds() if started and last else 0.0,
        metrics=events.filter(type="metrics").values_list("message__data", flat=True),
        replies=events.filter(name="turn.latency").values_list("message__data__seconds", flat=True),
    )


def add_up(*, seconds: float, metrics: Iterable[Any], replies: Iterable[float]) -> Figures:
    """Figures out of the `data` of RTVI metrics messages, whose shapes are Pipecat's `RTVIObserver._handle_metrics`.

    Pipecat opens with a time of 0 for every processor; that is no measurement. What is not as
    expected is passed over: figures are never a reason to lose a session.
    """
    ttfb: dict[str, list[float]] = defaultdict(list)
    tokens = {"prompt_tokens": 0, "completion_tokens": 0}
    characters, heard = 0, 0.0
    for data in metrics:
        if not isinstance(data, dict):
            continue
        for entry in data.get("ttfb") or []:
            kind = kind_of(entry.get("processor", ""))
            if kind and entry["value"] > 0:
                ttfb[kind].append(round(float(entry["value"]), 4))
        for entry in data.get("tokens") or []:
            for name in tokens:
                tokens[name] += int(entry.get(name) or 0)
        characters += sum(int(entry["value"]) for entry in data.get("characters") or [])
        heard += sum(float(entry["value"]["audio_seconds"]) for entry in data.get("stt_usage") or [])
    return Figures(
        seconds=round(seconds, 3),
        heard_seconds=round(heard, 3),
        spoken_characters=characters,
        replies=[float(reply) for reply in replies],
        ttfb=dict(ttfb),
        **tokens,
    )


def kind_of(processor: str) -> str | None:
    """`AzureLLMService#0` is an llm; None for a processor that is no service."""
    name = processor.split("#")[0]
    return next((kind for suffix, kind in KINDS.items() if name.endswith(suffix)), None)


def record_figures(*, session: Session) -> SessionFigures:
    """Keep the figures of a session that has ended; done again, it brings them up to date."""
    figures = read_figures(session=session)
    of_session = {"invitation_id": session.invitation_id, "started_at": session.started_at}
    row, _created = SessionFigures.objects.update_or_create(session=session, defaults=vars(figures) | of_session)
    return row


def detach_figures(*, sessions: QuerySet[Session]) -> None:
    """Keep no more than what these sessions used, before they are deleted."""
    SessionFigures.objects.filter(session__in=sessions).update(session=None, replies=[], ttfb={})


def put_together(*, sessions: Collection[Session]) -> Figures | None:
    """The figures kept of these sessions as one; a session that still runs counts as far as it has come.

    None when there is nothing to tell.
    """
    kept = {row.session_id: row for row in SessionFigures.objects.filter(session__in=sessions)}
    parts = [
        Figures(**{name: getattr(kept[session.pk], name) for name in Figures.__dataclass_fields__})
        if session.pk in kept
        else read_figures(session=session)
        for session in sessions
    ]
    if not parts or all(part == Figures() for part in parts):
        return None
    ttfb: dict[str, list[float]] = defaultdict(list)
    for part in parts:
        for kind, seconds in part.ttfb.items():
            ttfb[kind] += seconds
    return Figures(
        seconds=round(sum(part.seconds for part in parts), 3),
        heard_seconds=round(sum(part.heard_seconds for part in parts), 3),
        prompt_tokens=sum(part.prompt_tokens for part in parts),
        completion_tokens=sum(part.completion_tokens for part in parts),
        spoken_characters=sum(part.spoken_characters for part in parts),
        replies=[reply for part in parts for reply in part.replies],
        ttfb=dict(ttfb),
    )
