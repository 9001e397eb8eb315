import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.demo import AlreadyRunning, banner, first_port, hold_var, reset


def test_one_demo_per_directory(tmp_path: Path) -> None:
    with (
        hold_var(tmp_path),
        pytest.raises(AlreadyRunning, match=r"already running here: its links are in var/demo.json"),
        hold_var(tmp_path),
    ):
        pass

    with hold_var(tmp_path):
        pass


def test_reset_leaves_an_empty_directory(tmp_path: Path) -> None:
    (tmp_path / "embedded" / "postgres").mkdir(parents=True)
    (tmp_path / "demo.json").write_text("{}")
    (tmp_path / "demo.lock").touch()

    reset(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["demo.lock"]


@pytest.mark.parametrize("text", ["", "http", "80", "65001", "-8000"])
def test_a_nonsense_port_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PORT", text)

    with pytest.raises(ValueError, match=rf"DEMO_PORT must be a number from 1024 to 65000, not {text!r}\."):
        first_port()


def test_the_port_is_8000_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_PORT", raising=False)
    assert first_port() == 8000
    monkeypatch.setenv("DEMO_PORT", "9100")
    assert first_port() == 9100


FOUND: dict[str, Any] = {
    "admin_url": "http://127.0.0.1:8000/admin/",
    "live_url": "http://127.0.0.1:8000/admin/live/",
    "docs_url": "http://127.0.0.1:8000/api/v1/docs",
    "tenants": [
        {
            "name": "Harbour Light Software",
            "candidate_url": "http://127.0.0.1:8000/i/abc/",
            "admin_email": "owner@harbour-light.example",
            "admin_password": "secret",
        }
    ],
}


def test_the_banner_shows_every_link_and_log_in() -> None:
    shown = banner(FOUND, {})

    tenant = FOUND["tenants"][0]
    assert [text for text in (FOUND["admin_url"], FOUND["live_url"], *tenant.values()) if text not in shown] == []


def test_the_banner_says_what_the_sandbox_cannot_do() -> None:
    without, with_keys = banner(FOUND, {}), banner(FOUND, {"DEEPGRAM_API_KEY": "k", "AZURE_OPENAI_API_KEY": "k"})

    assert ("cannot hear" in without, "cannot hear" in with_keys) == (True, False)
    assert ("stand-in" in without, "stand-in" in with_keys) == (True, False)


def test_a_second_demo_ends_with_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"""
import sys
from pathlib import Path
import config.demo
config.demo.VAR_DIR = Path({str(tmp_path)!r})
sys.argv = ["demo", "--reset"]
sys.exit(config.demo.main())
"""
    with hold_var(tmp_path):
        (tmp_path / "demo.json").write_text(json.dumps({}))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert (tmp_path / "demo.json").exists()
