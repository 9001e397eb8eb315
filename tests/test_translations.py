"""The catalogues: complete, in step with the sources, and true to their placeholders."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from gtts.lang import tts_langs

from botrunner.catalogue import name_language
from botrunner.google_speech import google_language
from botrunner.phrases import ENGLISH, phrases_for
from scripts.translations import BOOKS, ROOT, Book, collect, is_complete, load, update, write_binary, write_text

TRANSLATED = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
EVERY_CATALOGUE = pytest.mark.parametrize(
    ("book", "language"),
    [(book, language) for book in BOOKS for language in TRANSLATED],
    ids=lambda value: getattr(value, "domain", value),
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")


def messages(book: Book, language: str) -> list[Message]:
    return [message for message in load(book.po_path(language), language) if message.id]


def strings(value: Any) -> list[str]:
    return list(value) if isinstance(value, tuple | list) else [value]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.domain)
def test_the_languages_are_the_settings_languages(book: Book) -> None:
    assert book.languages == sorted(TRANSLATED)


@EVERY_CATALOGUE
def test_files_are_what_make_messages_writes(book: Book, language: str) -> None:
    catalogue = update(book, language, collect(book))
    assert book.po_path(language).read_bytes() == write_text(catalogue)
    assert book.po_path(language).with_suffix(".mo").read_bytes() == write_binary(catalogue)


@EVERY_CATALOGUE
def test_every_text_is_translated_and_none_is_a_guess(book: Book, language: str) -> None:
    found = messages(book, language)
    assert [message.id for message in found if message.fuzzy or not is_complete(message.string)] == []


@EVERY_CATALOGUE
def test_no_placeholder_is_lost_or_invented(book: Book, language: str) -> None:
    for message in messages(book, language):
        one, *_others, many = [Counter(PLACEHOLDER.findall(text)) for text in (strings(message.id) * 2)[:2]]
        first, *others = [Counter(PLACEHOLDER.findall(text)) for text in strings(message.string)]
        assert first in (one, many), message.id
        assert others == [many] * len(others), message.id


@EVERY_CATALOGUE
def test_no_translation_breaks_out_of_an_attribute(book: Book, language: str) -> None:
    assert [text for message in messages(book, language) for text in strings(message.string) if '"' in text] == []


def test_no_line_of_the_french_pages_begins_with_a_mark() -> None:
    """Or ends on an opening one: the space beside it does not break."""
    [book] = [book for book in BOOKS if book.domain == "django"]
    texts = [text for message in messages(book, "fr") for text in strings(message.string)]
    assert [text for text in texts if re.search(r"« | [»?!;:](?!\w)", text)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_bot_has_all_its_phrases_and_a_voice(language: str) -> None:
    phrases = phrases_for(language)
    assert len(set(phrases.all_texts())) == len(phrases.all_texts()) == len(ENGLISH.all_texts())
    assert set(phrases.all_texts()) & set(ENGLISH.all_texts()) == set()
    assert google_language(language) in tts_langs()


def test_a_region_falls_back_to_its_language_and_the_unknown_to_english() -> None:
    assert phrases_for("de-AT") == phrases_for("DE") == phrases_for("de")
    assert phrases_for("tlh") == phrases_for("en") == ENGLISH
    assert [name_language(tag) for tag in ("en", "de", "pt-BR", "tlh")] == [
        "English (en)",
        "German (de)",
        "Portuguese (pt-BR)",
        "tlh (tlh)",
    ]


def test_what_candidates_read_is_marked_for_translation() -> None:
    """Words between tags, or in what is read out, that no `trans` stands around."""
    unmarked = []
    for path in sorted(Path(ROOT / "templates").glob("[cm]a*/*")):
        source = re.sub(
            r"\{%\s*blocktrans.*?endblocktrans\s*%\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", " ", path.read_text(), flags=re.S
        )
        source = re.sub(r"<(script|style|kbd)\b.*?</\1>", " ", source, flags=re.S)
        attributes = re.findall(r'(?:aria-label|placeholder|alt)="([^"]*)"', source)
        words = re.findall(r">([^<]+)<", source) if path.suffix == ".html" else source.splitlines()
        unmarked += [(path.name, text.strip()) for text in (*words, *attributes) if re.search(r"[A-Za-z]{2}", text)]
    assert unmarked == []
