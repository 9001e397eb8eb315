"""Whoever waits for others has a queue of their own."""

import fnmatch
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import yaml
from django.conf import settings
from redis import Redis

from config.celery import app, forget_waiting, share_threads
from config.stack import BASE_DIR
from interviews.domain.shares import Share

FAST = ("launch_session", "complete_invitation", "sweep", "erase_data")
SLOW = ("send_email", "score_result", "assemble_recording", "run_simulation")
OUTBOUND = ("deliver_webhooks", "send_ats_callback", "test_ats_connection")
QUEUES = ("celery", "slow", "outbound")


@pytest.fixture
def broker() -> Iterator[Redis]:
    """Its queues are lists."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete(*QUEUES)
        yield broker
        broker.delete(*QUEUES)


@pytest.mark.parametrize(("queue", "names"), list(zip(QUEUES, (FAST, SLOW, OUTBOUND), strict=True)))
def test_nothing_that_waits_for_others_stands_before_what_does_not(
    broker: Redis, queue: str, names: tuple[str, ...]
) -> None:
    for name in names:
        app.send_task(f"interviews.tasks.{name}", args=["a", "b"])
    assert {each: broker.llen(each) for each in QUEUES} == dict.fromkeys(QUEUES, 0) | {queue: len(names)}


def test_each_task_that_is_said_to_be_slow_exists() -> None:
    app.loader.import_default_modules()
    for pattern in settings.CELERY_TASK_ROUTES:
        assert fnmatch.filter(app.tasks, pattern), pattern


def test_compose_has_a_worker_for_each_queue() -> None:
    services = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
    served = [command[command.index("-Q") + 1] for s in services.values() if "-Q" in (command := s.get("command", []))]
    assert sorted(",".join(served).split(",")) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)


def test_compose_gives_each_thread_of_a_worker_a_connection() -> None:
    services = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
    for name in ("worker", "slow-worker"):
        command, env = services[name]["command"], services[name]["environment"]
        threads = int(command[command.index("--concurrency") + 1])
        assert threads <= int(env.get("DATABASE_POOL_SIZE", "8"))


@pytest.mark.parametrize(
    ("queues", "threads", "most"),
    [
        (QUEUES, 12, 8),
        (("slow", "outbound"), 12, 8),
        (QUEUES, 2, 1),
        (QUEUES, 1, 1),
        (("outbound",), 12, None),
        (("celery",), 4, 2),  # where nothing of it comes
    ],
)
def test_a_worker_shares_its_threads_by_what_it_serves(
    monkeypatch: pytest.MonkeyPatch, queues: tuple[str, ...], threads: int, most: int | None
) -> None:
    share = Share()
    monkeypatch.setattr("interviews.domain.shares.OUTBOUND", share)
    amqp = SimpleNamespace(queues=SimpleNamespace(consume_from=dict.fromkeys(queues)))
    share_threads(sender=SimpleNamespace(app=SimpleNamespace(amqp=amqp), concurrency=threads))
    assert share.most == most
    forget_waiting()
