"""The first hour: platform staff founds a company, and its owner gets from the mail to a rehearsal of their own."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import Demo
from tests.browser.people import Candidate, Recruiter

OWNER = "mara@northwind.example"
PASSWORD = "a long road to the north"
STAFF = """
from tenants.models import User
staff = User(email="ops@platform.example", name="Ops", is_platform_staff=True)
staff.set_password({password!r})
staff.save()
"""


def steps(page: Page) -> list[str]:
    return page.locator("section[aria-labelledby=steps-title] .vv-badge").all_inner_texts()


def test_the_first_hour(demo: Demo, chromium: Browser) -> None:
    base_url = demo.stack.base_url
    demo.stack.manage("shell", "-c", STAFF.format(password=PASSWORD))

    platform = chromium.new_context().new_page()
    Recruiter(platform, base_url=base_url, password=PASSWORD).log_in("ops@platform.example")
    platform.goto(f"{base_url}/admin/tenants/tenant/add/")
    platform.locator("#id_name").fill("Northwind")
    platform.locator("#id_slug").fill("northwind")
    platform.locator("#id_owner_email").fill(OWNER)
    platform.locator("#id_owner_name").fill("Mara North")
    platform.get_by_role("button", name="Save", exact=True).click()
    expect(platform.get_by_text(f"{OWNER} is asked by mail to join as owner.")).to_be_visible()
    platform.context.close()

    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    owner = context.new_page()
    owner.goto(demo.mailed_link(OWNER))
    for field in owner.locator("input[type=password]").all():
        field.fill(PASSWORD)
    owner.get_by_role("button", name="Set the password and join").click()
    owner.wait_for_url(f"{base_url}/admin/")
    assert steps(owner) == ["To do"] * 4

    owner.get_by_role("link", name="Make it yours").click()
    owner.locator("#id_display_name").fill("Northwind Freight")
    owner.locator("#id_welcome_text").fill("Welcome {name}!")
    preview = owner.frame_locator("#brand-preview iframe")
    expect(preview.locator(".lead")).to_have_text("Welcome Sam Taylor!")
    owner.locator("select[name=preview-language]").select_option("German")
    expect(preview.locator("html")).to_have_attribute("lang", "de")
    owner.get_by_role("button", name="Save", exact=True).click()

    owner.goto(f"{base_url}/admin/")
    assert steps(owner) == ["Done", *["To do"] * 3]
    owner.get_by_role("link", name="Publish your first interview").click()
    owner.get_by_role("button", name="Publish", exact=True).click()
    expect(owner.locator("#state-title")).to_contain_text("Published, version 1")

    with context.expect_page() as opened:
        owner.get_by_role("button", name="Rehearse it yourself").click()
    candidate = Candidate(opened.value)
    expect(candidate.page.locator(".lead").first).to_have_text("Welcome Mara North!")
    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    candidate.type("I have planned freight by rail for nine years, and I know every yard in the north.")
    candidate.wait_for_question(2)

    owner.goto(f"{base_url}/admin/")
    assert steps(owner) == ["Done", "Done", "Done", "To do"]
    context.close()
