"""Handing work to Celery by name, so that the domain need not know its callers.

Whatever is lost between commit and broker is found again by the sweep.
"""

from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.db import transaction

#: Seconds after which a task that was never begun does not keep others out of the queue any more.
LOST = 10


def enqueue(task: str, *ids: UUID) -> None:
    """Queue `interviews.tasks.<task>` with these ids once the transaction commits."""
    transaction.on_commit(lambda: send(task, *ids), robust=True)


def enqueue_once(task: str, *ids: UUID) -> None:
    """The same, unless it is in the queue already: for work that is done for many with one task.

    The task calls `begin` before it looks what there is to do, so what is committed before that is seen by it, and
    what is committed after that queues it anew.
    """

    transaction.on_commit(lambda: send_once(task, *ids), robust=True)


def send_once(task: str, *ids: UUID, lost: float = LOST) -> bool:
    """Queue it now, unless it is in the queue already and was put there less than `lost` seconds ago."""
    first: bool = cache.add(mark(task, *ids), True, timeout=lost)
    if first:
        try:
            send(task, *ids)
        except Exception:
            begin(task, *ids)  # or nobody else would queue it meanwhile
            raise
    return first


def begin(task: str, *ids: UUID) -> None:
    """It is in the queue no longer."""
    cache.delete(mark(task, *ids))


def send(task: str, *ids: UUID) -> None:
    current_app.send_task(f"interviews.tasks.{task}", args=[str(id_) for id_ in ids])


def mark(task: str, *ids: UUID) -> str:
    return f"queued:{task}:{':'.join(id_.hex for id_ in ids)}"
