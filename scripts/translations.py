"""Keep the gettext catalogues in step with the sources: the candidate's pages and mails, and the bot's own words.

    python -m scripts.translations          read the sources, update every .po, compile every .mo
    python -m scripts.translations nl       the same, and begin a language

New texts are added empty and those no longer used are dropped; nothing is guessed. The .mo files are in git, so that
neither a server nor a bot needs a compiler; a test compares them with what is compiled here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template import engines
from django.template.base import Node, NodeList
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}

HEADER = "# Texts of Vivavoce. `make messages` keeps their list in step with the sources."

Message = tuple[str | None, str | tuple[str, ...]]


@dataclass(frozen=True)
class Book:
    """One catalogue in every language: its domain, where its files are, and the sources it serves."""

    domain: str
    locale: Path
    sources: tuple[str, ...]

    def po_path(self, language: str) -> Path:
        return self.locale / language / "LC_MESSAGES" / f"{self.domain}.po"

    @property
    def languages(self) -> list[str]:
        return sorted(path.parent.parent.name for path in self.locale.glob(f"*/LC_MESSAGES/{self.domain}.po"))


BOOKS = (
    Book(
        domain="django",
        locale=ROOT / "locale",
        # What candidates read. The console speaks English.
        sources=(
            "interviews/candidate/*.py",
            "interviews/categories.py",
            "interviews/domain/*.py",
            "interviews/models/texts.py",
            "templates/candidate/*.html",
            "templates/mail/*",
        ),
    ),
    Book(
        domain="vivavoce_bot",
        locale=ROOT / "botrunner" / "locale",
        sources=("botrunner/*.py", "botrunner/sandbox/*.py"),
    ),
)


class PlainCatalog(Catalog):
    """Without dates and names in its header, which git knows better, so that nothing changes but texts."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def main(languages: list[str]) -> None:
    for book in BOOKS:
        template = collect(book)
        for language in sorted({*book.languages, *languages}):
            catalogue = update(book, language, template)
            missing = [message.id for message in catalogue if message.id and not is_complete(message.string)]
            book.po_path(language).parent.mkdir(parents=True, exist_ok=True)
            book.po_path(language).write_bytes(write_text(catalogue))
            book.po_path(language).with_suffix(".mo").write_bytes(write_binary(catalogue))
            print(f"{book.domain} {language}: {len(catalogue)} texts, {len(missing)} not translated")


def collect(book: Book) -> Catalog:
    """Every text in the book's sources, in their order, with where it occurs."""
    catalogue = Catalog(domain=book.domain)
    for pattern in book.sources:
        for path in sorted(ROOT.glob(pattern)):
            read = read_python if path.suffix == ".py" else read_template
            for context, message in read(path):
                catalogue.add(message, locations=[(str(path.relative_to(ROOT)), 0)], context=context)
    return catalogue


def read_python(path: Path) -> Iterator[Message]:
    with path.open("rb") as source:
        for _line, message, _comments, context in extract("python", source, keywords=KEYWORDS):
            yield context, message


def read_template(path: Path) -> Iterator[Message]:
    """The texts of its `trans` and `blocktrans` tags, worked out as the tags themselves do."""
    template: Any = engines["django"].from_string(path.read_text())
    for node in walk(template.template.nodelist):
        if isinstance(node, TranslateNode):
            yield None, str(node.filter_expression.var.literal).replace("%", "%%")
        elif isinstance(node, BlockTranslateNode):
            singular, _names = node.render_token_list(node.singular)
            plural, _names = node.render_token_list(node.plural) if node.plural else ("", [])
            yield None, (singular, plural) if plural else singular


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        for attribute in node.child_nodelists:
            yield from walk(getattr(node, attribute, None) or NodeList())


def update(book: Book, language: str, template: Catalog) -> Catalog:
    """The language's catalogue as it should be: exactly the texts of the sources, with the translations there are."""
    path = book.po_path(language)
    known = load(path, language) if path.exists() else Catalog(locale=language)
    catalogue = PlainCatalog(domain=book.domain, locale=language, header_comment=HEADER, fuzzy=False)
    for message in template:
        if message.id:
            translated = known.get(message.id, context=message.context)
            catalogue.add(
                message.id,
                translated.string if translated else None,
                locations=message.locations,
                context=message.context,
                flags=message.flags,
            )
    return catalogue


def load(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def is_complete(string: Any) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def write_text(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False)
    return out.getvalue()


def write_binary(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


if __name__ == "__main__":
    import django

    django.setup()
    main(sys.argv[1:])
