"""The settings, read in a process of their own from an environment that holds nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

ROOT = Path(__file__).resolve().parents[2]
#: Production's least.
PRODUCTION = {
    "SECRET_KEY": "secret",
    "DATABASE_URL": "postgres://none/none",
    "REDIS_URL": "redis://none",
    "BASE_URL": "https://interviews.example.com",
    "EMAIL_URL": "smtp+tls://user:password@smtp.example.com:587",
}


def read_settings(*names: str, **environment: str) -> list[Any]:
    """These settings under these variables."""
    code = (
        "import json, sys; from config import settings; print(json.dumps([getattr(settings, n) for n in sys.argv[1:]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *names],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    values: list[Any] = json.loads(done.stdout)
    return values


@pytest.mark.parametrize("name", ["SECRET_KEY", "BASE_URL", "EMAIL_URL"])
def test_production_says_what_it_needs(name: str) -> None:
    left = {variable: value for variable, value in PRODUCTION.items() if variable != name}
    with pytest.raises(subprocess.CalledProcessError) as refused:
        read_settings("DEBUG", **left)
    assert f"ImproperlyConfigured: Set {name} to" in refused.value.stderr
    assert read_settings("DEBUG", DEBUG="true", **left) == [True]


def test_mail_by_a_provider_needs_no_server() -> None:
    left = {variable: value for variable, value in PRODUCTION.items() if variable != "EMAIL_URL"}
    backend = read_settings("EMAIL_BACKEND", EMAIL_PROVIDER="postmark", **left)
    assert backend == ["anymail.backends.postmark.EmailBackend"]


def test_pipecat_cloud_is_named_by_its_agent_and_key() -> None:
    names = ("BOT_RUNNER_URLS", "BOT_START_KEY")
    cloud = {"PIPECAT_CLOUD_AGENT": "vivavoce", "PIPECAT_CLOUD_API_KEY": "pk_1"}
    assert read_settings(*names, **PRODUCTION) == [["http://127.0.0.1:7860"], ""]
    assert read_settings(*names, **PRODUCTION, **cloud) == [
        ["https://api.pipecat.daily.co/v1/public/vivavoce"],
        "pk_1",
    ]


@pytest.mark.django_db
def test_bots_are_answered_by_the_name_they_know_the_web_server_by(client: Client, settings: Settings) -> None:
    inside = {"RELAY_URL": "ws://web:8000/bot/v1/relay", "RECORDINGS_URL": "http://files:8000/bot/v1/recordings"}
    (hosts,) = read_settings("ALLOWED_HOSTS", **PRODUCTION, **inside)
    assert hosts == ["interviews.example.com", "web", "files"]

    settings.ALLOWED_HOSTS = hosts
    url = f"/bot/v1/recordings/{uuid4()}/chunks/1"
    statuses = [client.post(url, headers={"host": host}).status_code for host in ("web:8000", "files:8000", "other")]
    assert statuses == [401, 401, 400]
