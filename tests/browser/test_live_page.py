"""The page of a running interview whose socket fails it: it comes to what the database has, or says that it may not."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.demo import Demo
from tests.browser.looks import find_faults_in
from tests.browser.people import Candidate, Recruiter

ANSWER = "This is my full answer to question {}, with enough words to be taken as it is."
ASKED = '{"type":"snapshot"}'
LOG_OUT = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"


class Wire:
    """The page's sockets: what the page says on them is kept, they can be cut, and what the server says can be lost."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sockets: list[WebSocketRoute] = []
        self.asked: list[str | bytes] = []
        #: Those on which nothing arrives.
        self.dead: set[WebSocketRoute] = set()
        page.route_web_socket(re.compile("/ws/live/"), self.connect)

    def connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self.sockets.append(socket)

        def to_server(message: str | bytes) -> None:
            self.asked.append(message)
            server.send(message)

        def to_page(message: str | bytes) -> None:
            if socket not in self.dead:
                socket.send(message)

        socket.on_message(to_server)
        server.on_message(to_page)

    def cut(self) -> None:
        self.sockets[-1].close(code=1012)

    def asks_again(self, act: Callable[[], object]) -> bool:
        """Whether the page asks for a snapshot after `act`."""
        before = len(self.asked)
        act()
        return self.sees(lambda: len(self.asked) > before) and set(self.asked) == {ASKED}

    def opens_another(self, act: Callable[[], object]) -> bool:
        """Whether the page opens one more socket after `act`."""
        before = len(self.sockets)
        act()
        return self.sees(lambda: len(self.sockets) > before)

    def sees(self, look: Callable[[], bool]) -> bool:
        """Whether it becomes true in 20 seconds. While they pass the sockets go on, as in no sleep of ours."""
        for _ in range(400):
            if look():
                return True
            self.page.wait_for_timeout(50)
        return False


def test_the_page_comes_back_to_the_present_or_says_that_it_cannot(
    demo: Demo, candidate: Candidate, recruiter: Recruiter
) -> None:
    company, *_ = demo.invite()
    candidate.open(company["candidate_url"])
    candidate.start(speaking=False)
    candidate.wait_for_question(1)
    recruiter.log_in(company["admin_email"])
    page, session_id = recruiter.page, demo.live_session(company["slug"])
    wire = Wire(page)
    recruiter.watch(session_id)
    link, gone = page.locator("[data-part=page-link]"), page.locator("[data-part=gone]")
    expect(link).to_have_text("Up to date")
    assert (len(wire.sockets), wire.asked) == (1, [])

    def answer_unheard(number: int) -> None:
        """The candidate answers, and nothing of it arrives at the page."""
        candidate.wait_for_question(number)
        wire.dead.add(wire.sockets[-1])
        candidate.type(ANSWER.format(number))
        turns = "SELECT 1 FROM interviews_transcriptturn WHERE session_id = %s AND text = %s"
        assert wire.sees(lambda: bool(demo.rows(company["slug"], turns, session_id, ANSWER.format(number))))

    # What was lost on the way is asked for as soon as the next number shows that it is missing.
    def lose_one() -> None:
        answer_unheard(1)
        wire.dead.clear()

    assert wire.asks_again(lose_one)
    recruiter.sees(ANSWER.format(1))

    # Whoever comes back to the page makes it ask; a socket on which no answer comes is given up for the next.
    assert wire.asks_again(lambda: page.evaluate(COME_BACK))
    answer_unheard(2)
    assert wire.opens_another(lambda: page.evaluate(COME_BACK))
    recruiter.sees(ANSWER.format(2))

    # A new socket brings the present state by itself.
    answer_unheard(3)
    assert wire.opens_another(wire.cut)
    recruiter.sees(ANSWER.format(3))
    expect(link).to_have_text("Up to date")

    # Who may not watch any more is told so, and the page leaves the server alone.
    expect(gone).to_be_hidden()
    demo.stack.manage("shell", "-c", LOG_OUT)
    wire.cut()
    expect(gone).to_be_visible()
    expect(link).to_have_text("You can no longer watch")
    assert find_faults_in(page, "#live-session") == []
    opened = len(wire.sockets)
    page.wait_for_timeout(3_000)
    assert len(wire.sockets) == opened

    # It is there again for who has logged in elsewhere.
    elsewhere = Recruiter(page.context.new_page(), base_url=recruiter.base_url, password=recruiter.password)
    elsewhere.log_in(company["admin_email"])
    page.evaluate(COME_BACK)
    expect(link).to_have_text("Up to date")
    expect(gone).to_be_hidden()
