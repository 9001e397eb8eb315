from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from gtts import gTTS


def test_its_first_requests_may_come_all_at_once() -> None:
    texts = [f"Sentence number {number}." for number in range(8)]
    command = [sys.executable, "-m", "botrunner.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, ThreadPoolExecutor(8) as pool:
        assert process.stdout is not None
        url = f"{process.stdout.readline().split()[-1]}/_/TranslateWebserverUi/data/batchexecute"
        [bodies] = zip(*(gTTS(text).get_bodies() for text in texts), strict=True)
        answers = list(pool.map(lambda body: httpx.post(url, content=body, headers=gTTS.GOOGLE_TTS_HEADERS), bodies))
        process.terminate()
    assert [answer.status_code for answer in answers] == [200] * 8
    assert [len(answer.content) > 5000 for answer in answers] == [True] * 8


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
