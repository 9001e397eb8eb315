"""The brand's form: what it takes, what it refuses, and what it says about colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tenants.brand_texts import TEXTS, fill_in, validate_placeholders
from tenants.fonts import Font, stack_of
from tenants.logos import validate_logo_content
from tenants.models import Brand, Tenant, User
from tenants.scope import tenant_scope

LogIn = Callable[[User], Client]
FORM = {
    "display_name": "Acme",
    "primary_colour": "#112233",
    "accent_colour": "#445566",
    "interviewer_name": "Ada",
    "language": "en",
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">%b</svg>'
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", PNG),
        ("LOGO.JPG", b"\xff\xd8\xff\xe0rest"),
        ("logo.webp", WEBP),
        ("logo.svg", SVG % b'<g id="a"><path d="M0 0h8"/></g><use href="#a"/><style>.a{fill:url(#b)}</style>'),
    ],
)
def test_logos_are_known_by_their_content(name: str, content: bytes) -> None:
    validate_logo_content(SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("logo.png", b"<html>", "called .png"),
        ("logo.jpg", PNG, "called .jpg"),
        ("logo.webp", b"RIFF\x00\x00\x00\x00WAVEfmt ", "called .webp"),
        ("logo.svg", PNG, "no SVG drawing"),
        ("logo.svg", b"<svg>", "no SVG drawing"),
        ("logo.svg", b"<g/>", "<g>"),
        ("logo.svg", SVG % b"<script>alert(1)</script>", "<script>"),
        ("logo.svg", b'<x:svg xmlns:x="http://www.w3.org/2000/svg"><x:script/></x:svg>', "<script>"),
        ("logo.svg", SVG % b"<foreignObject/>", "<foreignObject>"),
        ("logo.svg", SVG % b"<animate/>", "<animate>"),
        ("logo.svg", SVG % b'<image href="https://evil.example/x.png"/>', "<image>"),
        ("logo.svg", SVG % b'<path onclick="alert(1)"/>', "onclick"),
        ("logo.svg", SVG % b'<use href="https://evil.example/#a"/>', "href"),
        ("logo.svg", SVG % b'<use xmlns:q="http://www.w3.org/1999/xlink" q:href="//evil.example/#a"/>', "href"),
        ("logo.svg", SVG % b'<path fill="url(//evil.example)"/>', "fill"),
        ("logo.svg", SVG % b"<style>@import 'https://evil.example';</style>", "@import"),
        ("logo.svg", SVG % b"<style>a{fill:u&#114;l('https://evil.example')}</style>", "url"),
        ("logo.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG % b"<text>&a;</text>", "<!DOCTYPE>"),
        ("logo.svg", b'<?xml-stylesheet href="https://evil.example"?>' + SVG % b"", "<?xml-stylesheet?>"),
    ],
)
def test_what_only_calls_itself_a_logo_is_refused(name: str, content: bytes, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_logo_content(SimpleUploadedFile(name, content))
    assert message in refused.value.messages[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Hello {nmae}", "There is no {nmae} to fill in. You can use {name}, {company}, {title}."),
        ("Hello {name.__class__}", "There is no {name.__class__} to fill in. You can use {name}, {company}, {title}."),
        ("Hello {name", "A curly bracket has no partner. Write placeholders as {name}."),
    ],
)
def test_placeholders_are_checked(text: str, problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_placeholders(text)
    assert refused.value.messages == [problem]


def test_placeholders_are_filled_in_once() -> None:
    filled = fill_in("Hello {name}, {company} has {title}.", name="{title}", company="<b>Acme</b>", title="work")
    assert filled == "Hello {title}, <b>Acme</b> has work."


def test_every_font_has_a_stack_that_can_stand_in_a_style() -> None:
    assert [font for font in Font if '"' in stack_of(font) or ";" in stack_of(font)] == []
    assert [bool(stack_of(font)) for font in Font] == [False, *[True] * (len(Font) - 1)]


@pytest.fixture
def page(acme: Tenant) -> str:
    with tenant_scope(acme):
        return reverse("admin:tenants_brand_change", args=[Brand.objects.get().pk])


def say(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request) if message.level_tag == "warning"]


@pytest.mark.django_db
def test_a_colour_that_is_hard_to_read_is_named_with_the_nearest_that_is_not(
    owner: User, log_in: LogIn, page: str
) -> None:
    answer = log_in(owner).post(page, FORM | {"primary_colour": "#f2b705"})
    assert (answer.status_code, say(answer)) == (
        302,
        [
            "White text on #f2b705 has a contrast of 1.8:1; WCAG AA asks for 4.5:1. "
            "Buttons are #bb8d04 with black text instead. The nearest colour that passes is #936f03.",
            "Text in #f2b705 on the page has a contrast of 1.6:1; WCAG AA asks for 4.5:1. "
            "It is written in #896803 instead. The nearest colour that passes is #896803.",
        ],
    )


@pytest.mark.django_db
def test_the_accent_colour_is_checked_where_it_is_read(owner: User, log_in: LogIn, page: str) -> None:
    assert say(log_in(owner).post(page, FORM | {"accent_colour": "#f2b705"})) == [
        "Text in the accent colour #f2b705 on the page has a contrast of 1.6:1; WCAG AA asks for 4.5:1. "
        "It is written in #896803 instead. The nearest colour that passes is #896803."
    ]


@pytest.mark.django_db
def test_texts_are_written_in_each_language(acme: Tenant, owner: User, log_in: LogIn, page: str) -> None:
    browser = log_in(owner)
    written = {"welcome_text": "Hello", "welcome_text_de": "Hallo {name}", "closing_text_fr": "Bonne chance."}
    assert browser.post(page, FORM | written).status_code == 302
    with tenant_scope(acme):
        brand = Brand.objects.get()
    assert brand.translations == {"de": {"welcome_text": "Hallo {name}"}, "fr": {"closing_text": "Bonne chance."}}
    said = [brand.text_in(language, "welcome_text") for language in ("en", "de", "fr")]
    assert said == ["Hello", "Hallo {name}", ""]
    assert "Hallo {name}</textarea>" in browser.get(page).content.decode()
    assert browser.post(page, FORM | {"welcome_text_de": "Hallo {wer}"}).status_code == 200


@pytest.mark.django_db
def test_every_text_can_be_written_in_every_language(acme: Tenant, owner: User, log_in: LogIn, page: str) -> None:
    texts = {name: f"{name} in English" for name in TEXTS}
    others = {f"{name}_{language}": f"{name} in {language}" for name in TEXTS for language in ("de", "hi")}
    assert log_in(owner).post(page, FORM | texts | others).status_code == 302
    with tenant_scope(acme):
        brand = Brand.objects.get()
    assert {language: [brand.text_in(language, name) for name in TEXTS] for language in ("en", "de", "hi", "es")} == {
        "en": list(texts.values()),
        "de": [f"{name} in de" for name in TEXTS],
        "hi": [f"{name} in hi" for name in TEXTS],
        "es": [""] * len(TEXTS),
    }


@pytest.mark.django_db
def test_a_language_that_becomes_the_brands_own_has_one_text(
    acme: Tenant, owner: User, log_in: LogIn, page: str
) -> None:
    browser = log_in(owner)
    browser.post(page, FORM | {"welcome_text": "Hello", "welcome_text_de": "Alt"})
    browser.post(page, FORM | {"welcome_text": "Neu", "welcome_text_de": "Alt", "language": "de"})
    with tenant_scope(acme):
        brand = Brand.objects.get()
    assert (brand.translations, brand.text_in("de", "welcome_text"), brand.text_in("en", "welcome_text")) == (
        {},
        "Neu",
        "",
    )


@pytest.mark.django_db
def test_a_readable_colour_passes_without_a_word(owner: User, log_in: LogIn, page: str) -> None:
    assert say(log_in(owner).post(page, FORM)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"font": "Comic Sans"},
        {"welcome_text": "Hello {everybody}"},
        {"invitation_text": "Hello {"},
        {"closing_text": "{deadline}"},
        {"reminder_text": "{link}"},
        {"thanks_text": "x" * 2001},
        {"withdrawal_text_de": "{wer}"},
        {"reminder_text_fr": "x" * 2001},
        {"reply_to": "a@b.example\nBcc: c@d.example"},
        {"logo": SimpleUploadedFile("logo.svg", SVG % b"<script/>")},
    ],
)
def test_what_is_wrong_is_refused(owner: User, log_in: LogIn, page: str, change: dict[str, Any]) -> None:
    assert log_in(owner).post(page, FORM | change).status_code == 200


def test_the_page_shows_the_logo_and_not_where_it_is_stored(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        brand = Brand.objects.get()
        brand.logo.save("logo.png", SimpleUploadedFile("logo.png", PNG))
    page = log_in(owner).get(reverse("admin:tenants_brand_change", args=[brand.pk])).content.decode()
    assert (str(brand.logo.name) in page, brand.logo_url in page, "The present logo" in page) == (False, True, True)
