"""What breaks in the middle of an interview, and how it goes on."""

from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.people import Candidate, until

ANSWER = "This is my full answer to question {}, with enough words that nothing more needs to be asked."


def answers(demo: Demo, slug: str) -> list[tuple[int, str, int]]:
    """Position, text and session number of the answers of the newest invitation."""
    return demo.rows(
        slug,
        "SELECT a.position, a.text, s.number FROM interviews_answer a JOIN interviews_session s ON s.id = a.session_id"
        " WHERE a.invitation_id = (SELECT id FROM interviews_invitation ORDER BY created_at DESC LIMIT 1)"
        " ORDER BY a.position",
    )


def test_the_web_server_killed_loses_and_doubles_nothing(demo: Demo, candidate: Candidate) -> None:
    company, *_ = demo.invite()
    candidate.open(company["candidate_url"])
    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    candidate.type(ANSWER.format(1))
    candidate.wait_for_question(2)

    web = demo.stack.children["web"]
    web.kill()
    # The sound and the bot are not the web server's: the interview goes on while it is away.
    candidate.type(ANSWER.format(2))
    web.wait_until_serving()

    for number in (3, 4, 5):
        candidate.wait_for_question(number)
        candidate.type(ANSWER.format(number))
    expect(candidate.page.locator("#end")).to_be_visible(timeout=60_000)

    assert until(lambda: len(answers(demo, company["slug"])) == 5)
    assert answers(demo, company["slug"]) == [(n, ANSWER.format(n), 1) for n in range(1, 6)]
    said = demo.rows(
        company["slug"],
        "SELECT text, count(*) FROM interviews_transcriptturn WHERE role = 'candidate' AND session_id ="
        " (SELECT id FROM interviews_session ORDER BY requested_at DESC LIMIT 1) GROUP BY text ORDER BY text",
    )
    assert said == [(ANSWER.format(n), 1) for n in range(1, 6)]


def test_a_runner_killed_goes_on_at_the_question_where_it_broke(demo: Demo, candidate: Candidate) -> None:
    company, *_ = demo.invite()
    slug = company["slug"]
    candidate.open(company["candidate_url"])
    candidate.start(speaking=False)
    for number in (1, 2):
        candidate.wait_for_question(number)
        candidate.type(ANSWER.format(number))
    candidate.wait_for_question(3)
    candidate.page.locator("#composer-text").fill("A thought I have not sent yet")

    session_id = demo.live_session(slug)
    ((runner_url,),) = demo.rows(slug, "SELECT runner_url FROM interviews_session WHERE id = %s", session_id)
    number = demo.stack.runner_urls.index(runner_url) + 1
    demo.stack.children[f"runner-{number}"].kill()

    # The page finds its way back by itself, with the same link and what was typed.
    sessions = (
        "SELECT number, status, end_reason FROM interviews_session WHERE invitation_id ="
        " (SELECT invitation_id FROM interviews_session WHERE id = %s) ORDER BY number"
    )
    # It costs the candidate none of their retries.
    goes_on = [(1, "ended", "bot_lost"), (2, "live", "")]
    assert until(lambda: demo.rows(slug, sessions, session_id) == goes_on, seconds=60)
    candidate.wait_for_question(3)
    expect(candidate.page.locator("#composer-text")).to_have_value("A thought I have not sent yet")

    for number in (3, 4, 5):
        candidate.wait_for_question(number)
        candidate.type(ANSWER.format(number))
    expect(candidate.page.locator("#end")).to_be_visible(timeout=60_000)
    assert until(lambda: len(answers(demo, slug)) == 5)
    assert answers(demo, slug) == [(n, ANSWER.format(n), 1 if n < 3 else 2) for n in range(1, 6)]


def test_a_closed_tab_is_noticed_and_the_link_goes_on(demo: Demo, candidate: Candidate) -> None:
    company, *_ = demo.invite()
    slug = company["slug"]
    candidate.open(company["candidate_url"])
    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    candidate.type(ANSWER.format(1))
    candidate.wait_for_question(2)
    candidate.page.goto("about:blank")

    latest = "SELECT status FROM interviews_session ORDER BY requested_at DESC LIMIT 1"
    assert until(lambda: demo.rows(slug, latest) == [("ended",)], seconds=30)
    candidate.open(company["candidate_url"])
    expect(candidate.page.get_by_role("heading", level=1)).to_have_text("Continue where you left off")
    candidate.page.locator("#start").click()
    candidate.wait_for_question(2)
    assert answers(demo, slug) == [(1, ANSWER.format(1), 1)]
