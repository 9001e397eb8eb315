"""The hiring team steers a running interview from the live page, and its candidate sees each step."""

from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.looks import find_faults_in
from tests.browser.people import Candidate, Recruiter, until


def test_the_team_gives_time_speaks_skips_and_ends(demo: Demo, candidate: Candidate, recruiter: Recruiter) -> None:
    company, *_ = demo.invite()
    slug, page = company["slug"], candidate.page
    candidate.open(company["candidate_url"])
    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    session_id = demo.live_session(slug)
    recruiter.log_in(company["admin_email"])

    desk = recruiter.page
    desk.goto(f"{recruiter.base_url}/admin/live/")
    tile = desk.locator(f"[data-session='{session_id}']")
    expect(tile).to_contain_text("1 / 5")
    assert find_faults_in(desk, "#live-list") == []
    tile.get_by_role("link").click()
    told = desk.locator("[data-part=commands] li")

    desk.locator("#extend-minutes").select_option("5")
    desk.get_by_role("button", name="Give", exact=True).click()
    expect(page.locator("#team-note")).to_have_text("The hiring team has given you 5 more minutes.")
    expect(told.first).to_contain_text("Done")

    desk.locator("#say-text").fill("We are glad that you are here.")
    desk.keyboard.press("Enter")
    message = "A message from the hiring team: We are glad that you are here."
    expect(candidate.turns.filter(has_text=message)).to_have_count(1)
    expect(told.first).to_contain_text("Said")
    recruiter.sees(message)

    desk.get_by_role("button", name="Skip this question").click()
    expect(page.locator("#team-note")).to_have_text("The hiring team moved on to the next question.")
    candidate.wait_for_question(2)
    assert find_faults_in(desk, "#live-session") == []
    assert find_faults_in(page, "#room") == []

    desk.get_by_text("End the interview…").click()
    desk.get_by_role("button", name="End it now").click()
    expect(page.locator("#end")).to_be_visible(timeout=60_000)
    expect(page.locator("#end-message")).to_contain_text("The hiring team ended this interview")
    expect(told).to_have_count(4)
    expect(told.filter(has_text="Done")).to_have_count(3)

    ended = "SELECT status, end_reason FROM interviews_session WHERE id = %s"
    assert until(lambda: demo.rows(slug, ended, session_id) == [("ended", "ended_by_staff")])
    commands = "SELECT name, status, given_by FROM interviews_sessioncommand WHERE session_id = %s ORDER BY given_at"
    email = company["admin_email"]
    assert demo.rows(slug, commands, session_id) == [(n, "done", email) for n in ("extend", "say", "skip", "end")]
    answers = "SELECT text FROM interviews_answer WHERE session_id = %s AND text LIKE %s"
    assert demo.rows(slug, answers, session_id, "%glad%") == []
