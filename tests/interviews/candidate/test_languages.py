"""The candidate's pages in each language: who chooses it, what it changes, and what it can't."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from interviews.domain import languages, sessions
from interviews.enums import EndReason, SessionStatus
from interviews.models import Interview, Invitation, Question, Session
from scripts.translations import BOOKS, load
from tenants.models import Brand, Tenant
from tenants.scope import tenant_scope
from tests.interviews.candidate.conftest import Link, make_link

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TRANSLATED = [code for code in LANGUAGES if code != "en"]


def offer(link: Link, *codes: str) -> None:
    """Offer the interview in these languages, its questions translated."""
    with tenant_scope(link.tenant):
        Interview.objects.filter(pk=link.invitation.interview_id).update(languages=list(codes))
        for question in Question.objects.all():
            question.translations = {code: {"text": f"{question.text} [{code}]"} for code in codes if code != "en"}
            question.save()


def english_words(language: str) -> list[str]:
    """The source texts that can stand in no page of the language: not part of any translation, nor with values."""
    messages = [message for message in load(BOOKS[0].po_path(language), language) if message.id]
    translated = " ".join(str(message.string) for message in messages)
    sources = [message.id for message in messages if isinstance(message.id, str)]
    return [text for text in sources if len(text) > 8 and "%" not in text and text not in translated]


def shown(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def lingual(link: Link) -> Link:
    offer(link, *LANGUAGES)
    return link


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_page_is_wholly_in_the_language(lingual: Link, language: str) -> None:
    page = shown(lingual.client.get(f"{lingual.url()}?language={language}"))
    assert f'<html lang="{language}"' in page
    words = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), page)
    assert [text for text in english_words(language) if text in words] == []
    assert languages.interview_texts(interview=Interview(), language=language).consent_text in page


@pytest.mark.parametrize("kind", ["expired", "canceled", "declined", "failed", "completed"])
def test_plain_pages_are_in_the_language_too(lingual: Link, kind: str) -> None:
    lingual.set(status=kind, language="de")
    page = lingual.get()
    assert (page.status_code, '<html lang="de"' in shown(page)) == (410, True)
    assert [text for text in english_words("de") if text in shown(page)] == []


def test_the_choice_is_seen_only_where_there_is_one(link: Link) -> None:
    assert 'class="languages"' not in shown(link.get())
    offer(link, "en", "hi")
    page = shown(link.get())
    choices = re.findall(r'<a href="\?language=(\w+)" lang="\w+" hreflang="\w+"( aria-current="true")?>(\S+)</a>', page)
    assert choices == [("en", ' aria-current="true"', "English"), ("hi", "", languages.name_natively("hi"))]


@pytest.mark.parametrize(
    ("asked", "chosen", "known", "browser", "language"),
    [
        ("fr", "de", "es", "hi", "fr"),
        ("", "de", "es", "hi", "de"),
        ("", "", "es", "hi", "es"),
        ("", "", "", "hi-IN,hi;q=0.9,en;q=0.5", "hi"),
        ("", "", "", "ja,pt-BR;q=0.4", "pt"),
        ("", "", "ja", "*", "en"),
        ("tlh", "", "de-AT", "", "de"),
    ],
)
def test_who_decides(lingual: Link, asked: str, chosen: str, known: str, browser: str, language: str) -> None:
    lingual.set(language=chosen)
    with tenant_scope(lingual.tenant):
        lingual.invitation.candidate.locale = known
        lingual.invitation.candidate.save()
    page = lingual.client.get(f"{lingual.url()}?language={asked}", headers={"Accept-Language": browser})
    assert re.search(r'<html lang="(\w+)"', shown(page)).group(1) == language  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "asked",
    ["<script>alert(1)</script>", "../../etc/passwd", "de%00", "d" * 5000, "'; drop table", "de,fr", "%F0%9F%98%80"],
)
def test_nonsense_in_the_address_is_harmless(lingual: Link, asked: str) -> None:
    page = lingual.client.get(lingual.url(), {"language": asked})
    assert (page.status_code, '<html lang="en"' in shown(page)) == (200, True)
    assert asked not in shown(page)
    assert lingual.client.get("/i/nonsense/", {"language": asked}).status_code == 404


def test_looking_at_a_language_stores_nothing(lingual: Link) -> None:
    lingual.client.get(f"{lingual.url()}?language=de")
    lingual.client.get(f"{lingual.url('state')}?language=de")
    with tenant_scope(lingual.tenant):
        assert Invitation.objects.values_list("language", "candidate__locale").get() == ("", "")


def test_a_language_that_is_not_offered_is_not_shown(link: Link) -> None:
    offer(link, "en", "de")
    assert '<html lang="en"' in shown(link.client.get(f"{link.url()}?language=fr"))


def test_starting_keeps_the_language_with_the_consent_as_it_was_read(lingual: Link) -> None:
    assert lingual.start(locale="de").status_code == 202
    invitation = lingual.refresh()
    with override("de"):
        agreed = languages.interview_texts(interview=Interview(), language="de").consent_text
    assert (invitation.language, invitation.consent_locale, invitation.consent_text) == ("de", "de", agreed)
    with tenant_scope(lingual.tenant):
        plan = Session.objects.get().plan
    assert (plan["language"], plan["intro"][:9]) == ("de", "Guten Tag")
    assert [question["text"][-4:] for question in plan["questions"]] == ["[de]", "[de]"]
    assert lingual.get("state").json()["session"]["message"].startswith("Alle Interviewer sind gerade im Gespräch.")


def test_a_language_that_is_not_offered_does_not_start(lingual: Link) -> None:
    offer(lingual, "de", "en")
    refused = lingual.start(locale="tlh")
    assert refused.status_code == 400
    assert refused.json() == {"error": "Wählen Sie eine der Sprachen, in denen dieses Interview angeboten wird."}
    assert lingual.refresh().consented_at is None


def test_refusals_are_in_the_language_of_the_page(lingual: Link) -> None:
    assert lingual.start(locale="fr", consent=False).json() == {
        "error": "Donnez votre accord avant de commencer l\u2019entretien."
    }


def test_who_agreed_in_one_language_agrees_again_in_another(lingual: Link) -> None:
    lingual.start(locale="de")
    with tenant_scope(lingual.tenant):
        sessions.end_session(session=Session.objects.get(), reason=EndReason.START_FAILED)
    german, spanish = (shown(lingual.client.get(f"{lingual.url()}?language={code}")) for code in ("de", "es"))
    assert ['id="consent" checked' in page for page in (german, spanish)] == [True, False]
    lingual.start(locale="es")
    assert (lingual.refresh().language, lingual.refresh().consent_locale) == ("es", "es")


def test_what_has_begun_stays_in_its_language(lingual: Link) -> None:
    lingual.start(locale="de")
    with tenant_scope(lingual.tenant):
        session = Session.objects.get()
        Session.objects.update(status=SessionStatus.LIVE, started_at=timezone.now())
        sessions.end_session(session=session, reason=EndReason.LEFT)
    page = shown(lingual.client.get(f"{lingual.url()}?language=es"))
    assert ('<html lang="de"' in page, 'class="languages"' in page) == (True, False)
    assert lingual.start(locale="es").status_code == 202
    with tenant_scope(lingual.tenant):
        assert {session.plan["language"] for session in Session.objects.all()} == {"de"}


def test_the_other_pages_keep_to_the_language_asked_for(lingual: Link) -> None:
    page = shown(lingual.client.get(f"{lingual.url()}?language=pt"))
    assert f'href="{lingual.url("decline")}?language=pt"' in page
    declined = lingual.client.post(f"{lingual.url('decline')}?language=pt")
    assert declined.headers["Location"] == f"{lingual.url()}?language=pt"


def test_a_company_whose_welcome_is_in_english_greets_others_in_their_language(acme: Tenant) -> None:
    link = make_link(acme)
    with tenant_scope(acme):
        Brand.objects.update(
            welcome_text="Welcome aboard.", translations={"fr": {"welcome_text": "Soyez la bienvenue."}}
        )
    offer(link, "en", "de", "fr")
    pages = [shown(link.client.get(f"{link.url()}?language={code}")) for code in ("en", "de", "fr")]
    assert ["Welcome aboard." in page for page in pages] == [True, False, False]
    assert ["Soyez la bienvenue." in page for page in pages] == [False, False, True]


def test_the_console_stays_in_english(by_browser_in_german: Any) -> None:
    assert '<html lang="en' in shown(by_browser_in_german.get("/admin/login/"))


@pytest.fixture
def by_browser_in_german(client: Any) -> Any:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    return client
