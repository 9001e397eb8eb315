"""The page of adverse impact and its files: for owners, of their company, and never of one person."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from interviews.domain import adverse_impact
from interviews.models import Interview
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.counted import add_people, make_asking
from tests.interviews.factories import InterviewFactory

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
PAGE, CSV, XLSX = (reverse(f"adverse-impact:{name}") for name in ("show", "csv", "xlsx"))
EVIL = "=1+1"
APRIL = datetime(2026, 4, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adverse_impact, "this_month", lambda: date(2026, 5, 1))


def fill(tenant: Tenant, title: str = "Pilot") -> Interview:
    """Ten women of whom four are advanced, ten men of whom eight are, three of another sex and two who do not say."""
    with tenant_scope(tenant):
        interview = make_asking(title=title)
        add_people(interview, 4, "female", "asian", decision="advance", levels=(5,))
        add_people(interview, 6, "female", "asian", decision="reject", levels=(3,))
        add_people(interview, 8, "male", "white", decision="advance", levels=(4,))
        add_people(interview, 2, "male", "white", decision="hold", levels=(3,))
        add_people(interview, 3, "another", "white", decision="advance")
        add_people(interview, 2, "declined", decision="reject")
    return interview


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    return fill(acme)


def read(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(CSV + query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def line(client: Client, measure: str, group: str, query: str = "") -> list[str]:
    """The figures of one group by sex."""
    [row] = [row for row in read(client, query) if (row["Measure"], row["By"], row["Group"]) == (measure, "Sex", group)]
    columns = ("People", "Favoured", "Rate", "Impact ratio", "Below four fifths", "p", "Chance")
    return [value for name in columns if (value := row[name])]


def entries(tenant: Tenant) -> list[tuple[str, str, dict[str, Any]]]:
    with tenant_scope(tenant):
        found = AuditEntry.objects.filter(verb__contains="adverse-impact").order_by("at")
        return [(entry.verb, entry.object_label, entry.details) for entry in found]


def test_the_page_says_who_fared_how(interview: Interview, by_owner: Client) -> None:
    page = " ".join(by_owner.get(PAGE).content.decode().split())
    assert "Below four fifths" in page
    figures = ("40.0%", "0.500", "80.0%", "1.000", "p = 0.170", "fewer than 5", "25 people in all")
    for part in (*figures, "no legal advice", "Too few people to tell"):
        assert (part, part in page) == (part, True)
    assert "5 people are in no line: they did not say, or their group has fewer than 5 people." in page


def test_a_file_has_a_line_for_each_group(interview: Interview, by_owner: Client) -> None:
    assert line(by_owner, "Advanced", "Female") == ["10", "4", "0.4", "0.5", "yes", "0.1698", "may be chance"]
    assert line(by_owner, "Advanced", "Male") == ["10", "8", "0.8", "1.0", "no"]
    assert line(by_owner, "Advanced", "Another") == ["fewer than 5"]
    assert line(by_owner, "Advanced", "Did not say, or in a group of fewer than 5") == ["5"]
    assert line(by_owner, "Advanced", "Everybody") == ["25"]
    # Of the twenty who are scored, eight have 3, eight 4 and four 5.
    assert line(by_owner, "Scored above the median", "Female") == ["10", "4", "0.4", "1.0", "no"]
    fared = line(by_owner, "Scored above the median", "Male")
    assert fared == ["10", "0", "0.0", "0.0", "yes", "0.0867", "too few people to tell"]
    months = {(row["Interview"], row["From"], row["Until"]) for row in read(by_owner)}
    assert months == {("All that ask", "2026-03", "2026-03")}


def test_a_workbook_has_a_sheet_for_each_measure_and_numbers_in_it(interview: Interview, by_owner: Client) -> None:
    book = load_workbook(io.BytesIO(by_owner.get(XLSX).content))
    assert book.sheetnames == ["Advanced", "Scored above the median", "About"]
    [row] = [row for row in book["Advanced"].iter_rows(values_only=True) if row[4:6] == ("Sex", "Female")]
    assert row[6:13] == (10, 4, 0.4, 0.5, "yes", 0.1698, "may be chance")
    about = [row[0] for row in book["About"].iter_rows(values_only=True)]
    assert about[-1] == "The median of the scores is 4.00 of 5; a score is the mean of the levels."


def test_no_cell_is_a_formula(acme: Tenant, by_owner: Client) -> None:
    interview = fill(acme, title=EVIL)
    query = f"?interview={interview.pk}"
    assert {row["Interview"] for row in read(by_owner, query)} == {f"'{EVIL}"}
    book = load_workbook(io.BytesIO(by_owner.get(XLSX + query).content))
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}


def test_one_interview_and_some_months_are_chosen(acme: Tenant, interview: Interview, by_owner: Client) -> None:
    other = fill(acme, title="Other")
    with tenant_scope(acme):
        add_people(other, 10, "male", decision="advance", at=APRIL)
    # The three of another sex are six in all, and were all advanced.
    assert line(by_owner, "Advanced", "Male") == ["30", "26", "0.8667", "0.8667", "no", "1.0", "may be chance"]
    of_other = f"?interview={other.pk}"
    assert line(by_owner, "Advanced", "Male", of_other)[:2] == ["20", "18"]
    assert line(by_owner, "Advanced", "Male", f"{of_other}&from=2026-03&until=2026-03")[:2] == ["10", "8"]
    assert line(by_owner, "Advanced", "Male", f"{of_other}&from=nonsense&until=2026-13")[:2] == ["20", "18"]
    answer = by_owner.get(f"{CSV}{of_other}&until=2026-03")
    assert answer["Content-Disposition"] == 'attachment; filename="adverse-impact-2026-03-to-2026-03.csv"'


def test_each_look_and_each_file_is_on_record_and_no_figure_with_it(
    acme: Tenant, interview: Interview, by_owner: Client
) -> None:
    months = {"from": "2026-03", "until": "2026-03"}
    by_owner.get(PAGE)
    by_owner.get(f"{CSV}?interview={interview.pk}")
    by_owner.get(XLSX)
    assert entries(acme) == [
        ("viewed adverse-impact figures", "", months),
        ("exported adverse-impact figures", "Pilot", {"format": "CSV"} | months),
        ("exported adverse-impact figures", "", {"format": "XLSX"} | months),
    ]


@pytest.mark.parametrize("address", [PAGE, CSV, XLSX])
@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("recruiter", 403), ("reviewer", 403), ("viewer", 403), ("outsider", None)]
)
def test_it_is_for_owners(
    request: pytest.FixtureRequest,
    acme: Tenant,
    interview: Interview,
    log_in: LogIn,
    role: str,
    status: int,
    address: str,
) -> None:
    answer = log_in(request.getfixturevalue(role)).get(address)
    if role == "outsider":
        assert (answer.status_code, "fewer than 5 people" in answer.content.decode()) == (
            200 if address == PAGE else 302,
            False,
        )
    else:
        assert answer.status_code == status
    assert bool(entries(acme)) == (role == "owner")


def test_another_companys_interview_is_not_there(
    acme: Tenant, globex: Tenant, interview: Interview, outsider: User, log_in: LogIn
) -> None:
    fill(globex, title="Theirs")
    theirs = log_in(outsider)
    assert line(theirs, "Advanced", "Male")[:2] == ["10", "8"]
    page = theirs.get(PAGE).content.decode()
    assert ("Theirs" in page, "Pilot" in page) == (True, False)
    for address in (PAGE, CSV, XLSX):
        assert theirs.get(f"{address}?interview={interview.pk}").status_code == 404
        assert theirs.get(f"{address}?interview=nonsense").status_code == 404


def test_an_interview_that_never_asked_is_not_there(acme: Tenant, interview: Interview, by_owner: Client) -> None:
    with tenant_scope(acme):
        silent = InterviewFactory.create(title="Silent")
    assert "Silent" not in by_owner.get(PAGE).content.decode()
    assert by_owner.get(f"{PAGE}?interview={silent.pk}").status_code == 404


def test_without_figures_the_page_says_what_to_do(acme: Tenant, by_owner: Client) -> None:
    assert "No interview asks its candidates yet." in by_owner.get(PAGE).content.decode()
    with tenant_scope(acme):
        add_people(make_asking(), 9, "female", decision="advance")
    page = by_owner.get(PAGE).content.decode()
    assert ("There is nothing to count yet." in page, "Download" in page) == (True, False)
    assert by_owner.get(CSV).headers["Location"] == PAGE
    assert entries(acme) == []


def test_it_is_read_and_never_written(interview: Interview, by_owner: Client) -> None:
    assert [by_owner.post(address).status_code for address in (PAGE, CSV, XLSX)] == [405, 405, 405]


def test_the_menu_leads_owners_there(by_owner: Client, recruiter: User, log_in: LogIn) -> None:
    assert PAGE in by_owner.get(reverse("admin:index")).content.decode()
    assert PAGE not in log_in(recruiter).get(reverse("admin:index")).content.decode()


def test_more_people_months_and_interviews_cost_no_query_more(
    acme: Tenant, interview: Interview, by_owner: Client
) -> None:
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as queries:
            by_owner.get(PAGE)
            by_owner.get(XLSX)
        counts.append(len(queries))
        with tenant_scope(acme):
            add_people(fill(acme, title=f"More {number}"), 10, "female", decision="hold", at=APRIL)
    assert counts[1] == counts[2]
