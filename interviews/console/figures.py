"""Response times of past sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import median

from interviews.models import Event, Session


@dataclass(frozen=True)
class Latencies:
    """End of the candidate's turn to the bot's first audio, in seconds."""

    count: int
    median: float
    slowest: float


def read_latencies(*, sessions: Collection[Session]) -> Latencies | None:
    """What the bot measured in these sessions; None when it never came to reply."""
    measured = Event.objects.filter(session__in=sessions, name="turn.latency")
    seconds = [float(value) for value in measured.values_list("message__data__seconds", flat=True)]
    return Latencies(count=len(seconds), median=median(seconds), slowest=max(seconds)) if seconds else None
