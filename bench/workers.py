"""Real Celery workers and a broker of their own for the benchmarks that kill them, as the tests of tests/workers have.

Django has to be set up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from celery import Celery
from django.conf import settings
from django.test import override_settings

from interviews.domain import queue
from tests.workers.crew import Crew, crew_at_work, new_redis_url


@contextmanager
def hired(folder: Path, **environment: str) -> Iterator[Crew]:
    """At work on this process's database, on what it queues, until the block ends."""
    redis_url = new_redis_url()
    broker = Celery("crew", set_as_current=False)
    broker.config_from_object("django.conf:settings", namespace="CELERY")
    broker.conf.update({"broker_url": redis_url})
    caches = {"default": settings.CACHES["default"] | {"LOCATION": redis_url}}
    folder.mkdir(parents=True, exist_ok=True)
    with (
        patch.object(queue, "current_app", broker),
        override_settings(CACHES=caches),
        crew_at_work(folder=folder, redis_url=redis_url, environment=environment) as crew,
    ):
        yield crew
