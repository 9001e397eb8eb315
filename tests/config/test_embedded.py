"""The embedded servers as processes: data that stays, roles that hold, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.embedded import EmbeddedServerError, _run_child, _stop_together, embedded_servers, write_private

BASE_DIR = Path(__file__).resolve().parents[2]


def test_data_and_passwords_outlive_a_restart(tmp_path: Path) -> None:
    with embedded_servers(tmp_path, durable=False) as first:
        with psycopg.connect(first.database_url) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('word')")
        assert redis.Redis.from_url(first.redis_url).ping() is True
    with embedded_servers(tmp_path, durable=False) as second, psycopg.connect(second.database_url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("word",)]
        assert role_of(connection) == ("vivavoce", False, False, False, False)
        connection.execute("SET LOCAL ROLE vivavoce_platform")
        assert role_of(connection) == ("vivavoce_platform", False, True, False, False)
    assert running_in(tmp_path) == []


def role_of(connection: psycopg.Connection) -> tuple[object, ...] | None:
    return connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    ).fetchone()


def test_secrets_are_the_owners_and_asked_for(tmp_path: Path) -> None:
    with embedded_servers(tmp_path, durable=False) as servers:
        modes = {
            path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.name.endswith("password")
        }
        assert modes == {"superuser-password": 0o600, "app-role-password": 0o600, "valkey-password": 0o600}
        address = servers.database_url.rpartition("@")[2]
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"postgres://vivavoce@{address}", connect_timeout=5)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://{servers.redis_url.rpartition('@')[2]}").ping()
        listening = {
            connection.laddr.ip
            for process in running_in(tmp_path)
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening == {"127.0.0.1"}


def test_a_directory_has_one_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.embedded.LOCK_SECONDS", 0.2)
    with (
        embedded_servers(tmp_path, durable=False),
        pytest.raises(EmbeddedServerError, match="Another process uses"),
        embedded_servers(tmp_path),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start stops what a killed owner left")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_its_owner(tmp_path: Path, how: signal.Signals) -> None:
    code = (
        "import sys, time; from pathlib import Path; from config.embedded import embedded_servers\n"
        "with embedded_servers(Path(sys.argv[1]), durable=False): print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=BASE_DIR,
        env=os.environ | {"PYTHONPATH": str(BASE_DIR)},
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        assert len(running_in(tmp_path)) >= 2
        owner.send_signal(how)
        owner.wait()
    deadline = time.monotonic() + 10
    while running_in(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running_in(tmp_path) == []


def test_an_interrupted_first_start_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from config.embedded import embedded_servers\n"
        "with embedded_servers(Path(sys.argv[1]), durable=False): print('up', flush=True)"
    )
    environment = os.environ | {"PYTHONPATH": str(BASE_DIR)}
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=BASE_DIR, env=environment, start_new_session=True) as owner:
        # initdb writes this long before it is done.
        while not list(tmp_path.glob("postgres*/PG_VERSION")):
            assert owner.poll() is None
            time.sleep(0.005)
        os.killpg(owner.pid, signal.SIGKILL)
    with embedded_servers(tmp_path, durable=False) as servers, psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


ANSWER_TO_SIGTERM = """
import signal, sys, time
from pathlib import Path
def leave(*args):
    if sys.argv[1] == "last":
        Path("last-was-asked").touch()
    while not Path("last-was-asked").exists():
        time.sleep(0.01)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
Path(sys.argv[1]).touch()
while True:
    time.sleep(0.01)
"""


def test_all_servers_are_asked_to_stop_before_any_is_waited_for(tmp_path: Path) -> None:
    code = f"import os; os.chdir({str(tmp_path)!r}); " + f"exec({ANSWER_TO_SIGTERM!r})"
    with _stop_together() as servers:
        for name in ("first", "last"):
            command = [sys.executable, "-c", code, name]
            _run_child(servers, command, log=tmp_path / "log", stop_signal=signal.SIGTERM)
        while not ((tmp_path / "first").exists() and (tmp_path / "last").exists()):
            time.sleep(0.01)
    assert [process.returncode for process, _signal in servers] == [0, 0]


def test_a_private_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    write_private(path, "first")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "second, cut off by \ud800")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("first", 0o600)
    write_private(path, "third")
    assert (path.read_text(), [file.name for file in tmp_path.iterdir()]) == ("third", ["demo.json"])


def running_in(directory: Path) -> list[psutil.Process]:
    """The live processes that work in `directory`: both servers do, each in its data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd().startswith(str(directory)):
                found.append(process)
        except psutil.Error:
            continue
    return found
