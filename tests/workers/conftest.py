"""Workers that are real processes, for what only they show: being killed, and losing their broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from celery import Celery
from pytest_django.fixtures import Settings

from interviews.domain import queue
from tests.workers.crew import Crew, crew_at_work, new_redis_url


@pytest.fixture
def hire_crew(
    transactional_db: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AbstractContextManager[Crew]]:
    """`hire_crew(OUTBOUND_ALLOWED="…")`: at work on the test's database, on what this process queues."""

    @contextmanager
    def hire(**environment: str) -> Iterator[Crew]:
        redis_url = new_redis_url()
        broker = Celery("crew", set_as_current=False)
        broker.config_from_object("django.conf:settings", namespace="CELERY")
        broker.conf.update({"broker_url": redis_url})
        monkeypatch.setattr(queue, "current_app", broker)
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": redis_url}}
        with crew_at_work(folder=tmp_path, redis_url=redis_url, environment=environment) as crew:
            yield crew

    return hire
