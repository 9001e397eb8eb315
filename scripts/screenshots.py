"""Take the README's pictures again: `make screenshots`, or `python -m scripts.screenshots`.

They show a real interview on the demo's stack, typed by a simulated candidate, and land in docs/images.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from config.stack import BASE_DIR, Stack
from tests.browser.chromium import launch_chromium, record_voice
from tests.browser.demo import NO_KEYS, Demo
from tests.browser.people import Candidate, Recruiter

IMAGES = BASE_DIR / "docs" / "images"
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)

ANSWERS = [
    "I have run the kitchen of a small harbour restaurant for six years, and before that I baked bread. "
    "I like calm mornings and busy evenings.",
    "I stay calm when it gets busy. When two orders clash I sort them by time and tell everybody the plan.",
]


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="vivavoce-", ignore_cleanup_errors=True) as folder,
        Stack(var_dir=Path(folder), env=NO_KEYS, say=print) as stack,
        sync_playwright() as playwright,
    ):
        stack.env["DEMO_PASSWORD"] = "a password for the pictures"  # noqa: S105 - of a stack that lives for a minute
        demo = Demo(stack)
        browser = launch_chromium(playwright, record_voice(Path(folder)))
        candidate = Candidate(browser.new_page(viewport=DESKTOP))
        recruiter = Recruiter(browser.new_page(viewport=DESKTOP), base_url=stack.base_url, password=demo.password)
        company, other = json.loads(stack.manage("load_demo"))["tenants"]

        candidate.open(company["candidate_url"])
        take(candidate.page, "lobby")
        phone = browser.new_page(viewport=PHONE, color_scheme="dark")
        phone.goto(other["candidate_url"])
        take(phone, "lobby-phone-dark")

        candidate.start(speaking=False)
        candidate.wait_for_question(1)
        session_id = demo.live_session(company["slug"])
        recruiter.log_in(company["admin_email"])
        recruiter.watch(session_id)
        for number, answer in enumerate(ANSWERS, start=1):
            candidate.wait_for_question(number)
            candidate.type(answer)
        candidate.wait_for_question(len(ANSWERS) + 1)
        recruiter.sees(ANSWERS[-1])
        take(candidate.page, "room")
        take(recruiter.page, "live")

        recruiter.page.goto(f"{stack.base_url}/admin/")
        take(recruiter.page, "admin")
        browser.close()


def take(page: Page, name: str) -> None:
    """Save what the page shows; 256 colours keep it small."""
    page.wait_for_timeout(800)  # fonts and transitions
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)
    print(f"{path.relative_to(BASE_DIR)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
