"""The company's own words in the mails: where they stand, in which language, and that they are text."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from interviews.domain.letters import OWN_TEXTS, render_html, render_text, write_letter
from interviews.enums import EmailKind
from interviews.models import Invitation
from tenants.brand_texts import MAIL_TEXTS
from tenants.models import Brand, Tenant
from tests.interviews.factories import CandidateFactory, InterviewFactory, make_invitation

LIMITS = "It takes up to 30 minutes, in your browser, whenever it suits you."
LINK_ENDS = "After that the link stops working. If you need more time, ask for it before then."
SAVED = "Your answers have arrived and are saved."
NOTHING_WRONG = "This has nothing to do with anything you did. The links you were sent no longer work."
NEXT = "A person reads it."


@pytest.fixture
def invitation(in_acme: Tenant) -> Invitation:
    interview = InterviewFactory.create(title="Cook", languages=["en", "de", "es"], next_steps=NEXT)
    return make_invitation(interview=interview, candidate=CandidateFactory.create(name="Kim"))


def write(**texts: object) -> Brand:
    Brand.objects.update(display_name="Acme", **texts)
    return Brand.objects.get()


@pytest.mark.parametrize(
    ("kind", "ours", "own"),
    [
        (EmailKind.REMINDER, [LIMITS], ["Dear Kim"]),
        (EmailKind.ALMOST_EXPIRED, [LINK_ENDS], ["Dear Kim", LINK_ENDS]),
        (EmailKind.DONE, [SAVED, NEXT], ["Dear Kim", NEXT]),
        (EmailKind.CANCELED, [NOTHING_WRONG], ["Dear Kim"]),
    ],
)
def test_own_words_stand_for_ours(invitation: Invitation, kind: EmailKind, ours: list[str], own: list[str]) -> None:
    said = write_letter(kind=kind, invitation=invitation, brand=write())
    assert said.paragraphs == ours
    assert write_letter(kind=kind, invitation=invitation, brand=None).paragraphs == ours
    others = dict.fromkeys(set(MAIL_TEXTS) - {OWN_TEXTS[kind]}, "Not here")
    brand = write(**others | {OWN_TEXTS[kind]: "Dear {name}"})
    assert write_letter(kind=kind, invitation=invitation, brand=brand).paragraphs == own


def test_nothing_that_the_invitation_must_say_gives_way(invitation: Invitation) -> None:
    (ours,) = write_letter(kind=EmailKind.INVITATION, invitation=invitation, brand=write()).paragraphs
    brand = write(invitation_text="{company} liked your letter about {title}.")
    said = write_letter(kind=EmailKind.INVITATION, invitation=invitation, brand=brand)
    assert said.paragraphs == ["Acme liked your letter about Cook.", ours]


def test_a_language_without_own_words_has_ours(invitation: Invitation) -> None:
    brand = write(reminder_text="Come, {name}.", translations={"de": {"reminder_text": "Kommen Sie, {name}."}})
    said = {}
    for language in ("en", "de", "es"):
        with override(language):
            said[language] = write_letter(kind=EmailKind.REMINDER, invitation=invitation, brand=brand).paragraphs
    assert said == {
        "en": ["Come, Kim."],
        "de": ["Kommen Sie, Kim."],
        "es": ["Dura hasta 30 minutos, en su navegador, cuando le convenga."],
    }


def test_own_words_are_text_and_no_markup(invitation: Invitation) -> None:
    brand = write(thanks_text="<b>Well</b> done,\n{name}")
    letter = write_letter(kind=EmailKind.DONE, invitation=invitation, brand=brand)
    assert "<b>Well</b> done,\nKim" in render_text(letter)
    assert "&lt;b&gt;Well&lt;/b&gt; done,<br>Kim" in render_html(letter, brand=brand)


def test_each_of_the_brands_texts_for_mails_stands_in_one() -> None:
    assert {*OWN_TEXTS.values(), "closing_text"} == set(MAIL_TEXTS)
