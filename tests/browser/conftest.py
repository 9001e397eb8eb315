"""The whole product on this machine, and people in real Chromium who use it.

Everything here is what `make demo` runs: real Postgres and Valkey, web, worker, beat, two official runners, and the
sandbox in the providers' place.
"""

import json
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from botrunner.sandbox.voice import open_espeak
from config.stack import Stack
from tests.botrunner.conftest import Sandbox
from tests.browser.people import Candidate, Recruiter

#: Providers' keys of whoever runs the tests are taken away: the sandbox stands in for all of them.
NO_KEYS = dict.fromkeys(
    [
        "DATABASE_URL",
        "REDIS_URL",
        "DEEPGRAM_API_KEY",
        "AZURE_OPENAI_API_KEY",
        "AZURE_OPENAI_ENDPOINT",
        "DAILY_API_KEY",
        "GTTS_URL",
    ],
    "",
)


class Demo:
    """A running stack with its two demo companies."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.sandbox = Sandbox(stack.sandbox_url)
        self.password = stack.env["DEMO_PASSWORD"]

    def invite(self) -> list[dict[str, Any]]:
        """A fresh candidate for each company: slug, name, candidate_url, admin_email."""
        tenants: list[dict[str, Any]] = json.loads(self.stack.manage("load_demo"))["tenants"]
        return tenants

    def rows(self, slug: str, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """What a query of ours finds as the application's own role, in the company's scope."""
        with psycopg.connect(self.stack.database_url) as connection:
            tenant = connection.execute("SELECT id FROM tenants_tenant WHERE slug = %s", [slug]).fetchone()
            assert tenant is not None
            connection.execute("SELECT set_config('vivavoce.tenant_id', %s, true)", [str(tenant[0])])
            return connection.execute(query, arguments).fetchall()  # type: ignore[arg-type]


@pytest.fixture(scope="package")
def demo() -> Iterator[Demo]:
    # Not under pytest's own folder, which every other run of pytest closes to Postgres's account.
    with (
        TemporaryDirectory(prefix="vivavoce-", ignore_cleanup_errors=True) as folder,
        Stack(var_dir=Path(folder), env={**NO_KEYS, "SESSION_LEASE_SECONDS": "12"}) as stack,
    ):
        stack.env["DEMO_PASSWORD"] = "a password for the tests"
        yield Demo(stack)


@pytest.fixture(autouse=True)
def forget_scripts(demo: Demo) -> None:
    demo.sandbox.reset()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of somebody who says a sentence, keeps quiet for a while, and begins again."""
    espeak = open_espeak()
    assert espeak is not None, "the voice of the simulated candidate is missing: run make setup"
    sentence = espeak.speak("I worked with my team, and together we found a good answer to it.", "en")
    pause = np.zeros(4 * espeak.sample_rate, np.int16)
    path = tmp_path_factory.mktemp("microphone") / "candidate.wav"
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(espeak.sample_rate)
        recording.writeframes(np.concatenate([sentence, pause]).tobytes())
    return path


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, microphone: Path) -> Iterator[Browser]:
    browser = launch_chromium(playwright, microphone)
    yield browser
    browser.close()


def launch_chromium(playwright: Playwright, microphone: Path, *more: str) -> Browser:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is missing: run make test-programs"
    return playwright.chromium.launch(
        executable_path=path,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
            "--autoplay-policy=user-gesture-required",
            # Otherwise the sound of two peers on one machine hides behind mDNS names nobody resolves.
            "--disable-features=WebRtcHideLocalIpsWithMdns",
            *more,
        ],
    )


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def candidate(context: BrowserContext) -> Candidate:
    return Candidate(context.new_page())


@pytest.fixture
def recruiter(chromium: Browser, demo: Demo) -> Iterator[Recruiter]:
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(20_000)
    yield Recruiter(context.new_page(), base_url=demo.stack.base_url, password=demo.password)
    context.close()
