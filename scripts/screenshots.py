"""Take the pictures of the README and of docs/tour.md again: `make screenshots`, or `python -m scripts.screenshots`.

They show the demo's stack, an interview typed by a simulated candidate, and the desk of `tests/browser/desk.py`, each
page on a desktop and on a phone, and land in docs/images. What is no longer taken goes. With names, such as
`make screenshots ARGS="brand members"`, these alone are taken and the others stay.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from config.stack import BASE_DIR, Stack
from tests.browser.addresses import NEWCOMER, STAFF
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
    "lists-of-people": "/admin/interviews/invitationbatch/",
    "candidates": "/admin/interviews/candidate/",
    "interviews": "/admin/interviews/interview/",
    "question-banks": "/admin/interviews/questionbank/",
    "sessions": "/admin/interviews/session/",
    "emails": "/admin/interviews/outgoingemail/",
    "services": "/admin/interviews/companyservices/",
    "domains": "/admin/tenants/domain/",
    "member-invitations": "/admin/tenants/memberinvitation/",
    "api-keys": "/admin/tenants/apikey/",
    "webhooks": "/admin/interviews/webhookendpoint/",
    "deliveries": "/admin/interviews/webhookdelivery/",
    "ats-connections": "/admin/interviews/atsconnection/",
    "call-backs": "/admin/interviews/atscallback/",
    "password": "/admin/password_change/",
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
    "member": "member",
    "member-invitation": "member invitation",
    "revoking-a-key": "key: revoke",
    "inviting-again": "member invitation: resend",
    "removing-a-member": "member: delete",
    "audit-entry": "audit entry",
    "ats-call": "ats call",
}
#: The same of what platform staff alone see.
STAFF_LISTS = {
    "switch-company": "/admin/switch-tenant/",
    "companies": "/admin/tenants/tenant/",
    "new-company": "/admin/tenants/tenant/add/",
    "people": "/admin/tenants/user/",
    "password-mails": "/admin/tenants/passwordmail/",
    "platform-usage": "/admin/usage/all/",
    "platform-log": "/admin/tenants/platformentry/",
}
STAFF_ROWS = {
    "company-for-staff": "company",
    "person": "platform: user",
    "password-mail": "platform: password mail",
    "another-password-mail": "platform: another password mail",
}
#: Of an interview that is held for them.
STAGED = {"log-in", "lobby", "lobby-phone-dark", "room", "live"}
TAKEN: set[Path] = set()


def main(wanted: set[str]) -> None:
    """Take the pictures of these names; of none, all."""
    every = {*STAGED, *LISTS, *ROWS, *STAFF_LISTS, *STAFF_ROWS, "join"}
    if unknown := wanted - every:
        raise SystemExit(f"There is no picture {min(unknown)}. There are: {', '.join(sorted(every))}.")
    chosen = wanted or every
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="vivavoce-", ignore_cleanup_errors=True) as folder,
        Stack(var_dir=Path(folder), env=NO_KEYS, say=print) as stack,
        sync_playwright() as playwright,
    ):
        stack.env["DEMO_PASSWORD"] = "a password for the pictures"  # noqa: S105 - of a stack that lives for a minute
        demo = Demo(stack)
        browser = launch_chromium(playwright, record_voice(Path(folder)))

        def recruiter() -> Recruiter:
            return Recruiter(browser.new_page(viewport=DESKTOP), base_url=stack.base_url, password=demo.password)

        company, other = json.loads(stack.manage("load_demo"))["tenants"]
        owner = recruiter()
        if chosen & STAGED:
            take_interview(demo, browser, owner, company, other)
        else:
            owner.log_in(company["admin_email"])
        rows = json.loads(stack.manage("shell", "-v", "0", "-c", FURNISH).splitlines()[-1])
        take_pages(owner.page, LISTS | {picture: rows[row] for picture, row in ROWS.items()}, chosen, stack.base_url)
        if "join" in chosen:
            newcomer = browser.new_page(viewport=DESKTOP)
            newcomer.goto(demo.mailed_link(NEWCOMER))
            take(newcomer, "join")
        staff = recruiter()
        staff.log_in(STAFF)
        pages = STAFF_LISTS | {picture: rows[row] for picture, row in STAFF_ROWS.items()}
        take_pages(staff.page, pages, chosen, stack.base_url)
        browser.close()
    if not wanted:
        for path in set(IMAGES.iterdir()) - TAKEN:
            path.unlink()
    print(f"{len(TAKEN)} pictures, {sum(path.stat().st_size for path in TAKEN) // 1024} KB")


def take_interview(
    demo: Demo, browser: Browser, owner: Recruiter, company: dict[str, Any], other: dict[str, Any]
) -> None:
    """From the log-in, which leaves the owner logged in, to the middle of an interview."""
    candidate = Candidate(browser.new_page(viewport=DESKTOP))
    owner.page.goto(f"{demo.stack.base_url}/admin/login/")
    take(owner.page, "log-in")
    candidate.open(company["candidate_url"])
    take(candidate.page, "lobby")
    dark = browser.new_page(viewport=PHONE, color_scheme="dark")
    dark.goto(other["candidate_url"])
    save(dark, "lobby-phone-dark")

    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    session_id = demo.live_session(company["slug"])
    owner.log_in(company["admin_email"])
    owner.watch(session_id)
    for number, answer in enumerate(ANSWERS, start=1):
        candidate.wait_for_question(number)
        candidate.type(answer)
    candidate.wait_for_question(len(ANSWERS) + 1)
    owner.sees(ANSWERS[-1])
    take(candidate.page, "room")
    take(owner.page, "live")


def take_pages(page: Page, paths: dict[str, str], chosen: set[str], base_url: str) -> None:
    for name, path in paths.items():
        if name in chosen:
            page.goto(base_url + path)
            take(page, name)


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
    main(set(sys.argv[1:]))
