import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.supervisor import BACK_OFF, ProcessFailed, Service, Supervisor

SERVE = "import time; print('ready', flush=True); time.sleep(600)"
SERVE_WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, "ready", flush=True)
time.sleep(600)
"""
SERVE_STUBBORNLY = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SERVE}"
FAIL = "print('no such key', flush=True); raise SystemExit(3)"
HTTP = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if os.path.exists("healthy") else 503)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
open("port", "w").write(str(server.server_port))
server.serve_forever()
"""


def python(code: str, *, name: str = "service", health_url: str = "") -> Service:
    ready_text = "" if health_url else "ready"
    argv = (sys.executable, "-c", code)
    return Service(name=name, argv=argv, env=os.environ, health_url=health_url, ready_text=ready_text)


def eventually(condition: Callable[[], bool], *, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(log_dir=tmp_path / "log", say=said.append)
    yield supervisor
    supervisor.stop()


def test_waits_until_the_log_says_ready_and_keeps_the_log(supervisor: Supervisor, tmp_path: Path) -> None:
    child = supervisor.start(python(SERVE, name="web"))

    child.wait_until_serving()

    assert (child.is_alive, child.has_served) == (True, True)
    assert (tmp_path / "log" / "web.log").read_text() == "ready\n"


def test_waits_until_the_health_page_answers_200(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    supervisor.start(python(HTTP, name="server"))
    assert eventually(lambda: (tmp_path / "port").exists() and (tmp_path / "port").read_text() != "")
    url = f"http://127.0.0.1:{(tmp_path / 'port').read_text()}/health"
    watched = supervisor.start(python(SERVE, name="watched", health_url=url))

    assert watched.serves() is False
    (tmp_path / "healthy").touch()
    watched.wait_until_serving()

    assert watched.has_served is True


def test_a_failed_start_is_reported_with_the_end_of_its_log(supervisor: Supervisor) -> None:
    child = supervisor.start(python(FAIL, name="worker"))

    with pytest.raises(ProcessFailed, match=r"(?s)worker ended while starting:.*no such key"):
        child.wait_until_serving()

    assert child.restarts == 0


def test_a_start_that_takes_too_long_is_reported(supervisor: Supervisor) -> None:
    child = supervisor.start(python("import time; time.sleep(600)", name="slow"))

    with pytest.raises(ProcessFailed, match=r"slow did not serve within 0.2 s"):
        child.wait_until_serving(seconds=0.2)


def test_who_waits_for_a_slow_start_is_told_of_it_and_of_its_death_at_once(
    supervisor: Supervisor, said: list[str]
) -> None:
    child = supervisor.start(python("import sys, time; time.sleep(2); sys.exit('no such key')", name="slow"))

    with pytest.raises(ProcessFailed, match=r"(?s)slow ended while starting:.*no such key"):
        child.wait_until_serving(say=said.append, still=0.2)

    assert {sentence.partition(", ")[0] for sentence in said} == {"slow is still starting"}
    assert said[0].endswith(f"it writes to {child.log_path}")


def test_what_dies_after_it_has_served_is_started_again(supervisor: Supervisor, said: list[str]) -> None:
    child = supervisor.start(python(SERVE, name="web"))
    child.wait_until_serving()
    first = child.pid

    child.kill()
    child.wait_until_serving()

    assert (child.pid != first, child.restarts) == (True, 1)
    assert said == [f"web ended unexpectedly; starting it again in {BACK_OFF[0]:g} s (log: {child.log_path})"]


def test_restarts_pause_longer_each_time(supervisor: Supervisor, said: list[str]) -> None:
    child = supervisor.start(python(SERVE, name="web"))
    for _ in range(2):
        child.wait_until_serving()
        child.kill()
    child.wait_until_serving()

    assert [line.split(" in ")[1].split(" s ")[0] for line in said] == ["0.5", "1"]


def test_without_restart_the_dead_stay_dead(tmp_path: Path, said: list[str]) -> None:
    supervisor = Supervisor(log_dir=tmp_path, restart=False, say=said.append)
    child = supervisor.start(python(SERVE))
    child.wait_until_serving()

    child.kill()
    supervisor.stop()

    assert (child.is_alive, child.restarts, said) == (False, 0, [])


def test_stop_ends_the_stubborn_and_what_they_started(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.supervisor.STOP_SECONDS", 0.3)
    stubborn = supervisor.start(python(SERVE_STUBBORNLY, name="stubborn"))
    parent = supervisor.start(python(SERVE_WITH_CHILD, name="parent"))
    stubborn.wait_until_serving()
    parent.wait_until_serving()
    grandchild = int(parent.log_path.read_text().split()[0])

    supervisor.stop()

    assert (stubborn.is_alive, parent.is_alive) == (False, False)
    assert eventually(lambda: gone(grandchild))


if sys.platform == "linux":  # the only system that tells children of their parent's death

    def test_children_end_with_an_owner_that_was_killed(tmp_path: Path) -> None:
        owner_code = f"""
import os, sys, time
from pathlib import Path
from config.supervisor import Service, Supervisor
supervisor = Supervisor(log_dir=Path({str(tmp_path)!r}))
service = Service(name="inner", argv=(sys.executable, "-c", {SERVE!r}), env=os.environ, ready_text="ready")
child = supervisor.start(service)
child.wait_until_serving()
print(child.pid, "ready", flush=True)
time.sleep(600)
"""
        outer = Supervisor(log_dir=tmp_path / "outer", restart=False)
        owner = outer.start(python(owner_code, name="owner"))
        owner.wait_until_serving()
        inner = int(owner.log_path.read_text().split()[0])

        os.kill(owner.pid, signal.SIGKILL)

        assert eventually(lambda: gone(inner))
        outer.stop()
