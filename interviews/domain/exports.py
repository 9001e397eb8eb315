"""Results as files for spreadsheets: CSV, and XLSX with the answers on a sheet of their own.

Names and answers are a stranger's words: no cell begins as a formula.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from interviews.domain.judgements import Reading, read_results
from interviews.domain.reviews import results_open_to
from interviews.models import Answer, CompetencyScore, Result
from tenants.domain.audit import record
from tenants.models import User

#: More would not be read by anybody, and not be made within a request.
MOST_RESULTS = 5000
#: Read at once.
CHUNK = 500
#: A cell of a spreadsheet takes no more characters.
LONGEST = 32_000
#: What a formula begins with, also in full width.
FORMULA_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

COLUMNS = (
    *("Candidate", "E-mail", "Interview", "Status", "Completed"),
    *("Judgement", "Decision", "Decided by", "Reason", "Reviews", "Summary"),
)
ANSWER_COLUMNS = ("Candidate", "E-mail", "Interview", "No.", "Question", "Competency", "Answer")
SHOWN, HIDDEN = "shown", "hidden until you have reviewed"

Row = list[str | int | float]


class TooMany(ValueError):
    """The message says what to do."""


def export_csv(*, results: QuerySet[Result], reader: User) -> bytes:
    """One line a result, for the reader; begins with the mark by which spreadsheets know UTF-8. Raises TooMany."""
    keys = begin(results, reader, "CSV")
    text = io.StringIO()
    writer = csv.writer(text)
    names = competencies_of(keys, reader)
    writer.writerow(map(plain, heading(names)))
    for reading in read_in_chunks(keys, reader):
        writer.writerow(guard(row_of(reading, names)))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def export_xlsx(*, results: QuerySet[Result], reader: User) -> bytes:
    """A workbook with the sheets "Results" and "Answers". Raises TooMany."""
    keys = begin(results, reader, "XLSX")
    book = Workbook(write_only=True)
    sheet, answers = book.create_sheet("Results"), book.create_sheet("Answers")
    for one in (sheet, answers):
        one.freeze_panes = "B2"
        one.column_dimensions["A"].width = one.column_dimensions["B"].width = 26
    names = competencies_of(keys, reader)
    sheet.append([plain(name) for name in heading(names)])
    answers.append(list(ANSWER_COLUMNS))
    for reading in read_in_chunks(keys, reader):
        sheet.append(guard(row_of(reading, names)))
        for answer in reading.result.invitation.answers.all():
            answers.append(guard(answer_row(reading, answer)))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def begin(results: QuerySet[Result], reader: User, form: str) -> list[UUID]:
    """The ids to export, once the audit log says who takes them away."""
    keys: list[UUID] = list(results.values_list("pk", flat=True)[: MOST_RESULTS + 1])
    if len(keys) > MOST_RESULTS:
        raise TooMany(f"More than {MOST_RESULTS:,} results do not fit one file. Narrow the list by a filter.")
    record(actor=reader, verb="exported results", details={"format": form, "results": len(keys)})
    return keys


def competencies_of(keys: Sequence[UUID], reader: User) -> list[str]:
    """Each competency that has a score the reader may know, once, whatever its case."""
    known = results_open_to(reader=reader).filter(pk__in=keys).values("pk")
    scores = CompetencyScore.objects.filter(score_set__is_current=True, score_set__result__in=known)
    names = scores.order_by("competency").values_list("competency", flat=True).distinct()
    return list({name.casefold(): name for name in names}.values())


def read_in_chunks(keys: Sequence[UUID], reader: User) -> Iterator[Reading]:
    related = Result.objects.select_related("invitation__candidate", "invitation__interview")
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        found = {result.pk: result for result in related.prefetch_related("invitation__answers").filter(pk__in=part)}
        yield from read_results(results=[found[key] for key in part if key in found], reader=reader)


def heading(names: Sequence[str]) -> list[str]:
    return [*COLUMNS, *(f"{name}{part}" for name in names for part in (": level", ": why none"))]


def row_of(reading: Reading, names: Sequence[str]) -> Row:
    result, invitation = reading.result, reading.result.invitation
    decided = ("", "") if reading.hidden else (result.decided_by, result.decision_reason)
    reviews = "; ".join(f"{review.reviewer_name}: {review.get_decision_display()}" for review in reading.reviews)
    row: Row = [
        *(invitation.candidate.name, invitation.candidate.email, invitation.interview.title),
        *(invitation.get_status_display(), show_time(invitation.completed_at)),
        *(HIDDEN if reading.hidden else SHOWN, reading.decision_label, *decided, reviews, result.summary),
    ]
    for name in names:
        score = reading.scores.get(name.casefold())
        row += [(score.level or "") if score else "", score.get_withheld_display() if score else ""]
    return row


def answer_row(reading: Reading, answer: Answer) -> Row:
    candidate = reading.result.invitation.candidate
    return [
        *(candidate.name, candidate.email, reading.result.invitation.interview.title),
        *(answer.position, answer.question_text, answer.competency, answer.text),
    ]


def show_time(moment: datetime | None) -> str:
    """In the time zone in force, which is the company's."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def guard(row: Row) -> Row:
    return [plain(str(cell)) if not isinstance(cell, int | float) else cell for cell in row]


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula, without what no file of one may hold."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    risky = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(FORMULA_SIGNS)
    return f"'{text}" if risky else text
