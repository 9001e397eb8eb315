import os
import socket
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from config.stack import HOST, Stack, free_ports
from interviews.domain import launch, slots
from tenants.models import Tenant
from tests.interviews.factories import make_session


def listen(port: int = 0) -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((HOST, port))
    server.listen()
    return server


def test_busy_ports_are_passed_over() -> None:
    with listen() as busy:
        first = busy.getsockname()[1]

        ports = free_ports(first, 3)

    assert first not in ports
    assert ports == sorted(set(ports))
    assert [len(ports), min(ports) > first] == [3, True]


def test_the_system_chooses_different_ports() -> None:
    ports = free_ports(0, 6)

    assert len(set(ports)) == 6
    assert 0 not in ports


def test_ports_run_out_with_one_clear_sentence() -> None:
    with pytest.raises(ValueError, match="No 3 free ports from 65534 on"):
        free_ports(65534, 3)


def test_the_environment_names_our_own_processes_whatever_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BASE_URL", "https://interviews.example.com")
    monkeypatch.setenv("DEEPGRAM_API_KEY", "from-the-shell")
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.com")
    stack = Stack(
        var_dir=tmp_path,
        runners=2,
        env={"DATABASE_URL": "postgres://a/b", "REDIS_URL": "redis://c", "DEEPGRAM_API_KEY": ""},
    )

    environment = stack.environment()

    assert environment["BASE_URL"] == stack.base_url == f"http://127.0.0.1:{stack.web_port}"
    assert environment["RELAY_URL"] == f"ws://127.0.0.1:{stack.web_port}/bot/v1/relay"
    assert environment["BOT_RUNNER_URLS"].split(",") == stack.runner_urls
    assert (environment["DATABASE_URL"], environment["REDIS_URL"]) == ("postgres://a/b", "redis://c")
    assert (environment["DEEPGRAM_API_KEY"], environment["EMAIL_URL"]) == ("", "smtp://mail.example.com")
    assert environment["PATH"] == os.environ["PATH"]


def test_runners_start_bots_over_the_transport_that_is_set(in_acme: Tenant, tmp_path: Path, settings: Settings) -> None:
    urls = {"DATABASE_URL": "postgres://none/none", "REDIS_URL": "redis://none"}
    stack = Stack(var_dir=tmp_path, runners=1, env=urls | {"BOT_TRANSPORT": "daily", "DAILY_API_KEY": "any"})
    stack.env = stack.environment() | {"DAILY_API_URL": f"{stack.sandbox_url}/daily/v1"}
    settings.BOT_TRANSPORT, settings.BOT_RUNNER_URLS = "daily", stack.runner_urls
    slots.sync_slots()
    claim = launch.claim_launch(session_id=make_session().pk)
    assert claim is not None
    try:
        for child in (stack._start_sandbox(), *stack._start_runners()):
            child.wait_until_serving()
        started = launch.start_bot(claim)
    finally:
        stack._supervisor.stop()
    assert started.transport == "daily"
    assert started.connect["room_url"].startswith(stack.sandbox_url)
    assert started.connect["token"]
