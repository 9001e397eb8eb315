"""Slow receivers take their share of a worker's threads, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock, current_thread

import pytest

from interviews.domain.shares import Share

#: Seconds after which a test that hangs has failed; a busy machine needs many.
PATIENCE = 60


class Receivers:
    """Each keeps whoever calls it until `answers` is set. `called` are they in turn, `most` how many at a time."""

    def __init__(self) -> None:
        self.answers, self.called = Event(), list[str]()
        self.most = self.busy = 0
        self.full = Event()
        self._lock = Lock()

    def call(self, name: str) -> None:
        with self._lock:
            self.called.append(name)
            self.busy += 1
            self.most = max(self.most, self.busy)
            if self.busy == 2:
                self.full.set()
        assert self.answers.wait(PATIENCE)
        with self._lock:
            self.busy -= 1
        if name == "broken":
            raise ConnectionError(name)


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    receivers = Receivers()
    yield receivers
    receivers.answers.set()


def share_of(most: int | None) -> Share:
    share = Share()
    share.most = most
    return share


def test_other_work_is_done_while_receivers_keep_us_waiting(receivers: Receivers) -> None:
    share = share_of(2)
    with ThreadPoolExecutor(3) as worker:
        calls = [worker.submit(share.run, receivers.call, name) for name in ("a", "broken")]
        assert receivers.full.wait(PATIENCE)
        calls += [worker.submit(share.run, receivers.call, name) for name in ("c", "d", "c", "e")]
        mail = worker.submit(lambda: current_thread().name)
        assert mail.result(PATIENCE)
        assert (sorted(receivers.called), receivers.answers.is_set()) == (["a", "broken"], False)
        receivers.answers.set()
    # Each was called once, in the order in which they came, in the threads of the first two.
    assert (sorted(receivers.called[:2]), receivers.called[2:], receivers.most) == (["a", "broken"], ["c", "d", "e"], 2)
    assert [type(error) for error in map(Future.exception, calls) if error] == [ConnectionError]
    share.run(receivers.call, "after it")
    assert receivers.called[-1] == "after it"


def test_without_a_limit_nothing_waits_here(receivers: Receivers) -> None:
    share = share_of(None)
    with ThreadPoolExecutor(2) as worker:
        calls = [worker.submit(share.run, receivers.call, name) for name in ("a", "b")]
        assert receivers.full.wait(PATIENCE)
        receivers.answers.set()
        assert [call.result(PATIENCE) for call in calls] == [None, None]


def test_what_waits_when_the_process_ends_is_left_to_the_sweep(receivers: Receivers) -> None:
    share = share_of(1)
    with ThreadPoolExecutor(2) as worker:
        first = worker.submit(share.run, receivers.call, "a")
        while not receivers.called:
            pass
        worker.submit(share.run, receivers.call, "b").result(PATIENCE)
        share.forget()
        receivers.answers.set()
        first.result(PATIENCE)
    assert receivers.called == ["a"]
