"""One interview, from link to result, as its people live it: spoken over real WebRTC, watched live, stored."""

from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.looks import find_faults
from tests.browser.people import Candidate, Recruiter, until

SHORT = "I cook."
SPOKEN = {
    1: "I have led a kitchen of six people for four years, and I like teaching beginners most of all.",
    2: "My strength is staying calm: when two orders clash I sort them by time and tell everybody the plan.",
    4: "I ask people what they need first, and we write down who does what before the evening begins.",
    5: "I want this role because your team cooks with what the region grows, which is what I learned at home.",
}
TYPED = "Our oven broke an hour before a wedding, so I moved the menu to the grill and nobody noticed."

#: From now on the interviews of a company ask for sex and race or ethnicity when they are over.
ASK_AFTERWARDS = """
from interviews.domain.versions import publish
from interviews.models import Interview
from tenants.models import Tenant
from tenants.scope import tenant_scope
with tenant_scope(Tenant.objects.get(slug={slug!r})):
    Interview.objects.update(ask_categories=True)
    for interview in Interview.objects.filter(status="published"):
        publish(interview=interview)
"""


def test_a_whole_interview(demo: Demo, candidate: Candidate, recruiter: Recruiter) -> None:
    company, *_ = demo.invite()
    slug = company["slug"]
    candidate.open(company["candidate_url"])
    candidate.start(speaking=True)

    # The interviewer is heard, not only drawn.
    candidate.wait_until("speaking")
    assert candidate.hear() > 0.01

    session_id = demo.live_session(slug)
    recruiter.log_in(company["admin_email"])
    recruiter.watch(session_id)

    candidate.wait_for_question(1)
    demo.sandbox.hear(SHORT)
    candidate.say(SHORT)
    expect(candidate.page.locator("#follow-up")).to_be_visible(timeout=20_000)
    follow_up = candidate.page.locator("#follow-up-text").inner_text()
    recruiter.sees(SHORT)
    recruiter.sees(follow_up)
    candidate.wait_until("listening")
    demo.sandbox.hear(SPOKEN[1])
    candidate.say(SPOKEN[1])

    for number in (2, 3, 4, 5):
        candidate.wait_for_question(number)
        if number == 3:
            candidate.type(TYPED)
            recruiter.sees(TYPED)
        else:
            demo.sandbox.hear(SPOKEN[number])
            candidate.say(SPOKEN[number])
            recruiter.sees(SPOKEN[number])

    page = candidate.page
    expect(page.locator("#end")).to_be_visible(timeout=60_000)
    expect(page.locator("#end")).to_contain_text("calm")

    ended = (
        "SELECT s.status, s.end_reason, i.status, r.summary FROM interviews_session s"
        " JOIN interviews_invitation i ON i.id = s.invitation_id JOIN interviews_result r ON r.invitation_id = i.id"
        " WHERE s.id = %s AND i.status = 'completed'"
    )
    ((*states, summary),) = until(lambda: demo.rows(slug, ended, session_id))
    assert states == ["ended", "completed", "completed"]
    assert "calm" in summary
    answers = demo.rows(
        slug,
        "SELECT position, text, modality, follow_ups FROM interviews_answer WHERE session_id = %s ORDER BY position",
        session_id,
    )
    assert answers == [
        (1, f"{SHORT} {SPOKEN[1]}", "voice", 1),
        (2, SPOKEN[2], "voice", 0),
        (3, TYPED, "text", 0),
        (4, SPOKEN[4], "voice", 0),
        (5, SPOKEN[5], "voice", 0),
    ]
    turns = "SELECT text FROM interviews_transcriptturn WHERE session_id = %s AND role = %s ORDER BY seq"
    said = [text for (text,) in demo.rows(slug, turns, session_id, "candidate")]
    assert said == [SHORT, SPOKEN[1], SPOKEN[2], TYPED, SPOKEN[4], SPOKEN[5]]
    heard = " ".join(text for (text,) in demo.rows(slug, turns, session_id, "bot"))
    asked = demo.rows(slug, "SELECT question_text FROM interviews_answer WHERE session_id = %s", session_id)
    assert [question for (question,) in asked if question not in heard] == []
    seqs = demo.rows(slug, "SELECT seq FROM interviews_event WHERE session_id = %s ORDER BY seq", session_id)
    assert [seq for (seq,) in seqs] == list(range(1, len(seqs) + 1))

    # What the live page built up from events is what it would fetch now.
    shown = recruiter.page.locator("[data-part=transcript]").inner_text()
    recruiter.page.reload()
    expect(recruiter.page.locator("[data-part=transcript]")).to_have_text(shown, use_inner_text=True)


def test_the_link_is_used_up_afterwards_but_for_two_questions(demo: Demo, candidate: Candidate) -> None:
    company, *_ = demo.invite()
    demo.stack.manage("shell", "-c", ASK_AFTERWARDS.format(slug=company["slug"]))
    candidate.open(company["candidate_url"])
    candidate.start(speaking=False)
    expect(candidate.page.get_by_role("link", name="See the questions")).to_be_hidden()
    for number in range(1, 6):
        candidate.wait_for_question(number)
        if number == 1:
            candidate.page.locator("#wait").click()  # what is typed is complete all the same
            assert candidate.page.evaluate("localStorage.length") == 1
        candidate.type(f"This is my full answer to question {number}, with enough words to be taken as it is.")
    page = candidate.page
    expect(page.locator("#end")).to_be_visible(timeout=60_000)
    assert page.evaluate("localStorage.length") == 0
    link = page.get_by_role("link", name="See the questions")
    expect(link).to_be_visible(timeout=60_000)
    assert find_faults(page) == []
    link.click()
    page.get_by_role("radio", name="Two or more races").check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("You have answered them. Thank you.")).to_be_visible()
    kept = "SELECT sex, race FROM interviews_selfidentification ORDER BY answered_at DESC LIMIT 1"
    assert demo.rows(company["slug"], kept) == [("", "several")]
    assert page.request.get(company["candidate_url"]).status == 410
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#start")).to_have_count(0)
