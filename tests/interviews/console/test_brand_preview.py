"""The preview: candidates' own templates with values that are not saved, for owners, framed by us alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from interviews.models import Candidate, Invitation
from tenants.models import Brand, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
FORM = {
    "display_name": "<b>Tried</b>",
    "primary_colour": "#112233",
    "accent_colour": "#445566",
    "font": "serif",
    "interviewer_name": "Ada",
    "language": "en",
    "welcome_text": "Welcome {name}, to {title}.",
    "invitation_text": "We liked your letter, {name}.",
    "closing_text": "See you soon!",
}
MAILS = ["invitation", "reminder", "almost_expired", "done", "canceled"]
KINDS = ["lobby", "room", *MAILS]


def url(kind: str) -> str:
    return reverse("brand-preview", args=[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_it_shows_what_is_typed_and_keeps_nothing(acme: Tenant, owner: User, log_in: LogIn, kind: str) -> None:
    page = log_in(owner).post(url(kind), FORM).content.decode()
    assert ("&lt;b&gt;Tried&lt;/b&gt;" in page, "<b>Tried" in page, "#112233" in page) == (True, False, True)
    assert "Charter" in page
    with tenant_scope(acme):
        assert Brand.objects.get().display_name == "Acme"
        assert (Invitation.objects.count(), Candidate.objects.count()) == (0, 0)


def test_own_words_stand_where_they_belong(owner: User, log_in: LogIn) -> None:
    browser = log_in(owner)
    lobby, mail = (browser.post(url(kind), FORM).content.decode() for kind in ("lobby", "invitation"))
    assert "Welcome Sam Taylor, to Example role." in lobby
    assert ("We liked your letter, Sam Taylor." in mail, "See you soon!" in mail) == (True, True)


@pytest.mark.parametrize("kind", MAILS)
def test_each_mail_shows_its_own_words(owner: User, log_in: LogIn, kind: str) -> None:
    texts = {
        "reminder_text": "We keep a seat for you.",
        "thanks_text": "What a pleasure, {name}.",
        "withdrawal_text": "The shop has closed.",
    }
    words = [FORM["invitation_text"], *texts.values()]
    mail = log_in(owner).post(url(kind), FORM | texts).content.decode()
    shown = [number for number, said in enumerate(words) if said.replace("{name}", "Sam Taylor") in mail]
    expected = {"invitation": [0], "reminder": [1], "almost_expired": [1], "done": [2], "canceled": [3]}
    assert shown == expected[kind]


def test_own_words_are_shown_in_the_language_of_the_interview(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        InterviewFactory.create(languages=["de"])
    written = FORM | {"welcome_text_de": "Willkommen, {name}.", "invitation_text_de": "Ihr Brief gefiel uns."}
    browser = log_in(owner)
    lobby, mail = (browser.post(url(kind), written).content.decode() for kind in ("lobby", "invitation"))
    assert ("Willkommen, Sam Taylor." in lobby, "Welcome Sam Taylor" in lobby) == (True, False)
    assert ("Ihr Brief gefiel uns." in mail, "See you soon!" in mail) == (True, False)


def test_it_is_shown_in_any_language_there_is(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        interview = InterviewFactory.create(title="Baker", languages=["en", "fr"])
    written = FORM | {"welcome_text_de": "Willkommen, {name}.", "invitation_text_de": "Ihr Brief gefiel uns."}
    browser = log_in(owner)

    def see(kind: str, language: str) -> str:
        return browser.post(f"{url(kind)}?language={language}", written).content.decode()

    lobby, room, mail = (see(kind, "de") for kind in ("lobby", "room", "invitation"))
    assert ("Willkommen, Sam Taylor." in lobby, "Welcome Sam Taylor" in lobby) == (True, False)
    assert 'lang="de" hreflang="de" aria-current="true"' in lobby
    assert "Frage 1 von" in room
    assert ("Ihr Brief gefiel uns." in mail, "Guten Tag, Sam Taylor," in mail) == (True, True)
    for language in ("", "nl", "xx"):
        assert "Welcome Sam Taylor, to Baker." in see("lobby", language)
    assert "Welcome Sam Taylor" not in see("lobby", "hi")
    with tenant_scope(acme):
        interview.refresh_from_db()
    assert interview.languages == ["en", "fr"]


def test_the_room_asks_in_the_chosen_language(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        question = InterviewFactory.create().asked_questions()[0]
        question.translations = {"de": {"text": "Warum diese Stelle?"}}
        question.save()
    room = log_in(owner).post(f"{url('room')}?language=de", FORM).content.decode()
    assert ("Warum diese Stelle?" in room, question.text in room) == (True, False)


def test_what_is_wrong_stays_as_stored(owner: User, log_in: LogIn) -> None:
    wrong = {"primary_colour": "red;}", "font": "x", "welcome_text": "{", "logo": SimpleUploadedFile("a.png", b"<b>")}
    page = log_in(owner).post(url("lobby"), FORM | wrong)
    text = page.content.decode()
    assert (page.status_code, "#1f4fd8" in text, "red;}" in text, "data:image" in text) == (200, True, False, False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_logo_is_shown_before_it_is_saved(owner: User, log_in: LogIn, kind: str) -> None:
    logo = SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\nrest")
    page = log_in(owner).post(url(kind), FORM | {"logo": logo}).content.decode()
    assert 'src="data:image/png;base64,iVBORw0KGgpyZXN0"' in page


@pytest.mark.parametrize("kind", KINDS)
def test_only_our_own_pages_may_frame_it(owner: User, log_in: LogIn, kind: str) -> None:
    browser = log_in(owner)
    answer = browser.get(url(kind))
    assert (answer.headers["X-Frame-Options"], answer.status_code) == ("SAMEORIGIN", 200)
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    other = browser.get(reverse("admin:index"))
    assert other.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]


def test_it_is_of_the_own_company(acme: Tenant, outsider: User, log_in: LogIn) -> None:
    page = log_in(outsider).get(url("lobby")).content.decode()
    assert ("Globex" in page, "Acme" in page) == (True, False)


@pytest.mark.parametrize("role", ["recruiter", "reviewer", "viewer"])
def test_it_is_the_owners_business(request: pytest.FixtureRequest, log_in: LogIn, role: str) -> None:
    assert log_in(request.getfixturevalue(role)).get(url("lobby")).status_code == 403


def test_there_is_no_other_page(owner: User, log_in: LogIn) -> None:
    assert log_in(owner).get(url("secrets")).status_code == 404
