"""`make demo`: everything on this machine, with two demo companies and a fresh link for each.

    python -m config.demo            start, print the links, run until Ctrl-C
    python -m config.demo --reset    forget the demo's data

The links are also in `var/demo.json` as long as the demo runs. The environment and `.env` are read; DEMO_PORT sets the
first port.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from config.embedded import EmbeddedServerError, read_or_make_secret, write_private
from config.env_file import read_env_file
from config.stack import BASE_DIR, Stack
from config.supervisor import ProcessFailed

VAR_DIR = BASE_DIR / "var"
DEFAULT_PORT = 8000


class AlreadyRunning(Exception):
    """Another demo works in the same directory."""


class Stopped(BaseException):
    """Somebody asked the demo to end. Like KeyboardInterrupt, not for `except Exception`."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.demo", description="Run Vivavoce on this machine.")
    parser.add_argument("--reset", action="store_true", help="forget the demo's data instead")
    arguments = parser.parse_args()
    read_env_file()
    try:
        with hold_var(VAR_DIR):
            if arguments.reset:
                reset(VAR_DIR)
            else:
                run(VAR_DIR, first_port=first_port())
    except (AlreadyRunning, ProcessFailed, EmbeddedServerError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def first_port() -> int:
    """DEMO_PORT. Raises ValueError when it is no port."""
    text = os.environ.get("DEMO_PORT", str(DEFAULT_PORT))
    if not text.isdecimal() or not 1024 <= int(text) <= 65000:
        raise ValueError(f"DEMO_PORT must be a number from 1024 to 65000, not {text!r}.")
    return int(text)


@contextmanager
def hold_var(var_dir: Path) -> Iterator[None]:
    """One demo per directory. Raises `AlreadyRunning`; the kernel lets go when the holder dies."""
    var_dir.mkdir(exist_ok=True)
    with (var_dir / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                "A demo is already running here: its links are in var/demo.json. Stop it with Ctrl-C in its terminal."
            ) from None
        yield


def reset(var_dir: Path) -> None:
    for entry in var_dir.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "demo.lock":
            entry.unlink()
    print("The demo's data are gone; `make demo` starts afresh.")


def run(var_dir: Path, *, first_port: int) -> None:
    """Start, announce, and wait until SIGINT, SIGTERM or SIGHUP; return when every process has ended."""
    announcement = var_dir / "demo.json"
    announcement.unlink(missing_ok=True)
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {line}", flush=True)

    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        # Once is enough; stopping must not be interrupted half-way.
        if not stopping.is_set():
            stopping.set()
            print("\nStopping ...", flush=True)
            raise Stopped

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)
    threading.Thread(target=_watch_make, args=(os.getppid(),), daemon=True).start()
    try:
        print("Starting Vivavoce", flush=True)
        password = read_or_make_secret(var_dir / "demo-password")[:16]
        with Stack(
            var_dir=var_dir,
            first_port=first_port,
            prepare=("load_demo", "--migrate"),
            env={"DEMO_PASSWORD": password},
            say=say,
            before_stop=stopping.set,
        ) as stack:
            found = describe(stack, password)
            write_private(announcement, json.dumps(found, indent=2) + "\n")
            print(banner(found, stack.env), flush=True)
            while True:
                time.sleep(0.5)
    except Stopped:
        print("Stopped.", flush=True)
    finally:
        announcement.unlink(missing_ok=True)


def describe(stack: Stack, password: str) -> dict[str, Any]:
    """What `var/demo.json` says about this start."""
    loaded = json.loads(stack.prepared)
    tenants = [{**tenant, "admin_password": password} for tenant in loaded["tenants"]]
    return {
        "base_url": stack.base_url,
        "candidate_url": tenants[0]["candidate_url"],
        "admin_url": loaded["admin_url"],
        "admin_email": tenants[0]["admin_email"],
        "admin_password": password,
        **{name: loaded[name] for name in ("live_url", "api_url", "openapi_url", "docs_url")},
        "health_url": f"{stack.base_url}/health",
        "database_url": stack.database_url,
        "redis_url": stack.redis_url,
        "runner_urls": stack.runner_urls,
        "sandbox_url": stack.sandbox_url,
        "tenants": tenants,
        "pid": os.getpid(),
    }


def make_was_interrupted(parent: int) -> bool:
    """Whether `make`, which started us, got a SIGINT that was meant for it alone.

    GNU make then waits inside its handler for us to end, and does not pass the signal on as it does with SIGTERM.
    Linux shows the handler by the signal being blocked.
    """
    try:
        lines = Path(f"/proc/{parent}/status").read_text().splitlines()
    except OSError:
        return False
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    is_blocked = int(status.get("SigBlk", "0"), 16) >> (signal.SIGINT - 1) & 1
    return status.get("Name") in ("make", "gmake") and bool(is_blocked)


def banner(found: dict[str, Any], env: dict[str, str]) -> str:
    hears = bool(env.get("DEEPGRAM_API_KEY"))
    lines = ["", "Vivavoce is running.", ""]
    for tenant in found["tenants"]:
        lines += [
            tenant["name"],
            f"  candidate   {tenant['candidate_url']}",
            f"  admin       {found['admin_url']}",
            f"              {tenant['admin_email']}  {tenant['admin_password']}",
            "",
        ]
    lines += [f"Live page     {found['live_url']}", f"API           {found['docs_url']}  (keys in var/demo.json)", ""]
    if not hears:
        lines.append("Without DEEPGRAM_API_KEY the bot cannot hear: choose 'Type instead', or type at any moment.")
    if not env.get("AZURE_OPENAI_API_KEY"):
        lines.append("Without AZURE_OPENAI_API_KEY a simple stand-in asks the follow-ups and sums up.")
    if not env.get("GTTS_URL"):
        lines.append("The voice is eSpeak's; GTTS_URL=https://translate.google.com brings Google's.")
    lines += ["Keys go into .env (see .env.example). Logs are in var/log, e-mails in var/mail. Ctrl-C stops.", ""]
    return "\n".join(lines)


def _watch_make(parent: int) -> None:
    while not make_was_interrupted(parent):
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
