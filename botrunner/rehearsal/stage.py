"""The processes a rehearsal needs: a sandbox and a runner, started here unless their addresses are given."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

BOOT_SECONDS = 90.0
STOP_SECONDS = 5.0


class StageFailed(RuntimeError):
    """A process did not come up; the message names it and its log."""


@dataclass(frozen=True)
class Stage:
    """`runner_pid` is None for a runner that was not started here."""

    runner_url: str
    sandbox_url: str
    runner_pid: int | None = None


@contextmanager
def set_up(
    *,
    folder: Path,
    runner_url: str = "",
    sandbox_url: str = "",
    module: str = "botrunner.bot",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Stage]:
    """A sandbox and a runner of `module`, with their logs in `folder`; those started here are stopped at the end.

    Raises StageFailed.
    """
    processes: list[subprocess.Popen[bytes]] = []
    runner_pid = None
    try:
        if not sandbox_url:
            port = free_port()
            sandbox_url = f"http://127.0.0.1:{port}"
            processes.append(_spawn("botrunner.sandbox", "--port", str(port), log=folder / "sandbox.log"))
            _wait_until_up(f"{sandbox_url}/health", processes[-1], log=folder / "sandbox.log")
        if not runner_url:
            port = free_port()
            runner_url = f"http://127.0.0.1:{port}"
            arguments = (module, "-t", "webrtc", "--host", "127.0.0.1", "--port", str(port))
            told = {"SANDBOX_URL": sandbox_url, **(environment or {})}
            processes.append(_spawn(*arguments, log=folder / "runner.log", **told))
            _wait_until_up(f"{runner_url}/status", processes[-1], log=folder / "runner.log")
            runner_pid = processes[-1].pid
        yield Stage(runner_url=runner_url, sandbox_url=sandbox_url, runner_pid=runner_pid)
    finally:
        for process in reversed(processes):
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _spawn(module: str, *arguments: str, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module, *arguments]
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own modules
            command, stdout=output, stderr=output, env={**os.environ, **environment}, start_new_session=True
        )


def _wait_until_up(url: str, process: subprocess.Popen[bytes], *, log: Path) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise StageFailed(f"{url} does not answer; {log} may say why.")
