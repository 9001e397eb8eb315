"""The demo itself, as a process: what it announces, that it is private to this machine, and that it leaves nothing."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.config.test_supervisor import eventually

LAUNCH = """
import sys
from pathlib import Path
import config.demo
config.demo.VAR_DIR = Path(sys.argv.pop())
sys.exit(config.demo.main())
"""
#: The embedded servers are to start, and the sandbox to stand in for every provider.
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "DEEPGRAM_API_KEY", "AZURE_OPENAI_API_KEY", "DAILY_API_KEY", "GTTS_URL")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, **dict.fromkeys(NOT_OURS, "")}
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    process.kill()
    process.communicate()


def read_announcement(var_dir: Path) -> dict[str, Any]:
    announced: dict[str, Any] = json.loads((var_dir / "demo.json").read_text())
    return announced


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_announces_itself_and_leaves_nothing_behind(
    demo: subprocess.Popen[str], tmp_path: Path, signum: signal.Signals
) -> None:
    ready = eventually(lambda: demo.poll() is not None or (tmp_path / "demo.json").exists(), seconds=180)
    assert ready
    assert demo.poll() is None, demo.communicate()[0]
    announced = read_announcement(tmp_path)

    assert sorted(announced) == [
        "admin_email",
        "admin_password",
        "admin_url",
        "api_url",
        "base_url",
        "candidate_url",
        "database_url",
        "docs_url",
        "health_url",
        "live_url",
        "openapi_url",
        "pid",
        "redis_url",
        "runner_urls",
        "sandbox_url",
        "tenants",
    ]
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    answers = [httpx.get(announced[url]).status_code for url in ("health_url", "candidate_url")]
    answers += [httpx.get(tenant["candidate_url"]).status_code for tenant in announced["tenants"]]
    answers += [httpx.get(announced[url]).status_code for url in ("docs_url", "openapi_url")]
    for tenant in announced["tenants"]:
        headers = {"Authorization": f"Bearer {tenant['api_key']}"}
        answers.append(httpx.get(f"{announced['api_url']}/interviews", headers=headers).status_code)
    assert answers == [200] * 8

    family = psutil.Process(demo.pid).children(recursive=True)
    listening = {
        connection.laddr.ip
        for member in family
        for connection in member.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}

    demo.send_signal(signum)
    demo.send_signal(signal.SIGINT)  # an impatient person's
    output, _ = demo.communicate(timeout=60)

    assert demo.returncode == 0
    assert [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE] == []
    assert not (tmp_path / "demo.json").exists()
    assert [text for text in (announced["candidate_url"], announced["admin_password"]) if text not in output] == []


def test_an_interrupt_of_make_alone_ends_the_start(tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text('demo:\n\t@exec $(PYTHON) -c "$$LAUNCH" $(VAR)\n')
    # Whoever runs the tests by make has told it of jobs that this make has no part in.
    of_make = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    environment = {**os.environ, **dict.fromkeys((*NOT_OURS, *of_make), ""), "LAUNCH": LAUNCH}
    # Where the tests run in a script's background they ignore an interrupt, and so would make.
    heeding = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp('make', sys.argv[1:])"
    make_demo = ["make", "-f", str(makefile), f"PYTHON={sys.executable}", f"VAR={tmp_path / 'var'}", "demo"]
    with subprocess.Popen(
        [sys.executable, "-c", heeding, *make_demo],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout is not None
        assert make.stdout.readline() == "Starting Vivavoce\n"
        family = psutil.Process(make.pid).children(recursive=True)
        make.send_signal(signal.SIGINT)
        output, _ = make.communicate(timeout=120)
    assert "Stopped." in output
    assert "Vivavoce is running." not in output
    assert [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE] == []
