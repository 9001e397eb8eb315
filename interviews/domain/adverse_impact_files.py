"""The figures of adverse impact as files, one line a group: CSV, and XLSX with a sheet for each measure."""

import csv
import io
from collections.abc import Iterator

from openpyxl import Workbook

from interviews.domain.adverse_impact import Measure, Report, name_group
from interviews.domain.exports import Row, guard
from interviews.domain.impact_ratios import FEWEST, SMALL_SHARE, Chance, Table
from interviews.models import Interview
from tenants.domain.audit import record

COLUMNS = (
    *("Interview", "From", "Until", "Measure", "By", "Group", "People", "Favoured"),
    *("Rate", "Impact ratio", "Below four fifths", "p", "Chance", "Note"),
)
DECISIONS, SCORES = "Advanced", "Scored above the median"
EVERY_INTERVIEW = "All that ask"
FEWER = f"fewer than {FEWEST}"
TOO_FEW_GROUPS = f"Not shown: there are not two groups of at least {FEWEST} people."
OTHERS = f"Not shown: fewer than {FEWEST} people, or such a group could be worked out from this one."
SMALL = f"Less than {float(SMALL_SHARE):.0%} of the people: left out of the ratios."
ABOUT = (
    "Favoured are those who were advanced, or whose score is above the median.",
    "Rate: the favoured of the group divided by all of it (6 RCNY 5-300).",
    "Impact ratio: the rate divided by the highest rate of a group (6 RCNY 5-300).",
    "Below four fifths: an impact ratio of less than 0.8 (29 CFR 1607.4(D)).",
    "p: how often chance alone would make the group differ as much from the one with the highest rate (Fisher's exact"
    " test, two-sided). Below 0.05 is usually taken for more than chance; of twenty comparisons one is so by chance.",
    "Decisions count in the month in which they were made, scores in that in which they were given.",
    "Hold and reject are both not advanced.",
    "What candidates said of themselves was voluntary. Rehearsals are not counted. This is no legal advice.",
)


def export_csv(*, interview: Interview | None, report: Report) -> bytes:
    """All lines in one table; begins with the mark by which spreadsheets know UTF-8. `interview` None: all that ask."""
    note_export(interview, report, "CSV")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for name, measure in measures(report):
        writer.writerows(guard(row) for row in rows_of(interview, report, name, measure))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def export_xlsx(*, interview: Interview | None, report: Report) -> bytes:
    note_export(interview, report, "XLSX")
    book = Workbook(write_only=True)
    for name, measure in measures(report):
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for column, width in {"A": 26, "D": 22, "E": 18, "F": 52}.items():
            sheet.column_dimensions[column].width = width
        sheet.append(list(COLUMNS))
        for row in rows_of(interview, report, name, measure):
            sheet.append(guard(row))
    about = book.create_sheet("About")
    about.column_dimensions["A"].width = 110
    for line in ABOUT:
        about.append([line])
    if report.median is not None:
        about.append([f"The median of the scores is {report.median:.2f} of 5; a score is the mean of the levels."])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def note_export(interview: Interview | None, report: Report, form: str) -> None:
    record(
        verb="exported adverse-impact figures", target=interview, details={"format": form, **describe_period(report)}
    )


def describe_period(report: Report) -> dict[str, str]:
    """The months, as the audit log and the files name them."""
    return {"from": f"{report.period.first:%Y-%m}", "until": f"{report.period.last_month:%Y-%m}"}


def measures(report: Report) -> list[tuple[str, Measure]]:
    return [(DECISIONS, report.decisions), (SCORES, report.scores)]


def rows_of(interview: Interview | None, report: Report, name: str, measure: Measure) -> Iterator[Row]:
    period = describe_period(report)
    start: Row = [interview.title if interview else EVERY_INTERVIEW, period["from"], period["until"], name]
    tables = [("Sex", measure.sexes), ("Race or ethnicity", measure.races), ("Race and sex", measure.both)]
    for by, table in tables:
        for line in lines_of(table):
            yield [*start, by, *line]


def lines_of(table: Table) -> Iterator[Row]:
    """[group, people, favoured, rate, ratio, below, p, chance, note] for all, for those of no group, and for each."""
    yield ["Everybody", table.people, "", "", "", "", "", "", ""]
    unknown = "Did not say" + (f", or in a group of {FEWER}" if table.is_mixed else "")
    yield [unknown, table.unknown, "", "", "", "", "", "", "In no other line."]
    if not table.groups:
        yield ["", "", "", "", "", "", "", "", TOO_FEW_GROUPS]
    for group in table.groups:
        label = name_group(group.key)
        if group.tally is None:
            alone = len(group.key) == 1
            yield [label, FEWER if alone else "", "", "", "", "", "", "", "" if alone else OTHERS]
        else:
            ratio = "" if group.ratio is None else round(float(group.ratio), 4)
            below = "" if group.ratio is None else "yes" if group.is_below else "no"
            note = SMALL if group.is_small_share else ""
            rate = round(float(group.tally.rate), 4)
            p = round(float(group.chance.p), 4) if group.chance else ""
            said = say_chance(group.chance) if group.chance else ""
            yield [label, group.tally.people, group.tally.favoured, rate, ratio, below, p, said, note]


def say_chance(chance: Chance) -> str:
    if chance.cannot_tell:
        return "too few people to tell"
    return "unlikely to be chance" if chance.is_unlikely else "may be chance"
