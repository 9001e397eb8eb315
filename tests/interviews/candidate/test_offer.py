"""The offer, against a real HTTP server in the runner's place."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from interviews.candidate import offer
from interviews.domain import sessions
from interviews.enums import EndReason
from interviews.models import Session
from tenants.scope import tenant_scope
from tests.interviews.candidate.conftest import Link
from tests.interviews.factories import launch_session

pytestmark = pytest.mark.django_db(transaction=True)

ANSWER = {"sdp": "v=0", "type": "answer", "pc_id": "pc-1"}


class OfferRunner:
    """Keeps what it is sent; answers `answer` with `status`, or with nothing while `silent`."""

    def __init__(self) -> None:
        self.status, self.answer = 200, json.dumps(ANSWER).encode()
        self.requests: list[tuple[str, str, object, str | None]] = []
        self.silent = threading.Event()
        self.go_on = threading.Event()
        runner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                runner.requests.append((self.command, self.path, body, self.headers["Authorization"]))
                if runner.silent.is_set():
                    runner.go_on.wait(10)
                    return
                self.send_response(runner.status)
                self.send_header("Content-Length", str(len(runner.answer)))
                self.end_headers()
                self.wfile.write(runner.answer)

            do_PATCH = do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def offers(settings: Settings) -> Iterator[OfferRunner]:
    runner = OfferRunner()
    settings.BOT_RUNNER_URLS = [runner.url]
    threading.Thread(target=runner.server.serve_forever, daemon=True).start()
    yield runner
    runner.close()


@pytest.fixture
def waiting(link: Link, offers: OfferRunner) -> Session:
    """The link's session, launched and waiting for its candidate."""
    link.start()
    with tenant_scope(link.tenant):
        session = Session.objects.get()
        launch_session(session)
        session.refresh_from_db()
    return session


def send(link: Link, session_id: object, body: object, method: str = "POST") -> Any:
    url = link.url(f"sessions/{session_id}/offer")
    return link.client.generic(method, url, json.dumps(body), content_type="application/json")


def status_of(link: Link) -> tuple[str, str]:
    with tenant_scope(link.tenant):
        session = Session.objects.get()
        return session.status, session.end_reason


def test_an_offer_reaches_the_runner_that_holds_the_bot(link: Link, waiting: Session, offers: OfferRunner) -> None:
    body = {"sdp": "v=0", "type": "offer", "pc_id": None, "restart_pc": False}
    answer = send(link, waiting.pk, body)
    assert (answer.status_code, answer.json()) == (200, ANSWER)
    assert offers.requests == [("POST", f"/sessions/{waiting.runner_session_id}/api/offer", body, None)]


def test_nothing_but_the_offer_goes_through(link: Link, waiting: Session, offers: OfferRunner) -> None:
    smuggled = {"request_data": {"plan": "mine"}, "requestData": {"plan": "mine"}, "other": 1}
    send(link, waiting.pk, {"sdp": "v=0", "type": "offer"} | smuggled)
    send(link, waiting.pk, {"pc_id": "pc-1", "candidates": [], "sdp": "v=0"} | smuggled, method="PATCH")
    assert [(method, body) for method, _, body, _ in offers.requests] == [
        ("POST", {"sdp": "v=0", "type": "offer"}),
        ("PATCH", {"pc_id": "pc-1", "candidates": []}),
    ]


def test_the_start_key_goes_along(link: Link, waiting: Session, offers: OfferRunner, settings: Settings) -> None:
    settings.BOT_START_KEY = "pk_1"
    send(link, waiting.pk, {"sdp": "v=0", "type": "offer"})
    assert offers.requests[0][3] == "Bearer pk_1"


def test_another_links_session_is_unknown(
    link: Link, foreign_link: Link, waiting: Session, offers: OfferRunner
) -> None:
    for session_id, holder in ((waiting.pk, foreign_link), (uuid4(), link)):
        assert send(holder, session_id, {"sdp": "v=0", "type": "offer"}).status_code == 404
    assert Client().post(f"/i/nonsense/sessions/{waiting.pk}/offer", {}, "application/json").status_code == 404
    assert offers.requests == []


def test_a_session_that_is_over_takes_no_offer(link: Link, waiting: Session, offers: OfferRunner) -> None:
    with tenant_scope(link.tenant):
        sessions.end_session(session=waiting, reason=EndReason.LEFT)
    answer = send(link, waiting.pk, {"sdp": "v=0", "type": "offer"})
    assert answer.status_code == 409
    assert answer.json() == {"error": "This interview is not ready to connect. Press start again."}
    assert offers.requests == []


def test_a_runner_that_forgot_the_session_frees_the_candidate(
    link: Link, waiting: Session, offers: OfferRunner
) -> None:
    offers.status = 404
    answer = send(link, waiting.pk, {"sdp": "v=0", "type": "offer"})
    assert answer.status_code == 409
    assert answer.json() == {"error": "Your interviewer went away. Press start again to get another one."}
    assert status_of(link) == ("ended", "bot_lost")


def test_a_runner_that_is_gone_frees_the_candidate(link: Link, waiting: Session, offers: OfferRunner) -> None:
    offers.close()
    assert send(link, waiting.pk, {"sdp": "v=0", "type": "offer"}).status_code == 409
    assert status_of(link) == ("ended", "bot_lost")


def test_a_runner_that_died_in_the_interview_is_noticed_by_the_next_offer(
    link: Link, waiting: Session, offers: OfferRunner
) -> None:
    with tenant_scope(link.tenant):
        sessions.go_live(session=waiting)
    offers.status = 404
    assert send(link, waiting.pk, {"pc_id": "old", "candidates": []}, method="PATCH").status_code == 409
    assert status_of(link) == ("live", "")
    assert send(link, waiting.pk, {"sdp": "v=0", "type": "offer"}).status_code == 409
    assert status_of(link) == ("ended", "bot_lost")


@pytest.mark.parametrize(("status", "answer"), [(500, b"{}"), (400, b"Invalid"), (200, b"<html>")])
def test_a_runner_that_fails_is_a_bad_gateway(
    link: Link, waiting: Session, offers: OfferRunner, status: int, answer: bytes
) -> None:
    offers.status, offers.answer = status, answer
    reply = send(link, waiting.pk, {"sdp": "v=0", "type": "offer"})
    assert reply.status_code == 502
    assert list(reply.json()) == ["error"]
    assert status_of(link) == ("waiting", "")


def test_a_runner_that_keeps_silent_is_a_time_out(
    link: Link, waiting: Session, offers: OfferRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offer, "TIMEOUT", 0.2)
    offers.silent.set()
    answer = send(link, waiting.pk, {"sdp": "v=0", "type": "offer"})
    assert answer.status_code == 504
    assert answer.json() == {"error": "Your interviewer does not answer. We keep trying."}
    assert status_of(link) == ("waiting", "")


def test_an_offer_needs_the_csrf_token(link: Link, waiting: Session, offers: OfferRunner) -> None:
    strict = Client(enforce_csrf_checks=True)
    url = link.url(f"sessions/{waiting.pk}/offer")
    assert strict.post(url, {"sdp": "v=0", "type": "offer"}, "application/json").status_code == 403
    assert offers.requests == []


def test_a_large_offer_is_refused(link: Link, waiting: Session, offers: OfferRunner) -> None:
    assert send(link, waiting.pk, {"sdp": "v" * 70_000, "type": "offer"}).status_code == 413
    assert offers.requests == []
