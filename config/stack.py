"""Every process of Vivavoce on this machine, as one thing that starts and stops: the demo and the browser tests use it.

    with Stack(var_dir=Path("var")) as stack:
        stack.manage("load_demo")
        stack.children["web"].kill()                  # as a crash would
        stack.children["web"].wait_until_serving()    # the supervisor has started it again

Imports no Django: what needs it runs as a process of its own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from config.embedded import embedded_servers, read_or_make_secret
from config.supervisor import Child, ProcessFailed, Service, Supervisor

HOST = "127.0.0.1"
NOTHING: Mapping[str, str] = {}
BASE_DIR = Path(__file__).resolve().parent.parent


class Stack:
    """Postgres and Valkey (unless `env` names others), sandbox, bot runners, web, and two Celery workers, beat in one.

    All data, logs and secrets are under `var_dir`; starting again with the same one goes on with the same data.
    `first_port` is where the search for free ports begins; 0 lets the operating system choose. `env` is set over
    the environment of every process: an empty value takes a provider's key away. `say` gets progress, line by line.
    `prepare` is the management command that readies the database; its output is `prepared`. Without `restart`, a
    process that dies stays dead. `before_stop` is called once the stop has begun, which takes 9 s at most.
    """

    def __init__(
        self,
        *,
        var_dir: Path,
        first_port: int = 0,
        runners: int = 2,
        restart: bool = True,
        prepare: Sequence[str] = ("migrate", "--verbosity", "0"),
        env: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda line: None,
        before_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self.var_dir = var_dir.resolve()
        self.var_dir.mkdir(parents=True, exist_ok=True)
        self.prepared = ""
        self._prepare = prepare
        self._say = say
        self._before_stop = before_stop
        self._given = {**os.environ, **(env or {})}
        self._exits = ExitStack()
        self._supervisor = Supervisor(log_dir=self.var_dir / "log", restart=restart, say=say)

        ports = free_ports(first_port, 4 + runners)
        self.web_port, sandbox_port, *self.runner_ports, self._postgres_port, self._valkey_port = ports
        self.base_url = f"http://{HOST}:{self.web_port}"
        self.sandbox_url = f"http://{HOST}:{sandbox_port}"
        self._sandbox_port = sandbox_port
        self.runner_urls = [f"http://{HOST}:{port}" for port in self.runner_ports]
        self.database_url = self._given.get("DATABASE_URL", "")
        self.redis_url = self._given.get("REDIS_URL", "")
        #: The environment of every process; complete once started.
        self.env: dict[str, str] = {}

    @property
    def children(self) -> dict[str, Child]:
        """By name: sandbox, runner-1, runner-2, ..., web, worker, slow-worker."""
        return self._supervisor.children

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._before_stop()
        self._exits.close()

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end; its standard output. Raises `ProcessFailed` with what it said."""
        done = subprocess.run(  # noqa: S603 - our own command lines
            [sys.executable, "manage.py", *arguments],
            env=self.env,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ProcessFailed(f"manage.py {' '.join(arguments)} failed:\n{done.stderr.strip()}")
        return done.stdout

    def _start(self) -> None:
        self._start_servers()
        self.env = self.environment()
        self._exits.callback(self._supervisor.stop)
        # Runners take seconds to import their models and need no database: they do it beside the migrations.
        early = [self._start_sandbox(), *self._start_runners()]
        self._say("Database")
        self.prepared = self.manage(*self._prepare)
        late = [self._start_web(), *self._start_workers()]
        for child in (*early, *late):
            child.wait_until_serving(say=self._say)
            self._say(f"{child.name} is up")

    def _start_servers(self) -> None:
        if self.database_url and self.redis_url:
            return
        self._say("Postgres and Valkey")
        servers = self._exits.enter_context(
            embedded_servers(
                self.var_dir / "embedded", postgres_port=self._postgres_port, valkey_port=self._valkey_port
            )
        )
        self.database_url = self.database_url or servers.database_url
        self.redis_url = self.redis_url or servers.redis_url

    def environment(self) -> dict[str, str]:
        """Ours where it names our own processes; whatever was given wins elsewhere."""
        defaults = {
            "DEBUG": "true",
            "SECRET_KEY": read_or_make_secret(self.var_dir / "secret-key"),
            "EMAIL_URL": f"filemail:///{quote(str(self.var_dir / 'mail'))}",
            "MEDIA_ROOT": str(self.var_dir / "media"),
            "TTS_CACHE_DIR": str(self.var_dir / "tts-cache"),
            "BOT_RUNNER_URLS": ",".join(self.runner_urls),
        }
        own = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "BASE_URL": self.base_url,
            "SANDBOX_URL": self.sandbox_url,
            # A caller may stand a proxy or a public address in front of these.
            "RELAY_URL": self._given.get("RELAY_URL") or f"ws://{HOST}:{self.web_port}/bot/v1/relay",
            "NO_PROXY": ",".join(filter(None, [self._given.get("NO_PROXY"), HOST, "localhost"])),
            "PYTHONUNBUFFERED": "1",
            # Pipecat would let .env overrule what it is given here.
            "PYTHON_DOTENV_DISABLED": "1",
            # Many small bots on few cores: threads of one inference only get in each other's way.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        return {**defaults, **self._given, **own}

    # --- The processes ---------------------------------------------------------------------------

    def _start_sandbox(self) -> Child:
        argv = ("-m", "botrunner.sandbox", "--host", HOST, "--port", str(self._sandbox_port))
        return self._start_python("sandbox", *argv, health_url=f"{self.sandbox_url}/health")

    def _start_runners(self) -> list[Child]:
        # A runner that was told one transport starts no other.
        transport = self.env.get("BOT_TRANSPORT") or "webrtc"
        return [
            self._start_python(
                f"runner-{number}",
                *("-m", "botrunner.bot", "-t", transport, "--host", HOST, "--port", str(port)),
                health_url=f"http://{HOST}:{port}/status",
            )
            for number, port in enumerate(self.runner_ports, start=1)
        ]

    def _start_web(self) -> Child:
        # No access log, nor a line for each WebSocket: paths hold the tokens of candidates.
        argv = ("-m", "uvicorn", "config.asgi:application", "--host", HOST, "--port", str(self.web_port))
        options = ("--no-access-log", "--log-level", "warning", "--lifespan", "off", "--timeout-graceful-shutdown", "3")
        uncompressed = ("--ws-per-message-deflate", "false")
        return self._start_python("web", *argv, *options, *uncompressed, health_url=f"{self.base_url}/health")

    def _start_workers(self) -> list[Child]:
        beat = ("--beat-thread", str(self.var_dir / "beat-schedule"))
        return [
            self._start_worker("worker", "celery", 4, *beat),
            # Of these, two thirds at most wait for slow receivers (interviews/domain/shares.py).
            self._start_worker("slow-worker", "slow,outbound", 12),
        ]

    def _start_worker(self, name: str, queues: str, threads: int, *more: str) -> Child:
        # Tasks wait for the network nearly all their time, so threads serve them as well as processes
        # would, in one interpreter instead of three.
        argv = ("-m", "celery", "-A", "config", "worker", "-Q", queues, "--hostname", f"{name}@%h")
        pool = ("--pool", "threads", "--concurrency", str(threads))
        options = ("--loglevel", "INFO", "--without-gossip", "--without-mingle")
        # A thread keeps its connection while it waits.
        env = {"DATABASE_POOL_SIZE": str(threads)} if threads > 8 else {}
        return self._start_python(name, *argv, *pool, *options, *more, ready_text=" ready.", env=env)

    def _start_python(
        self, name: str, *arguments: str, health_url: str = "", ready_text: str = "", env: Mapping[str, str] = NOTHING
    ) -> Child:
        return self._supervisor.start(
            Service(
                name=name,
                argv=(sys.executable, *arguments),
                env={**self.env, **env},
                cwd=BASE_DIR,
                health_url=health_url,
                ready_text=ready_text,
            )
        )


def free_ports(first: int, count: int) -> list[int]:
    """`count` different ports nobody listens on, from `first` upwards, or any when `first` is 0.

    Raises ValueError when there are not that many.
    """
    held: list[socket.socket] = []
    candidates = range(first, 65536) if first else repeat(0, 10 * count)
    try:
        for port in candidates:
            probe = socket.socket()
            # Ports of connections that a stopped demo has just closed are free for a listener.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
                probe.listen()
            except OSError:
                probe.close()
                continue
            held.append(probe)
            if len(held) == count:
                return [int(probe.getsockname()[1]) for probe in held]
        raise ValueError(f"No {count} free ports from {first} on. Name another first one.")
    finally:
        for probe in held:
            probe.close()
