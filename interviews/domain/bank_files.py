"""Question banks as files, out and in: CSV, YAML and JSON. What goes out comes in again as it was.

Coming in, a file is read whole, then each question is checked on its own, so that a dry run shows every problem before
anything is written. A CSV cell that a spreadsheet would take for a formula is written with an apostrophe before it,
which is taken off again (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from interviews.domain.bank_reviews import concerns_of
from interviews.domain.duplicates import Known, find_same, find_similar, know
from interviews.models import Question, QuestionBank
from interviews.models.rubric import LEVELS

MAX_BYTES = 512 * 1024
MAX_QUESTIONS = 500

PLAIN = (
    "text", "competency", "tags", "max_follow_ups", "follow_up_guidance", "min_words", "time_limit", "required",
    "archived",
)  # fmt: skip
FORMULA = re.compile(r"'*[=+\-@\t\r]")
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


class Format(StrEnum):
    CSV = "csv"
    YAML = "yaml"
    JSON = "json"


CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.YAML: "application/yaml; charset=utf-8",
    Format.JSON: "application/json; charset=utf-8",
}


class UnreadableFile(ValueError):
    """Nothing in the file can be used; the message says why and what to do."""


@dataclass
class Row:
    """One question of a file. `number` is its line in a CSV as a spreadsheet counts, else its place from 1."""

    number: int
    question: Question
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    known: bool = False

    @property
    def is_new(self) -> bool:
        return not self.problems and not self.known


def columns() -> list[str]:
    return [*PLAIN, *(f"rubric_{level}" for level in LEVELS), *(f"text_{code}" for code, _name in settings.LANGUAGES)]


# --- Out -----------------------------------------------------------------------------------------


def export_bank(*, bank: QuestionBank, format: Format) -> bytes:
    """The whole bank, archived questions too."""
    questions = [to_record(question) for question in bank.questions.all()]
    if format == Format.CSV:
        return write_csv(questions).encode("utf-8-sig")  # With a mark, without which Excel guesses wrong.
    whole = {"name": bank.name, "description": bank.description, "language": bank.language, "questions": questions}
    if format == Format.JSON:
        return json.dumps(whole, ensure_ascii=False, indent=2).encode()
    return str(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=100)).encode()


def to_record(question: Question) -> dict[str, Any]:
    return {
        "text": question.text,
        "competency": question.competency,
        "tags": question.tags,
        "max_follow_ups": question.max_follow_ups,
        "follow_up_guidance": question.follow_up_guidance,
        "min_words": question.min_words,
        "time_limit": question.time_limit,
        "required": question.required,
        "archived": question.archived_at is not None,
        "rubric": question.rubric,
        "translations": {code: texts["text"] for code, texts in question.translations.items() if "text" in texts},
    }


def write_csv(records: Iterable[Mapping[str, Any]]) -> str:
    output = io.StringIO(newline="")
    writer = csv.DictWriter(output, columns())
    writer.writeheader()
    for record in records:
        cells = {name: record[name] for name in PLAIN}
        cells["tags"] = ", ".join(record["tags"])
        cells |= {name: "yes" if record[name] else "no" for name in ("required", "archived")}
        cells |= {f"rubric_{level}": text for level, text in record["rubric"].items()}
        cells |= {f"text_{code}": text for code, text in record["translations"].items()}
        writer.writerow({name: disarm(str(cell)) for name, cell in cells.items()})
    return output.getvalue()


def disarm(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def rearm(cell: str) -> str:
    """What `disarm` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


# --- In ------------------------------------------------------------------------------------------


def read_rows(*, bank: QuestionBank, content: bytes, format: Format) -> list[Row]:
    """Every question of the file, with what is wrong with it, and what would be written. Raises UnreadableFile."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile(f"The file is larger than {MAX_BYTES // 1024} KB. Split it.")
    numbered = READERS[format](decode(content))
    if not numbered:
        raise UnreadableFile("The file has no questions.")
    if len(numbered) > MAX_QUESTIONS:
        raise UnreadableFile(f"The file has more than {MAX_QUESTIONS} questions. Split it.")
    rows = [check_record(number, record, bank=bank) for number, record in numbered]
    compare(rows, bank=bank)
    return rows


@transaction.atomic
def import_rows(*, bank: QuestionBank, rows: Iterable[Row]) -> int:
    """Add what is new behind the bank's own questions, in the file's order. Returns how many were added."""
    locked = QuestionBank.objects.select_for_update().get(pk=bank.pk)
    last = max(locked.questions.values_list("position", flat=True), default=0)
    new = [row.question for row in rows if row.is_new]
    for position, question in enumerate(new, start=last + 1):
        question.position = position
    Question.objects.bulk_create(new)
    return len(new)


def decode(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableFile(f"Line {line} is not UTF-8. Save the file as “CSV UTF-8”, or as UTF-8 text.") from error
    if "\0" in text:
        raise UnreadableFile("The file holds characters that are no text. Is it a spreadsheet? Save it as CSV.")
    return text


Numbered = list[tuple[int, dict[str, Any]]]


def read_csv(text: str) -> Numbered:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        check_columns(names)
        reader.fieldnames = names
        numbered = []
        for cells in reader:
            if None in cells:
                raise UnreadableFile(f"Line {reader.line_num} has more cells than there are columns.")
            numbered.append((reader.line_num, {name: rearm(cell or "") for name, cell in cells.items()}))
    except csv.Error as error:
        raise UnreadableFile(f"After line {reader.line_num} the file is not CSV: {error}.") from error
    return [(number, from_cells(cells)) for number, cells in numbered if any(cells.values())]


def check_columns(names: list[str]) -> None:
    unknown = [name or "(without a name)" for name in names if name not in columns()]
    if "text" not in names:
        raise UnreadableFile(f"There is no column “text”. The first line names the columns: {', '.join(columns())}.")
    if unknown:
        raise UnreadableFile(f"These columns are not known: {', '.join(unknown)}. Known are: {', '.join(columns())}.")
    if len(set(names)) != len(names):
        raise UnreadableFile("A column is named twice.")


def from_cells(cells: dict[str, str]) -> dict[str, Any]:
    """The cells of one line as the record that JSON and YAML have; an empty cell is as one that is not there."""
    record: dict[str, Any] = {name: cells[name] for name in PLAIN if cells.get(name, "") != ""}
    record["tags"] = [tag for part in cells.get("tags", "").split(",") if (tag := part.strip())]
    record["rubric"] = {level: text for level in LEVELS if (text := cells.get(f"rubric_{level}", ""))}
    codes = [code for code, _name in settings.LANGUAGES]
    record["translations"] = {code: text for code in codes if (text := cells.get(f"text_{code}", ""))}
    return record


def read_json(text: str) -> Numbered:
    try:
        return number_records(json.loads(text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(f"The file is not JSON: {error}.") from error


class PlainLoader(yaml.SafeLoader):
    """YAML without aliases, with which a small file can hold endless content."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise UnreadableFile("The file uses YAML aliases. Write each value out.")
        return super().compose_node(parent, index)


def read_yaml(text: str) -> Numbered:
    try:
        return number_records(yaml.load(text, PlainLoader))  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(f"The file is not YAML: {' '.join(str(error).split())}.") from error


READERS = {Format.CSV: read_csv, Format.JSON: read_json, Format.YAML: read_yaml}


def number_records(whole: Any) -> Numbered:
    """A list of questions, or an object with one under "questions"."""
    records = whole.get("questions") if isinstance(whole, dict) else whole
    if not isinstance(records, list):
        raise UnreadableFile("Give a list of questions, or an object with a list named “questions”.")
    return list(enumerate(records, start=1))


def check_record(number: int, record: Any, *, bank: QuestionBank) -> Row:
    row = Row(number=number, question=Question(bank=bank))
    if not isinstance(record, dict):
        row.problems.append("This is no question: give an object with a “text”.")
        return row
    known = (*PLAIN, "rubric", "translations")
    if unknown := [str(name)[:40] for name in record if name not in known]:
        row.problems.append(f"Not known: {', '.join(unknown)}.")
    fill(row, record)
    try:
        row.question.full_clean(
            exclude=["bank", "tenant", *([] if row.question.text else ["text"])],
            validate_unique=False,
            validate_constraints=False,
        )
    except ValidationError as error:
        row.problems += [f"{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
    row.problems = [problem.replace("\0", "") for problem in row.problems]
    return row


def fill(row: Row, record: Mapping[str, Any]) -> None:
    question = row.question
    for name in ("text", "competency", "follow_up_guidance"):
        value = record.get(name, "")
        if not isinstance(value, str):
            row.problems.append(f"{name}: Give a text.")
            continue
        setattr(question, name, value)
    if not question.text.strip():
        row.problems.append("text: Write the question.")
    for name in ("max_follow_ups", "min_words", "time_limit"):
        if name in record:
            setattr(question, name, record[name] if not isinstance(record[name], bool) else str(record[name]))
    question.required = read_flag(row, record, "required", default=True)
    question.archived_at = timezone.now() if read_flag(row, record, "archived", default=False) else None
    question.tags = record.get("tags") or []
    question.rubric = read_mapping(row, record, "rubric")
    translations = read_mapping(row, record, "translations")
    question.translations = {code: {"text": text} for code, text in translations.items()}


def read_flag(row: Row, record: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = record.get(name, default)
    said = str(value).strip().lower()
    if said not in TRUE + FALSE:
        row.problems.append(f"{name}: Write yes or no.")
    return said in TRUE


def read_mapping(row: Row, record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Its keys as text: YAML reads an unquoted level as a number."""
    value = record.get(name) or {}
    if not isinstance(value, dict):
        row.problems.append(f"{name}: Give an object.")
        return {}
    return {str(key): text for key, text in value.items()}


def compare(rows: list[Row], *, bank: QuestionBank) -> None:
    """Mark what the bank or the file has already, and warn of what is nearly the same or asks what it should not."""
    stored: list[Known] = [
        know(f"“{text}” in the bank", text) for text in bank.questions.values_list("text", flat=True)
    ]
    earlier: list[Known] = []
    for row in rows:
        if not row.question.text.strip():
            continue
        question = know(f"row {row.number}", row.question.text)
        if find_same(question, stored):
            row.known = True
            row.warnings.append("The bank has this question already; it is left as it is.")
        elif same := find_same(question, earlier):
            row.problems.append(f"The same question as {same.name}.")
            continue
        elif similar := find_similar(question, [*stored, *earlier]):
            row.warnings.append(f"Nearly the same as {similar.name}.")
        earlier.append(question)
        if not row.problems:
            row.warnings += concerns_of(question=row.question, bank=bank)
