"""`.env` is read in one place, which can be told to let it be; in tests it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import env_file
from config.stack import BASE_DIR


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The `.env` of somebody who has real keys."""
    monkeypatch.setattr(env_file, "BASE_DIR", tmp_path)
    for name in ("DEEPGRAM_API_KEY", "BASE_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    path = tmp_path / ".env"
    path.write_text("DEEPGRAM_API_KEY=a real one\nBASE_URL=https://interviews.example\n")
    return path


def test_what_the_file_says_is_in_the_environment_unless_it_was_before(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ENV_FILE")
    monkeypatch.setenv("BASE_URL", "http://localhost:1")
    env_file.read_env_file()
    assert (os.environ["DEEPGRAM_API_KEY"], os.environ["BASE_URL"]) == ("a real one", "http://localhost:1")


def test_another_file_can_be_named(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.env").write_text("BASE_URL=https://other.example\n")
    monkeypatch.setenv("ENV_FILE", "other.env")
    env_file.read_env_file()
    assert ("DEEPGRAM_API_KEY" in os.environ, os.environ["BASE_URL"]) == (False, "https://other.example")


def test_in_tests_none_is_read(filled: Path) -> None:
    assert os.environ["ENV_FILE"] == ""
    env_file.read_env_file()
    assert [name for name in ("DEEPGRAM_API_KEY", "BASE_URL") if name in os.environ] == []


def test_nor_by_the_bots_that_tests_start(filled: Path) -> None:
    ask = "import dotenv, os; dotenv.load_dotenv('.env', override=True); print(os.environ.get('BASE_URL'))"
    asked = subprocess.run([sys.executable, "-c", ask], cwd=filled.parent, capture_output=True, text=True, check=True)
    assert asked.stdout == "None\n"


def test_nobody_reads_it_past_that_place() -> None:
    sources = [
        path for app in ("config", "tenants", "interviews", "botrunner") for path in (BASE_DIR / app).rglob("*.py")
    ]
    readers = [path for path in sources if any(word in path.read_text() for word in ("read_env(", "load_dotenv("))]
    assert [path.relative_to(BASE_DIR).as_posix() for path in readers] == ["config/env_file.py"]
