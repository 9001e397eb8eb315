"""The candidate's pages as people meet them: without a microphone, by keyboard, zoomed in, in two windows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.chromium import launch_chromium
from tests.browser.demo import Demo
from tests.browser.looks import PHONE, ZOOMED, find_faults, is_too_wide
from tests.browser.people import Candidate

COUNT_MICROPHONE_REQUESTS = """
  window.microphoneRequests = 0;
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (what) => { window.microphoneRequests += 1; return open(what); };
"""

#: Whether nothing lies over the upper and the lower end of what has the focus.
IS_SEEN = """() => {
  const { activeElement: focused } = document;
  const { left, width, top, bottom } = focused.getBoundingClientRect();
  return [top + 4, bottom - 4].every((y) => focused.contains(document.elementFromPoint(left + width / 2, y)));
}"""

#: What the page tells the bot.
KEEP_WHAT_IS_SENT = """
  window.sent = [];
  const send = RTCDataChannel.prototype.send;
  RTCDataChannel.prototype.send = function (message) { window.sent.push(String(message)); send.call(this, message); };
"""

#: The newest candidate of a company has finished an interview that asks for sex and race or ethnicity.
FINISH_AND_ASK = """
from interviews.domain.versions import publish
from interviews.models import Interview, Invitation, Result
from tenants.models import Tenant
from tenants.scope import tenant_scope
with tenant_scope(Tenant.objects.get(slug={slug!r})):
    newest = Invitation.objects.latest("created_at")
    Interview.objects.filter(pk=newest.interview_id).update(ask_categories=True)
    version = publish(interview=Interview.objects.get(pk=newest.interview_id))
    Invitation.objects.filter(pk=newest.pk).update(status="completed", version=version)
    Result.objects.create(invitation=newest, summary="You are calm.", points=["Teaches beginners"])
"""


#: The newest candidate of a company may not come back once they have left.
LAST_START = """
from interviews.domain.versions import publish
from interviews.models import Interview, Invitation
from tenants.models import Tenant
from tenants.scope import tenant_scope
with tenant_scope(Tenant.objects.get(slug={slug!r})):
    newest = Invitation.objects.latest("created_at")
    interview = Interview.objects.get(pk=newest.interview_id)
    for retries in (0, interview.retries):
        interview.retries = retries
        interview.save()
        version = publish(interview=interview)
        if not retries:
            Invitation.objects.filter(pk=newest.pk).update(version=version)
"""

SPOKEN = "I have led a kitchen of six people for four years, and I like teaching beginners most of all."

#: Every runner has its hands full; and all are free again.
TAKE_SLOTS = "UPDATE interviews_runnerslot SET session_id = gen_random_uuid() WHERE session_id IS NULL RETURNING id"
FREE_SLOTS = "UPDATE interviews_runnerslot SET session_id = NULL WHERE id = ANY(%s) RETURNING id"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def url(demo: Demo) -> str:
    link: str = demo.invite()[0]["candidate_url"]
    return link


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of: errors in scripts, and whatever the Content Security Policy blocked."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


@pytest.fixture
def unwilling(playwright: Playwright, microphone: Path) -> Iterator[Page]:
    """A browser whose owner denies every permission."""
    browser = launch_chromium(playwright, microphone, willing=False)
    yield browser.new_page()
    browser.close()


def test_the_lobby_is_fit_for_everybody(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(url)
    assert find_faults(page) == []
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    assert not is_too_wide(page)
    assert complaints == []


def test_the_microphone_is_seen_and_heard_before_it_counts(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(url)
    page.get_by_role("button", name="Check my microphone").click()
    expect(page.get_by_role("combobox", name="Microphone").locator("option")).not_to_have_count(0)
    expect(page.get_by_role("meter")).to_have_attribute("aria-valuenow", re.compile(r"[2-9]\d|100"))
    page.get_by_role("button", name="Record 3 seconds and play it back").click()
    expect(page.get_by_text("If you heard yourself, so will we.")).to_be_visible(timeout=15_000)
    assert find_faults(page) == []
    assert complaints == []


def test_start_says_what_is_missing_and_leads_there(page: Page, url: str) -> None:
    page.goto(url)
    start, reason = page.locator("#start"), page.locator("#start-reason")
    expect(reason).to_have_text("Check your microphone first, or choose to type.")
    page.get_by_role("radio", name="Type instead").focus()
    page.keyboard.press("Space")
    expect(reason).to_have_text("Please tick the box above to agree before you start.")
    start.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#consent")).to_be_focused()
    page.keyboard.press("Space")
    expect(reason).to_have_text("You are all set.")


def test_a_denied_microphone_is_explained_and_typing_is_one_step_away(unwilling: Page, url: str) -> None:
    page = unwilling
    page.goto(url)
    page.get_by_role("button", name="Check my microphone").click()
    expect(page.get_by_role("alert")).to_contain_text("The microphone is blocked")
    assert find_faults(page) == []
    page.get_by_role("button", name="Type instead").click()
    expect(page.get_by_role("radio", name="Type instead")).to_be_checked()
    expect(page.locator("#consent")).to_be_focused()


def test_typing_needs_no_microphone_and_loses_nothing(page: Page, url: str, complaints: list[str]) -> None:
    page.add_init_script(COUNT_MICROPHONE_REQUESTS)
    candidate = Candidate(page)
    candidate.open(url)
    candidate.start(speaking=False)
    expect(page.locator("#bot-status")).to_be_focused()
    candidate.wait_for_question(1)
    assert find_faults(page) == []
    assert page.evaluate("window.microphoneRequests") == 0

    page.locator("#composer-text").fill("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    expect(page.locator("#composer-text")).to_have_value("first line\nsecond line")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Continue where you left off")
    expect(page.locator("#consent")).to_be_checked()
    page.locator("#start").click()
    candidate.wait_for_question(1)
    expect(page.locator("#composer-text")).to_have_value("first line\nsecond line")
    page.locator("#composer-text").focus()
    page.keyboard.press("Enter")
    expect(candidate.turns.last).to_contain_text("second line")
    expect(page.locator("#composer-text")).to_have_value("")
    # As much as a phone's keyboard leaves.
    page.set_viewport_size({"width": 360, "height": 560})
    expect(candidate.turns.last).to_be_in_viewport()
    assert complaints == []


def test_a_long_question_covers_nothing(page: Page, url: str) -> None:
    candidate = Candidate(page)
    candidate.open(url)
    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    page.locator("#question-text").evaluate("(question, text) => { question.textContent = text; }", "Why so? " * 150)
    expect(page.locator("#composer-text")).to_be_in_viewport(ratio=1)
    expect(page.locator("#wait")).not_to_be_in_viewport()
    assert find_covered(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert find_covered(page) == []


def find_covered(page: Page) -> list[str]:
    """What has the focus, as the keyboard goes from control to control, while something else lies over it."""
    covered = []
    page.locator("#leave").focus()
    while name := page.evaluate("document.activeElement.id"):
        if not page.evaluate(IS_SEEN):
            covered.append(name)
        page.keyboard.press("Tab")
    return covered


def test_waiting_until_done_is_a_switch_that_outlives_a_closed_tab(
    chromium: Browser, context: BrowserContext, demo: Demo, url: str
) -> None:
    context.add_init_script(KEEP_WHAT_IS_SENT)
    page = context.new_page()
    candidate = Candidate(page)
    candidate.open(url)
    candidate.start(speaking=True)
    candidate.wait_for_question(1)
    switch = page.locator("#wait")
    expect(switch).to_have_accessible_name("Wait until I\u2019m done")
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert find_faults(page) == []
    page.keyboard.press("Alt+w")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#announcer")).to_have_text("I wait until you press “I\u2019m done”.")
    assert find_faults(page) == []

    demo.sandbox.hear(SPOKEN)
    candidate.say(SPOKEN)
    page.wait_for_timeout(4000)  # the next question would have begun
    expect(page.locator("#question-number")).to_have_text("Question 1 of 5")
    candidate.wait_until("listening")
    page.keyboard.press("Alt+d")
    candidate.wait_for_question(2)

    page.close()
    with chromium.new_context() as elsewhere:  # where nobody has switched it on
        elsewhere.add_init_script(KEEP_WHAT_IS_SENT)
        come_back(elsewhere, url, waiting=False, says="interview.go_ahead")
    page = come_back(context, url, waiting=True, says="interview.wait")
    switch = page.locator("#wait")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("() => window.sent.at(-1).includes('interview.go_ahead')")


def come_back(device: BrowserContext, url: str, *, waiting: bool, says: str) -> Page:
    """Goes on in a new tab; the page shows whether it waits until done, and tells the new bot so."""
    candidate = Candidate(device.new_page())
    candidate.open(url)
    candidate.start(speaking=False)
    candidate.page.wait_for_function("(says) => window.sent.some((message) => message.includes(says))", arg=says)
    expect(candidate.page.locator("#wait")).to_have_attribute("aria-pressed", str(waiting).lower())
    return candidate.page


def test_leaving_is_asked_for_and_can_be_undone(page: Page, url: str) -> None:
    candidate = Candidate(page)
    candidate.open(url)
    candidate.start(speaking=True)
    candidate.wait_for_question(1)
    page.keyboard.press("Alt+m")
    expect(page.locator("#mute-label")).to_have_text("Mute")
    page.keyboard.press("Alt+m")
    expect(page.get_by_text("Your microphone is off").first).to_be_visible()

    page.get_by_role("button", name="Leave").click()
    dialog = page.get_by_role("dialog", name="Leave the interview?")
    expect(dialog.get_by_role("button", name="Stay")).to_be_focused()
    assert find_faults(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Leave").click()
    dialog.get_by_role("button", name="Leave for now").click()
    expect(page.locator("#bot-status")).to_have_text("You left the interview")
    page.get_by_role("button", name="Continue the interview").click()
    candidate.wait_for_question(1)


def test_who_may_not_come_back_is_told_before_leaving(page: Page, demo: Demo) -> None:
    company = demo.invite()[0]
    demo.stack.manage("shell", "-c", LAST_START.format(slug=company["slug"]))
    candidate = Candidate(page)
    candidate.open(company["candidate_url"])
    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    page.get_by_role("button", name="Leave").click()
    dialog = page.get_by_role("dialog", name="Leave the interview?")
    expect(dialog).to_contain_text("if you leave now, it is over")
    assert find_faults(page) == []
    dialog.get_by_role("button", name="Leave for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CLOSED["failed"])


def test_waiting_in_line_is_shown_and_comes_to_an_end(page: Page, demo: Demo, url: str) -> None:
    company = demo.invite()[0]
    taken = [slot for (slot,) in demo.rows(company["slug"], TAKE_SLOTS)]
    try:
        candidate = Candidate(page)
        candidate.open(url)
        candidate.start(speaking=False)
        expect(page.locator("#bot-status")).to_have_text("You are next")
        assert find_faults(page) == []
    finally:
        demo.rows(company["slug"], FREE_SLOTS, taken)
    candidate.wait_for_question(1)


#: What becomes of the newest invitation of a company, and what its link then says.
CLOSED = {
    "expired": "This invitation has expired",
    "canceled": "This invitation was withdrawn",
    "declined": "You declined this invitation",
    "failed": "This interview was broken off",
}
CLOSE = """
UPDATE interviews_invitation SET status = %s
WHERE id = (SELECT id FROM interviews_invitation ORDER BY created_at DESC LIMIT 1) RETURNING id
"""


def test_forms_with_mistakes_and_links_that_are_closed_keep_nobody_out(page: Page, demo: Demo) -> None:
    company = demo.invite()[0]
    for name, button, wrong in (("plan", "Save this time", "input[name=at]"), ("ask", "Send", "input[value=person]")):
        page.goto(company["candidate_url"] + name)
        assert find_faults(page) == []
        # As from a browser that leaves checking to us.
        page.locator("form").evaluate("form => { form.noValidate = true; }")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator(wrong).first).to_be_focused()
        assert find_faults(page) == []
    for status, title in CLOSED.items():
        demo.rows(company["slug"], CLOSE, status)
        page.goto(company["candidate_url"])
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert find_faults(page) == []


def test_a_second_window_takes_over_from_the_first(chromium: Browser, page: Page, url: str) -> None:
    first = Candidate(page)
    first.open(url)
    first.start(speaking=False)
    first.wait_for_question(1)
    context = chromium.new_context()
    second = Candidate(context.new_page())
    second.open(url)
    second.page.locator("#start").click()
    second.wait_for_question(1)
    expect(page.locator("#room")).to_have_attribute("data-phase", "elsewhere")
    second.wait_until("listening")
    assert find_faults(page) == []
    # The way back is a button, whose failure is said.
    page.route("**/start", lambda route: route.abort())
    page.get_by_role("button", name="Continue here").click()
    expect(page.locator("#bot-status")).to_have_text("That did not work")
    assert find_faults(page) == []
    context.close()


def test_declining_is_two_steps_and_final(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(url)
    page.get_by_role("link", name="I do not want to take part").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decline this invitation?")
    assert find_faults(page) == []
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You declined this invitation")
    assert find_faults(page) == []
    assert complaints == ["Failed to load resource: the server responded with a status of 410 (Gone)"]


def test_an_unknown_link_says_what_to_do(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.stack.base_url}/i/nonsense/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not lead anywhere")
    assert find_faults(page) == []


def test_the_questions_afterwards_are_fit_for_everybody(page: Page, demo: Demo, complaints: list[str]) -> None:
    company = demo.invite()[1]
    demo.stack.manage("shell", "-c", FINISH_AND_ASK.format(slug=company["slug"]))
    page.goto(company["candidate_url"])
    assert find_faults(page) == []
    page.get_by_role("link", name="See the questions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two questions about you, if you like")
    assert find_faults(page) == []
    page.get_by_role("radio", name="Female").focus()
    page.keyboard.press("Space")
    page.get_by_role("radio", name="Asian (not Hispanic or Latino)").check()
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    assert not is_too_wide(page)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("You have answered them. Thank you.")).to_be_visible()
    kept = demo.rows(company["slug"], "SELECT sex, race FROM interviews_selfidentification")
    assert kept == [("female", "asian")]
    assert set(complaints) == {"Failed to load resource: the server responded with a status of 410 (Gone)"}
