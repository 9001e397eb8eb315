"""Banks go out as files and come in again, and a dry run shows what is wrong before anything is written."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.utils import timezone

from interviews.domain.bank_files import (
    MAX_BYTES,
    MAX_QUESTIONS,
    Format,
    Row,
    UnreadableFile,
    disarm,
    export_bank,
    import_rows,
    read_rows,
    rearm,
    to_record,
)
from interviews.models import Question, QuestionBank
from tenants.models import Tenant

pytestmark = pytest.mark.usefixtures("in_acme")


def make_bank(name: str = "General") -> QuestionBank:
    return QuestionBank.objects.create(name=name)


def fill(bank: QuestionBank) -> None:
    """With everything that is hard on a file."""
    Question.objects.create(
        bank=bank,
        position=1,
        text='=HYPERLINK("http://evil.example"), said she;\nand "why"?',
        competency="-judgement",
        tags=["lead", "sales"],
        rubric={"1": "Vague.", "5": "@concrete, with a number"},
        max_follow_ups=0,
        follow_up_guidance="'=already escaped",
        min_words=0,
        time_limit=45,
        required=False,
        translations={"de": {"text": "+Warum?"}, "hi": {"text": "क्यों?"}},
    )
    Question.objects.create(bank=bank, position=2, text="Yes: no", archived_at=timezone.now())


def records(bank: QuestionBank) -> list[dict[str, object]]:
    return [to_record(question) for question in bank.questions.all()]


def check(content: bytes | str, format: Format = Format.CSV, bank: QuestionBank | None = None) -> list[Row]:
    raw = content.encode() if isinstance(content, str) else content
    return read_rows(bank=bank or make_bank(), content=raw, format=format)


@pytest.mark.parametrize("format", list(Format))
def test_what_goes_out_comes_in_as_it_was(format: Format) -> None:
    bank, copy = make_bank(), make_bank("Copy")
    fill(bank)
    rows = read_rows(bank=copy, content=export_bank(bank=bank, format=format), format=format)
    assert [row.problems for row in rows] == [[], []]
    assert import_rows(bank=copy, rows=rows) == 2
    assert records(copy) == records(bank)


@pytest.mark.parametrize("format", list(Format))
def test_a_second_time_changes_nothing(format: Format) -> None:
    bank = make_bank()
    fill(bank)
    before = records(bank)
    rows = read_rows(bank=bank, content=export_bank(bank=bank, format=format), format=format)
    assert ([row.known for row in rows], import_rows(bank=bank, rows=rows)) == ([True, True], 0)
    assert records(bank) == before


def test_no_cell_of_a_csv_is_a_formula() -> None:
    bank = make_bank()
    fill(bank)
    exported = export_bank(bank=bank, format=Format.CSV).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(exported, newline="")) for cell in line]
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell] == []


@pytest.mark.parametrize("cell", ["=1", "'=1", "''=1", "'", "'quoted'", "-", "+49", "\tx", "plain", ""])
def test_disarming_can_be_undone(cell: str) -> None:
    assert rearm(disarm(cell)) == cell


def test_new_questions_go_behind_the_banks_own() -> None:
    bank = make_bank()
    Question.objects.create(bank=bank, position=7, text="First?")
    import_rows(bank=bank, rows=check("text\nSecond?\nThird?\n", bank=bank))
    positions = list(bank.questions.values_list("position", "text"))
    assert positions == [(7, "First?"), (8, "Second?"), (9, "Third?")]


@pytest.mark.parametrize(
    "content",
    [
        "text;tags\nWhy?;a, b\n".encode("utf-8-sig"),
        "text\ttags\nWhy?\ta,b\n".encode("utf-16"),
        b'TEXT,tags\r\nWhy?,"a,b"\r\n\r\n',
    ],
)
def test_spreadsheets_separators_and_marks_are_understood(content: bytes) -> None:
    [row] = check(content)
    assert (row.problems, row.question.text, row.question.tags) == ([], "Why?", ["a", "b"])


@pytest.mark.parametrize(
    ("content", "format", "sentence"),
    [
        (b"", Format.CSV, "There is no column"),
        (b"text\n", Format.CSV, "The file has no questions."),
        ("text\nGrüße?\n".encode("latin-1"), Format.CSV, "Line 2 is not UTF-8."),
        (b"text\nA\0B\n", Format.CSV, "The file holds characters that are no text."),
        (b"question\nWhy?\n", Format.CSV, "There is no column “text”."),
        (b"text,colour\nWhy?,red\n", Format.CSV, "These columns are not known: colour."),
        (b"text,text\nWhy?,When?\n", Format.CSV, "A column is named twice."),
        (b"text\nWhy?,and more\n", Format.CSV, "Line 2 has more cells than there are columns."),
        (b'text\n"Why?"x\n', Format.CSV, "After line 1 the file is not CSV"),
        (b"text\n" + b"a" * MAX_BYTES, Format.CSV, "The file is larger than 512 KB."),
        (b"text\n" + b"Why?\n" * (MAX_QUESTIONS + 1), Format.CSV, "The file has more than 500 questions."),
        (b"{", Format.JSON, "The file is not JSON"),
        (b"[" * 100_000, Format.JSON, "The file is not JSON"),
        (b'{"name": "x"}', Format.JSON, "Give a list of questions"),
        (b"a: [", Format.YAML, "The file is not YAML"),
        (b"- &a {text: Why}\n- *a\n", Format.YAML, "The file uses YAML aliases."),
        (b"!!python/object/apply:os.system ['true']", Format.YAML, "The file is not YAML"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(content: bytes, format: Format, sentence: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        check(content, format)
    assert str(refused.value)[: len(sentence)] == sentence


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ("Why?", "This is no question: give an object with a “text”."),
        ({"text": " "}, "text: Write the question."),
        ({"text": 5}, "text: Give a text."),
        ({"text": "a" * 2001}, "text: Ensure this value has at most 2000 characters (it has 2001)."),
        ({"text": "Why?", "colour": "red"}, "Not known: colour."),
        ({"text": "Why?", "time_limit": "soon"}, "time_limit: “soon” value must be an integer."),
        ({"text": "Why?", "time_limit": 9999}, "time_limit: Ensure this value is less than or equal to 600."),
        ({"text": "Why?", "max_follow_ups": True}, "max_follow_ups: “True” value must be an integer."),
        ({"text": "Why?", "required": "perhaps"}, "required: Write yes or no."),
        ({"text": "Why?", "tags": "lead"}, "tags: Give the tags as a list of words."),
        ({"text": "Why?", "tags": ["a", "A"]}, "tags: Name each tag once."),
        ({"text": "Why?", "rubric": ["one"]}, "rubric: Give an object."),
        (
            {"text": "Why?", "rubric": {"6": "Six."}},
            "rubric: Give the rubric as an object whose keys are the levels “1” to “5”.",
        ),
        (
            {"text": "Why?", "translations": {"tlh": "qatlh?"}},
            "translations: Choose among these languages: en, es, fr, de, pt, hi.",
        ),
    ],
)
def test_a_row_says_what_is_wrong_with_it(record: object, problem: str) -> None:
    bad, good = check(json.dumps([record, {"text": "How?"}]), Format.JSON)
    assert (problem in bad.problems, bad.is_new, good.is_new) == (True, False, True)


def test_only_good_rows_are_written() -> None:
    bank = make_bank()
    rows = check("text,time_limit\nWhy?,60\nHow?,never\nWhen?,90\n", bank=bank)
    assert [(row.number, row.is_new) for row in rows] == [(2, True), (3, False), (4, True)]
    assert import_rows(bank=bank, rows=rows) == 2
    assert list(bank.questions.values_list("text", flat=True)) == ["Why?", "When?"]


def test_a_dry_run_writes_nothing(in_acme: Tenant) -> None:
    check("text\nWhy?\n")
    assert Question.objects.count() == 0


def test_duplicates_within_the_file_and_against_the_bank() -> None:
    bank = make_bank()
    Question.objects.create(bank=bank, text="Why do you want to work here?")
    rows = check(
        "text\nWHY do you want to work here\nTell me about a hard problem you solved.\n"
        "Tell me about a hard problem you solved!\nTell me about one hard problem you solved.\nWhat else?\n",
        bank=bank,
    )
    assert [(row.known, row.problems, row.warnings) for row in rows] == [
        (True, [], ["The bank has this question already; it is left as it is."]),
        (False, [], []),
        (False, ["The same question as row 3."], []),
        (False, [], ["Nearly the same as row 3."]),
        (False, [], []),
    ]


def test_unlawful_topics_are_warned_of_in_each_language() -> None:
    [row] = check("text,text_de\nHow old are you?,Wie alt sind Sie?\n")
    assert row.problems == []
    assert row.warnings == [
        "“How old” may ask about age. In many places that must not decide who is hired.",
        "“Wie alt” may ask about age. In many places that must not decide who is hired.",
    ]
