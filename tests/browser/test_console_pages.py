"""Every page of the console, seen by axe-core and a ruler, wide and narrow, light and dark, in one walk."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.demo import Demo
from tests.browser.looks import AXE, DESKTOP, PHONE, is_too_wide, show
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
QUESTIONS = "text,competency,language\nHow old are you?,age,en\n,nothing,en\n"

#: Colours are all that a dark page has of its own, and a narrow page has those of the wide one. The sidebar is the same
#: on all pages, and looked at on the first.
RUN_AXE = """async ([look, sidebar]) => {
  const dark = {runOnly: ["color-contrast"]}, narrow = {rules: {"color-contrast": {enabled: false}}};
  const found = await axe.run(sidebar ? document : {exclude: ["#nav-sidebar"]},
    {resultTypes: ["violations"], ...({dark, narrow}[look] ?? {})});
  return found.violations.map(fault => `${fault.id} ${fault.nodes[0].html.slice(0, 120)}`);
}"""


@pytest.fixture
def owner(demo: Demo, chromium: Browser) -> Iterator[Recruiter]:
    context = chromium.new_context(bypass_csp=True)
    context.set_default_timeout(30_000)
    context.add_init_script(path=AXE)
    yield Recruiter(context.new_page(), base_url=demo.stack.base_url, password=demo.password)
    context.close()


def visit(page: Page, url: str, *, sidebar: bool = False) -> list[str]:
    show(page, DESKTOP, "light")
    answer = page.goto(url)
    assert answer is not None
    return find_faults(page, sidebar=sidebar) if answer.status == 200 else [f"answers {answer.status}"]


def find_faults(page: Page, *, sidebar: bool = False) -> list[str]:
    faults = []
    for look, viewport in (("light", DESKTOP), ("dark", DESKTOP), ("narrow", PHONE)):
        show(page, viewport, "dark" if look == "dark" else "light")
        # The console's theme is a class on the document, chosen by its own switch.
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", look == "dark")
        faults += [f"{look}: {fault}" for fault in page.evaluate(RUN_AXE, [look, sidebar])]
        faults += [f"{look}: too wide"] if is_too_wide(page) else []
    return faults


def list_paths() -> list[str]:
    names = [(f"/admin/{app}/{name}".rstrip("+"), "+" in name) for app in LISTED for name in LISTED[app].split()]
    return [f"{name}/" for name, _added in names] + [f"{name}/add/" for name, added in names if added]


def test_no_page_of_the_console_keeps_anybody_out(demo: Demo, owner: Recruiter) -> None:
    company, page, base_url = demo.invite()[0], owner.page, owner.base_url
    rows: dict[str, str] = json.loads(demo.stack.manage("shell", "-v", "0", "-c", FURNISH).splitlines()[-1])
    faults = {path: visit(page, base_url + path) for path in OUTSIDE}
    faults["the candidate's page"] = visit(page, company["candidate_url"])
    owner.log_in(company["admin_email"])
    faults["the first page"] = visit(page, base_url + "/admin/", sidebar=True)
    faults |= {path: visit(page, base_url + path) for path in [*OWN, *list_paths()]}
    faults |= {name: visit(page, base_url + path) for name, path in rows.items()}

    page.goto(base_url + rows["import"])
    file = {"name": "questions.csv", "mimeType": "text/csv", "buffer": QUESTIONS.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Look into it").click()
    faults["what an import would do"] = find_faults(page)
    assert {name: found for name, found in faults.items() if found} == {}
