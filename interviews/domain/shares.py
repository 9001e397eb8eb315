"""How many of a worker's threads wait for the servers of others at a time.

A worker that serves the queue `outbound` beside others would have slow receivers in all of its threads, and a mail
would wait for them. What is beyond the share waits here, without a thread, and has its turn in the order in which it
came. It is due in the database as well, where the sweep finds it should the process die.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

log = logging.getLogger(__name__)

Work = tuple[Callable[..., None], tuple[str, ...]]


class Share:
    """Of one process: `most` at a time; None is no limit."""

    def __init__(self) -> None:
        self.most: int | None = None
        self._lock = Lock()
        self._running = 0
        self._waiting: dict[Work, None] = {}

    def run(self, do: Callable[..., None], *ids: str) -> None:
        """`do(*ids)` now; or, while `most` are at it, later, in the thread of one of them. Waiting twice is once."""
        with self._lock:
            if self.most is not None and self._running >= self.most:
                self._waiting.setdefault((do, ids))
                return
            self._running += 1
        try:
            do(*ids)
        finally:
            self._pass_on()

    def forget(self) -> None:
        """Whatever waits, as when the process is about to end."""
        with self._lock:
            self._waiting.clear()

    def _pass_on(self) -> None:
        while (work := self._next()) is not None:
            do, ids = work
            try:
                do(*ids)
            except Exception:
                log.exception("%s %s", do.__name__, " ".join(ids))

    def _next(self) -> Work | None:
        """What has waited longest; None gives the place back."""
        with self._lock:
            work = next(iter(self._waiting), None)
            if work is None:
                self._running -= 1
            else:
                del self._waiting[work]
            return work


#: What the tasks of the queue `outbound` take of this process.
OUTBOUND = Share()


def share_threads(*, queues: set[str], threads: int) -> int | None:
    """How many of its threads a worker of these queues gives to `outbound`; None where it has nothing else to do."""
    return max(1, threads * 2 // 3) if queues - {"outbound"} else None
