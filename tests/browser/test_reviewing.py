"""A result is judged: blind by a reviewer first, then in the open, decided by a recruiter, and not for a viewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import Demo
from tests.browser.people import Recruiter

SLUG = "harbour-light"
TITLE = "Deck officer"
WRITE = f"from tests.browser import history; history.write_blind_result({TITLE!r})"
LEVELS = {"introduction": 4, "self-knowledge": 4, "problem solving": 4, "collaboration": 5, "motivation": 4}
#: What others think, and what they wrote down.
OPINIONS = [
    "Level 4 of 5",
    "She asks what nobody else asks.",
    "Has two other offers",
    "Refers to how the company works",
]

LogIn = Callable[[str], Page]


@pytest.fixture
def log_in(demo: Demo, chromium: Browser) -> Iterator[LogIn]:
    """A window of the member of this role."""
    contexts = []

    def open_window(role: str) -> Page:
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 860}))
        contexts[-1].set_default_timeout(20_000)
        person = Recruiter(contexts[-1].new_page(), base_url=demo.stack.base_url, password=demo.password)
        person.log_in(f"{role}@{SLUG}.example")
        return person.page

    yield open_window
    for context in contexts:
        context.close()


def review(page: Page, levels: dict[str, int], *, decision: str, comment: str) -> None:
    """Fill in the form, and leave its submitting to the caller."""
    form = page.get_by_role("region", name="Reviews").locator("form")
    for competency, level in levels.items():
        form.get_by_role("group", name=competency).get_by_role("radio", name=str(level), exact=True).check()
    form.get_by_role("group", name="I recommend to").get_by_role("radio", name=decision).check()
    form.get_by_label("What you saw in the answers").fill(comment)


def test_a_result_is_reviewed_blind_then_openly_and_decided(demo: Demo, log_in: LogIn) -> None:
    demo.invite()
    result = demo.stack.manage("shell", "-c", WRITE).split()[-1]
    url = f"{demo.stack.base_url}/admin/interviews/result/{result}/change/"

    page = log_in("reviewer")
    page.get_by_role("link", name="Results").first.click()
    page.get_by_role("row").filter(has_text=TITLE).get_by_role("link").first.click()
    expect(page).to_have_url(url)
    expect(page.get_by_text("This interview is reviewed blind first")).to_be_visible()
    expect(page.get_by_text("I sat with the people at the ticket counter every Friday").first).to_be_visible()
    assert [secret for secret in OPINIONS if secret in page.content()] == []

    # Not asked why, because asking would tell what the model thinks.
    review(page, LEVELS | {"motivation": 2}, decision="Hold", comment="Strong on teams.")
    page.get_by_role("button", name="Submit your review").click()
    expect(page.get_by_text("Your review is submitted.")).to_be_visible()
    assert [secret for secret in OPINIONS if secret not in page.content()] == []
    motivation = page.get_by_role("region", name="Competencies").get_by_role("article").filter(has_text="motivation")
    expect(motivation).to_contain_text("Level 4 of 5")
    expect(motivation).to_contain_text("Ines Castro: 2")
    expect(page.get_by_role("region", name="Reviews").get_by_text("written blind")).to_have_count(2)

    page.get_by_text("Change your review").click()
    review(page, {"motivation": 3}, decision="Advance", comment="Strong on teams. I was too strict.")
    page.get_by_role("button", name="Submit the changed review").click()
    expect(page.get_by_role("alert")).to_contain_text("Your level for motivation is not the model's.")
    expect(page.get_by_label("What you saw in the answers")).to_have_value("Strong on teams. I was too strict.")
    page.get_by_label("Why, where your level is not the model's").fill("One sentence about us is not a 4.")
    page.get_by_role("button", name="Submit the changed review").click()
    expect(page.get_by_text("One sentence about us is not a 4.").first).to_be_visible()
    expect(motivation).to_contain_text("Ines Castro: 3")

    page.get_by_label("Add a comment").fill("I can talk to her on Thursday.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("region", name="Comments")).to_contain_text("I can talk to her on Thursday.")
    expect(page.get_by_role("region", name="Decision")).to_contain_text("Nobody has decided yet")
    expect(page.get_by_role("button", name="Write the decision down")).to_have_count(0)

    recruiter = log_in("recruiter")
    recruiter.goto(url)
    decision = recruiter.get_by_role("region", name="Decision")
    decision.get_by_role("radio", name="Reject").check()
    decision.get_by_role("button", name="Write the decision down").click()
    expect(decision.get_by_role("alert")).to_have_text("Say why the candidate is rejected.")
    decision.get_by_role("radio", name="Advance").check()
    decision.get_by_label("Reason").fill("Both reviews agree.")
    decision.get_by_role("button", name="Write the decision down").click()
    expect(decision).to_contain_text("Decided by Sam Adeyemi")

    page.reload()
    expect(page.get_by_role("region", name="Decision")).to_contain_text("Both reviews agree.")

    viewer = log_in("viewer")
    expect(viewer.get_by_role("link", name="Results")).to_have_count(0)
    answer = viewer.goto(url)
    assert answer is not None
    assert answer.status == 403

    asked = "SELECT decision, decided_by FROM interviews_result WHERE id = %s"
    assert demo.rows(SLUG, asked, result) == [("advance", "Sam Adeyemi")]
    asked = """
        SELECT reviewer_name, review.decision, was_blind, reason, level FROM interviews_review AS review
        JOIN interviews_reviewscore AS given ON given.review_id = review.id
        WHERE result_id = %s AND competency = 'motivation' ORDER BY reviewer_name
    """
    assert demo.rows(SLUG, asked, result) == [
        ("Ines Castro", "advance", True, "One sentence about us is not a 4.", 3),
        ("Sam Adeyemi", "advance", True, "", 4),
    ]
