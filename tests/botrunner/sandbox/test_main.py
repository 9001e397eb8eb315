from __future__ import annotations

import signal
import subprocess
import sys

import httpx
import pytest


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_stops_when_told(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "botrunner.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox ready on http://127.0.0.1:")
        assert httpx.get(f"{line.split()[-1]}/health").json()["status"] == "ok"
        process.send_signal(stop)
        out, err = process.communicate(timeout=10)
        assert (out, err) == ("", "")
