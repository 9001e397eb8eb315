"""The bot's texts in other languages: gettext catalogues, read with the standard library alone.

English is what the sources say. `make messages` keeps locale/ in step with the sources; docs/languages.md says how to
add one.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations, translation
from pathlib import Path

DOMAIN = "vivavoce_bot"
LOCALE_DIR = Path(__file__).parent / "locale"


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a BCP 47 tag, else of its base language, else English."""
    base, _, region = language.partition("-")
    names = [f"{base.lower()}_{region.upper()}", base.lower()] if region else [base.lower()]
    return translation(DOMAIN, LOCALE_DIR, languages=names, fallback=True)


def name_language(language: str) -> str:
    """A tag with the language's English name, as a model is told it: `German (de)`."""
    texts = catalogue(language)
    known = isinstance(texts, GNUTranslations) or language.lower().split("-")[0] == "en"
    name = texts.pgettext("name of this language, in English", "English") if known else language
    return f"{name} ({language})"
