"""Handing work to Celery by name, so that the domain need not know its callers.

Whatever is lost between commit and broker is found again by the sweep.
"""

from uuid import UUID

from celery import current_app
from django.db import transaction


def enqueue(task: str, *ids: UUID) -> None:
    """Queue `interviews.tasks.<task>` with these ids once the transaction commits."""
    arguments = [str(id_) for id_ in ids]
    transaction.on_commit(lambda: current_app.send_task(f"interviews.tasks.{task}", args=arguments), robust=True)
