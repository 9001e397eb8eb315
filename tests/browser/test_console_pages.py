"""Every page of the console, seen by axe-core and a ruler, wide and light, narrow and dark, in one walk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.addresses import NEWCOMER, NOBODY, STAFF
from tests.browser.demo import Demo
from tests.browser.looks import AXE, DESKTOP, PHONE
from tests.browser.people import Recruiter

FURNISH = "from tests.browser import desk; desk.furnish_desk()"
#: What has a list, by application; what can be added to one is marked.
LISTED = {
    "interviews": "invitation+ invitationbatch+ interview+ questionbank+ result candidate session outgoingemail"
    " companyservices webhookendpoint+ webhookdelivery atsconnection+ atscallback atscall",
    "tenants": "domain+ membership memberinvitation+ apikey+ auditentry",
}
OUTSIDE = ("/admin/login/", "/admin/password_reset/", "/admin/password_reset/done/", "/admin/reset/x/x/")
OWN = (
    "/admin/live/",
    "/admin/usage/",
    "/admin/switch-tenant/",
    "/admin/password_change/",
    "/admin/account/sessions/",
    "/admin/account/two-factor/",
    "/admin/account/two-factor/totp/activate/",
)
#: Of the platform's staff alone.
PLATFORM = (
    "/admin/usage/all/",
    "/admin/tenants/tenant/",
    "/admin/tenants/tenant/add/",
    "/admin/tenants/user/",
    "/admin/tenants/user/add/",
    "/admin/tenants/passwordmail/",
    "/admin/tenants/platformentry/",
    "/admin/axes/accessattempt/",
)
QUESTIONS = "text,competency,language\nHow old are you?,age,en\n,nothing,en\n"

#: What axe-core looks at: all of a page, with three rows of a list and three options of a choice, which stand for the
#: others. The sidebar is the same on all pages, and looked at on the first.
REPEATED = ["#result_list > tbody:nth-of-type(n+4)", "option:nth-of-type(n+4)"]
SIDEBAR = "#nav-sidebar"
#: Where the heads of our tables and of the theme's, which a phone does not show, are seen in the dark as well.
ALSO_WIDE_AND_DARK = ("/admin/", "/admin/usage/", "/admin/interviews/invitation/")
#: In the dark, colours; on a phone, what being narrow can change. The rest was seen on the wide page.
RUN_AXE = """async ([dark, unseen]) => {
  // The console's theme is a class on the document, chosen by its own switch.
  document.documentElement.classList.toggle("dark", dark);
  const rules = ["color-contrast", "scrollable-region-focusable", "label", "button-name", "link-name"];
  const only = dark ? {runOnly: rules} : {};
  const found = await axe.run({exclude: unseen}, {resultTypes: ["violations"], ...only});
  const faults = found.violations.map(fault => `${fault.id} ${fault.nodes[0].html.slice(0, 120)}`);
  return document.documentElement.scrollWidth > innerWidth ? [...faults, "too wide"] : faults;
}"""


@pytest.fixture
def newcomers(demo: Demo, chromium: Browser) -> Iterator[Callable[[], Recruiter]]:
    """People at browsers of their own, in which nobody is logged in."""
    contexts = []

    def come() -> Recruiter:
        # Reduced motion, so that no colour is measured half-way through a change.
        context = chromium.new_context(bypass_csp=True, reduced_motion="reduce")
        contexts.append(context)
        context.set_default_timeout(30_000)
        context.add_init_script(path=AXE)
        return Recruiter(context.new_page(), base_url=demo.stack.base_url, password=demo.password)

    yield come
    for context in contexts:
        context.close()


def visit(page: Page, url: str, *, status: int = 200) -> list[str]:
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    answer = page.goto(url)
    assert answer is not None
    return find_faults(page) if answer.status == status else [f"answers {answer.status}"]


def find_faults(page: Page) -> list[str]:
    """Wide and light, then narrow and dark: what either changes is seen once."""
    path = urlsplit(page.url).path
    unseen = REPEATED if path == "/admin/" else [*REPEATED, SIDEBAR]
    faults = [f"light: {fault}" for fault in page.evaluate(RUN_AXE, [False, unseen])]
    if path in ALSO_WIDE_AND_DARK:
        faults += [f"dark: {fault}" for fault in page.evaluate(RUN_AXE, [True, unseen])]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return faults + [f"dark phone: {fault}" for fault in page.evaluate(RUN_AXE, [True, unseen])]


def list_paths() -> list[str]:
    names = [(f"/admin/{app}/{name}".rstrip("+"), "+" in name) for app in LISTED for name in LISTED[app].split()]
    return [f"{name}/" for name, _added in names] + [f"{name}/add/" for name, added in names if added]


def test_no_page_of_the_console_keeps_anybody_out(demo: Demo, newcomers: Callable[[], Recruiter]) -> None:
    company, owner = demo.invite()[0], newcomers()
    page, base_url = owner.page, owner.base_url
    rows: dict[str, str] = json.loads(demo.stack.manage("shell", "-v", "0", "-c", FURNISH).splitlines()[-1])
    platform = {name: path for name, path in rows.items() if name.startswith("platform: ")}
    faults = {path: visit(page, base_url + path) for path in OUTSIDE}
    owner.log_in(company["admin_email"])
    faults["the first page"] = visit(page, base_url + "/admin/")
    faults |= {path: visit(page, base_url + path) for path in [*OWN, *list_paths()]}
    faults |= {name: visit(page, base_url + path) for name, path in rows.items() if name not in platform}

    page.goto(base_url + rows["import"])
    file = {"name": "questions.csv", "mimeType": "text/csv", "buffer": QUESTIONS.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    with page.expect_navigation():
        page.get_by_role("button", name="Look into it").click()
    faults["what an import would do"] = find_faults(page)

    link, someone, nobody, staff = demo.mailed_link(NEWCOMER), newcomers(), newcomers(), newcomers()
    faults["joining"] = visit(someone.page, link)
    faults["a link that nobody was sent"] = visit(someone.page, f"{base_url}/admin/join/x/", status=404)
    faults["joining as somebody else"] = visit(page, link)
    nobody.log_in(NOBODY)
    faults["no company yet"] = visit(nobody.page, base_url + "/admin/", status=403)
    staff.log_in(STAFF)
    faults["entering a company"] = visit(staff.page, base_url + "/admin/switch-tenant/")
    staff.page.get_by_role("button", name=company["name"]).click()
    faults |= {path: visit(staff.page, base_url + path) for path in PLATFORM}
    faults |= {name: visit(staff.page, base_url + path) for name, path in platform.items()}
    faults["a company, for staff"] = visit(staff.page, base_url + rows["company"])
    assert {name: found for name, found in faults.items() if found} == {}
