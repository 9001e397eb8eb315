"""Whoever waits for others has a queue of their own."""

import fnmatch
from collections.abc import Iterator

import pytest
import yaml
from django.conf import settings
from redis import Redis

from config.celery import app
from config.stack import BASE_DIR

FAST = ("launch_session", "complete_invitation", "sweep", "erase_data")
SLOW = (
    "deliver_webhooks",
    "send_ats_callback",
    "test_ats_connection",
    "send_email",
    "score_result",
    "assemble_recording",
)


@pytest.fixture
def broker() -> Iterator[Redis]:
    """Its queues are lists."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("celery", "slow")
        yield broker
        broker.delete("celery", "slow")


@pytest.mark.parametrize(("names", "counts"), [(FAST, (len(FAST), 0)), (SLOW, (0, len(SLOW)))])
def test_nothing_that_waits_for_others_stands_before_a_start(
    broker: Redis, names: tuple[str, ...], counts: tuple[int, int]
) -> None:
    for name in names:
        app.send_task(f"interviews.tasks.{name}", args=["a", "b"])
    assert (broker.llen("celery"), broker.llen("slow")) == counts


def test_each_task_that_is_said_to_be_slow_exists() -> None:
    app.loader.import_default_modules()
    for pattern in settings.CELERY_TASK_ROUTES:
        assert fnmatch.filter(app.tasks, pattern), pattern


def test_compose_has_a_worker_for_each_queue() -> None:
    services = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
    served = [command[command.index("-Q") + 1] for s in services.values() if "-Q" in (command := s.get("command", []))]
    assert sorted(served) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)
