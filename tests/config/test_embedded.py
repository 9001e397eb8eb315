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

from config.embedded import EmbeddedServerError, embedded_servers

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
    monkeypatch.setattr("config.embedded.STOP_SECONDS", 0.2)
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
