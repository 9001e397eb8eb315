"""Take the pictures of the README and of docs/tour.md again: `make screenshots`, or `python -m scripts.screenshots`.

They show the demo's stack, an interview typed by a simulated candidate, and the desk of `tests/browser/desk.py`, each
page on a desktop and on a phone, and land in docs/images. What is no longer taken goes.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from config.stack import BASE_DIR, Stack
from tests.browser.chromium import launch_chromium, record_voice
from tests.browser.demo import NO_KEYS, Demo
from tests.browser.people import Candidate, Recruiter
from tests.browser.test_console_pages import FURNISH

IMAGES = BASE_DIR / "docs" / "images"
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)

ANSWERS = [
    "I have run the kitchen of a small harbour restaurant for six years, and before that I baked bread. "
    "I like calm mornings and busy evenings.",
    "I stay calm when it gets busy. When two orders clash I sort them by time and tell everybody the plan.",
]
#: Picture -> page of the console.
LISTS = {
    "overview": "/admin/",
    "live-wall": "/admin/live/",
    "invitations": "/admin/interviews/invitation/",
    "invite": "/admin/interviews/invitation/add/",
    "invite-many": "/admin/interviews/invitationbatch/add/",
    "results": "/admin/interviews/result/",
    "members": "/admin/tenants/membership/",
    "usage": "/admin/usage/",
    "audit-log": "/admin/tenants/auditentry/",
    "ats-calls": "/admin/interviews/atscall/",
    "two-factor": "/admin/account/two-factor/",
    "log-ins": "/admin/account/sessions/",
}
#: Picture -> the row of the desk that it shows.
ROWS = {
    "list-of-people": "batch",
    "invitation": "invitation",
    "candidate": "candidate",
    "email": "email",
    "interview": "interview",
    "charts": "charts",
    "question-bank": "bank",
    "question-import": "import",
    "session": "session",
    "result": "result",
    "comparison": "compare",
    "adverse-impact": "adverse impact",
    "brand": "brand",
    "company": "company",
    "domain": "domain",
    "webhook": "webhook",
    "delivery": "delivery",
    "ats-connection": "ats",
    "call-back": "ats call-back",
    "api-key": "key",
}
TAKEN: set[Path] = set()


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

        recruiter.page.goto(f"{stack.base_url}/admin/login/")
        take(recruiter.page, "log-in")
        candidate.open(company["candidate_url"])
        take(candidate.page, "lobby")
        dark = browser.new_page(viewport=PHONE, color_scheme="dark")
        dark.goto(other["candidate_url"])
        save(dark, "lobby-phone-dark")

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

        rows = json.loads(stack.manage("shell", "-v", "0", "-c", FURNISH).splitlines()[-1])
        for name, path in (LISTS | {picture: rows[row] for picture, row in ROWS.items()}).items():
            recruiter.page.goto(stack.base_url + path)
            take(recruiter.page, name)
        browser.close()
    for path in set(IMAGES.iterdir()) - TAKEN:
        path.unlink()
    print(f"{len(TAKEN)} pictures, {sum(path.stat().st_size for path in TAKEN) // 1024} KB")


def take(page: Page, name: str) -> None:
    """What the page shows on a desktop, and on a phone."""
    for size, suffix in ((PHONE, "-phone"), (DESKTOP, "")):
        page.set_viewport_size(size)
        save(page, f"{name}{suffix}")


def save(page: Page, name: str) -> None:
    page.wait_for_timeout(800)  # fonts and transitions
    path, raw = IMAGES / f"{name}.webp", page.screenshot()
    with Image.open(BytesIO(raw)) as picture:
        picture.convert("RGB").save(path, quality=80, method=6)
    TAKEN.add(path)
    print(f"{path.relative_to(BASE_DIR)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
