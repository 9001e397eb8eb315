"""A recruiter picks an interview's questions from the banks, by dragging and with the keyboard."""

from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.looks import find_faults_in
from tests.browser.people import Recruiter

STAFFED = """
from interviews.models import Interview, QuestionBank, Question
from tenants.models import Tenant
from tenants.scope import tenant_scope
with tenant_scope(Tenant.objects.get(slug={slug!r})):
    bank = QuestionBank.objects.create(name="Night shift")
    texts = ("Why at night?", "How do you stay awake?", "What do you eat?")
    for position, text in enumerate(texts):
        Question.objects.create(bank=bank, text=text, position=position, tags=["late"])
    Interview.objects.create(title="Night porter")
"""


def asked(page: Page) -> list[str]:
    return page.locator(".vv-asked__row:visible [data-part=text]").all_inner_texts()


def test_questions_are_picked_from_a_bank(demo: Demo, recruiter: Recruiter) -> None:
    tenant = demo.invite()[0]
    demo.stack.manage("shell", "-c", STAFFED.format(slug=tenant["slug"]))
    recruiter.log_in(tenant["admin_email"])
    page = recruiter.page
    # What is dragged must be in sight.
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(f"{demo.stack.base_url}/admin/interviews/interview/?q=Night+porter")
    page.get_by_role("link", name="Night porter").click()
    bank, news = page.locator("[data-bank='Night shift']"), page.locator("[data-part=news]")

    # By dragging: into the empty list, and then before what is there.
    expect(page.get_by_text("None yet. Drag questions here")).to_be_visible()
    offers = bank.locator("[data-offer]")
    offers.nth(1).drag_to(page.locator("[data-part=empty]"))
    assert asked(page) == ["How do you stay awake?"]
    offers.nth(0).drag_to(page.locator(".vv-asked__row").first, target_position={"x": 60, "y": 2})
    assert asked(page) == ["Why at night?", "How do you stay awake?"]
    expect(news).to_have_text("Added as question 1: Why at night?")

    # By keyboard: add what a search finds, move it, take another away.
    page.get_by_label("Search the questions").fill("eat")
    bank.locator("[data-offer]:visible").get_by_role("button").press("Enter")
    page.get_by_label("Search the questions").fill("")
    page.locator(".vv-asked__row").nth(2).get_by_label("Move up").press("Enter")
    expect(news).to_have_text("Now question 2: What do you eat?")
    page.locator(".vv-asked__row").nth(0).get_by_label("Remove").press("Enter")
    assert asked(page) == ["What do you eat?", "How do you stay awake?"]
    assert find_faults_in(page, "[data-picker]") == []

    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_load_state()
    assert asked(page) == ["What do you eat?", "How do you stay awake?"]
    bank.get_by_role("button", name="Add all").click()
    assert asked(page) == ["What do you eat?", "How do you stay awake?", "Why at night?"]
    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_load_state()
    assert asked(page) == ["What do you eat?", "How do you stay awake?", "Why at night?"]
