"""The whole product on this machine, and people in real Chromium who use it.

Everything here is what `make demo` runs: real Postgres and Valkey, web, worker with beat, two official runners, and the
sandbox in the providers' place.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from config.stack import Stack
from tests.browser.chromium import launch_chromium, record_voice
from tests.browser.demo import NO_KEYS, Demo
from tests.browser.people import Candidate, Recruiter

#: Seconds until a session without a bot is noticed: longer than a web server takes to come back on a busy machine.
LEASE = "20"


@pytest.fixture(scope="package")
def demo() -> Iterator[Demo]:
    # Not under pytest's own folder, which every other run of pytest closes to Postgres's account.
    with (
        TemporaryDirectory(prefix="vivavoce-", ignore_cleanup_errors=True) as folder,
        Stack(var_dir=Path(folder), env={**NO_KEYS, "SESSION_LEASE_SECONDS": LEASE}) as stack,
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
    return record_voice(tmp_path_factory.mktemp("microphone"))


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, microphone: Path) -> Iterator[Browser]:
    browser = launch_chromium(playwright, microphone)
    yield browser
    browser.close()


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
