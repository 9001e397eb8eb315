"""What is done for many with one task is in the queue once, and never said to be there when it is not."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from interviews.domain import queue


def test_it_is_queued_again_once_it_has_begun_or_could_not_be_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[UUID] = []
    id_ = uuid4()

    def fail(task: str, *ids: UUID) -> None:
        raise ConnectionError("The broker is gone.")

    monkeypatch.setattr(queue, "send", fail)
    with pytest.raises(ConnectionError):
        queue.send_once("deliver_webhooks", id_)
    monkeypatch.setattr(queue, "send", lambda task, *ids: sent.extend(ids))
    assert [queue.send_once("deliver_webhooks", id_) for _ in range(3)] == [True, False, False]
    queue.begin("deliver_webhooks", id_)
    assert queue.send_once("deliver_webhooks", id_)
    assert sent == [id_, id_]
