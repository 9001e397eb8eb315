"""Child processes that stay up: started, waited for until they serve, restarted when they die, stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.tether import tethered

#: Seconds from the request to end until a process is killed.
STOP_SECONDS = 5.0
#: Seconds a process may take to serve, which on a busy machine is long; one that dies has failed at once.
START_SECONDS = 300.0
#: Seconds after which, and then ever again, a process is said to be starting still.
STILL_SECONDS = 20.0
#: Seconds before the first, second, ... restart in a row; the last one repeats.
BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0)
#: A process that lived this long starts again from the shortest back-off.
STEADY_SECONDS = 30.0

_POLL_SECONDS = 0.1
#: Loopback only, so never through a proxy of the environment.
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ProcessFailed(Exception):
    """A process could not be started; the message ends with the last lines of its log."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """How to start one process. It serves once `health_url` answers 200, or its log holds `ready_text`."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path | None = None
    health_url: str = ""
    ready_text: str = ""


class Child:
    """The process that runs a service, whichever it is after restarts. Its output goes to `log_path`."""

    def __init__(self, service: Service, *, log_dir: Path) -> None:
        self.service = service
        self.log_path = log_dir / f"{service.name}.log"
        self.log_path.unlink(missing_ok=True)
        self.restarts = 0
        self.has_served = False
        self.started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ProcessFailed(f"{self.name} was never started.")
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own command lines
                tethered(self.service.argv, signum=signal.SIGKILL),
                env=dict(self.service.env),
                cwd=self.service.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Its own group: a Ctrl-C in the terminal reaches us alone, and stopping reaches all it started.
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def serves(self) -> bool:
        """Whether it answers now; remembered in `has_served`."""
        if not self.is_alive:
            return False
        if self.service.health_url:
            answers = _answers(self.service.health_url)
        else:
            answers = self.service.ready_text.encode() in self._log_since_start()
        self.has_served = self.has_served or answers
        return answers

    def wait_until_serving(
        self, *, seconds: float = START_SECONDS, say: Callable[[str], None] | None = None, still: float = STILL_SECONDS
    ) -> None:
        """Raises `ProcessFailed` when it dies before it has served once, or takes longer; `say` hears of it waiting."""
        began = time.monotonic()
        told = 0.0
        while not self.serves():
            if not self.is_alive and not self.has_served:
                raise ProcessFailed(f"{self.name} ended while starting:\n{self.last_lines()}")
            waited = time.monotonic() - began
            if waited > seconds:
                raise ProcessFailed(f"{self.name} did not serve within {seconds:g} s:\n{self.last_lines()}")
            if say and waited - told > still:
                told = waited
                say(f"{self.name} is still starting, {waited:.0f} s by now; it writes to {self.log_path}")
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """End it with no warning, as a crash would, and return once it is gone."""
        self.send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def send(self, signum: signal.Signals) -> None:
        """Signal it and everything it has started; nothing happens when they are gone."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signum)

    def last_lines(self, count: int = 15) -> str:
        lines = self._log_since_start().decode(errors="replace").splitlines()
        return "\n".join([*(f"    {line}" for line in lines[-count:]), f"    ({self.log_path})"])

    def _log_since_start(self) -> bytes:
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            return log.read()


class Supervisor:
    """Watches children from a thread of its own until `stop()`.

    With `restart`, one that dies after it has served is started again, with growing pauses. `say` gets a
    sentence about each such event.
    """

    def __init__(self, *, log_dir: Path, restart: bool = True, say: Callable[[str], None] = print) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self.children: dict[str, Child] = {}
        self._log_dir = log_dir
        self._restart = restart
        self._say = say
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._due: dict[str, float] = {}
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self, service: Service) -> Child:
        child = self.children[service.name] = Child(service, log_dir=self._log_dir)
        child.start()
        if not self._watcher.is_alive():
            self._watcher.start()
        return child

    def stop(self) -> None:
        """End every child: asked first, killed after `STOP_SECONDS`. Returns when none is left."""
        with self._lock:
            self._stopping.set()
        children = list(self.children.values())
        _send_all(children, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_alive for child in children) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        # Also where the child itself is gone: what it started shares its group.
        for child in children:
            child.kill()
        self._stopped.set()

    def _watch(self) -> None:
        # Linux sends a child its parent-death signal when the *thread* that started it ends, so this
        # thread outlives the children it has restarted.
        while not self._stopped.wait(_POLL_SECONDS):
            with self._lock:
                if self._restart and not self._stopping.is_set():
                    for child in list(self.children.values()):
                        self._revive(child)

    def _revive(self, child: Child) -> None:
        if child.is_alive or not child.has_served:
            return
        now = time.monotonic()
        due = self._due.get(child.name)
        if due is None:
            if now - child.started_at > STEADY_SECONDS:
                child.restarts = 0
            pause = BACK_OFF[min(child.restarts, len(BACK_OFF) - 1)]
            self._due[child.name] = now + pause
            self._say(f"{child.name} ended unexpectedly; starting it again in {pause:g} s (log: {child.log_path})")
        elif now >= due:
            del self._due[child.name]
            child.restarts += 1
            # Whatever the dead process left behind would hold its port.
            child.send(signal.SIGKILL)
            child.start()


def _answers(url: str) -> bool:
    try:
        with _http.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _send_all(children: Iterable[Child], signum: signal.Signals) -> None:
    for child in children:
        child.send(signum)
