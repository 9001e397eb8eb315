"""Files of results: what they hold for whom, that no cell is a formula, and that each is written down."""

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from interviews.domain import exports, reviews
from interviews.models import Answer, Interview, Result
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.judged import finish, score
from tests.interviews.factories import InterviewFactory

CSV, XLSX = "admin:interviews_result_csv", "admin:interviews_result_xlsx"
EVIL = '=HYPERLINK("http://evil.example","x")'

LogIn = Callable[[User], Client]


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        return InterviewFactory.create(title="Pilot")


@pytest.fixture
def pair(acme: Tenant, interview: Interview) -> list[Result]:
    first = score(finish(acme, interview, name=EVIL, decision="advance"), Delivery=4, Teamwork=None)
    return [first, score(finish(acme, interview, name="Bo"), Delivery=2, Teamwork=5)]


def read_csv(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(reverse(CSV) + query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_line_has_the_decision_levels_and_why_there_is_none(pair: list[Result], by_recruiter: Client) -> None:
    second, first = read_csv(by_recruiter)
    assert (second["Candidate"], second["Delivery: level"], second["Teamwork: level"]) == ("Bo", "2", "5")
    assert (first["Decision"], first["Delivery: level"], first["Teamwork: level"]) == ("Advance", "4", "")
    assert first["Teamwork: why none"] == "The model's quotes are not in the candidate's own words."
    assert (first["Interview"], first["Judgement"]) == ("Pilot", "shown")


def test_no_cell_is_a_formula(pair: list[Result], acme: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        Answer.objects.update(text="  @SUM(1)\x07")
    assert read_csv(by_recruiter)[1]["Candidate"] == f"'{EVIL}"
    book = load_workbook(io.BytesIO(by_recruiter.get(reverse(XLSX)).content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert (f"'{EVIL}" in {cell.value for cell in cells}, book.sheetnames) == (True, ["Results", "Answers"])
    assert {row[6] for row in book["Answers"].iter_rows(min_row=2, values_only=True)} == {"'  @SUM(1)"}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r1", "\n=1", " =1", "\uff1d1"])
def test_a_risky_beginning_is_quoted(text: str) -> None:
    assert exports.plain(text) == f"'{text}"


def test_a_file_holds_what_the_list_shows(pair: list[Result], acme: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        other = InterviewFactory.create()
    finish(acme, other, name="Cy")
    assert [line["Candidate"] for line in read_csv(by_recruiter, "?q=Bo")] == ["Bo"]
    by_interview = f"?invitation__interview__id__exact={other.pk}"
    assert [line["Candidate"] for line in read_csv(by_recruiter, by_interview)] == ["Cy"]
    assert [line["Candidate"] for line in read_csv(by_recruiter)] == ["Cy", "Bo", f"'{EVIL}"]


def test_blind_a_file_has_no_more_than_the_page(
    pair: list[Result], acme: Tenant, reviewer: User, log_in: LogIn
) -> None:
    with tenant_scope(acme):
        Interview.objects.update(blind_review=True)
    client = log_in(reviewer)
    for line in read_csv(client):
        assert (line["Judgement"], line["Decision"]) == ("hidden until you have reviewed", "")
        assert not any("level" in column for column in line)
    with tenant_scope(acme):
        reviews.submit_review(result=pair[1], reviewer=reviewer, levels={}, decision="hold", comment="")
    second, first = read_csv(client)
    assert (second["Delivery: level"], first["Delivery: level"], first["Teamwork: why none"]) == ("2", "", "")


def test_each_export_is_written_down(pair: list[Result], acme: Tenant, by_recruiter: Client) -> None:
    for route in (CSV, XLSX):
        by_recruiter.get(reverse(route))
    by_recruiter.get(report_of(pair[0]))
    with tenant_scope(acme):
        entries = AuditEntry.objects.filter(verb__startswith="exported").order_by("at")
        assert [(entry.verb, entry.details) for entry in entries] == [
            ("exported results", {"format": "CSV", "results": 2}),
            ("exported results", {"format": "XLSX", "results": 2}),
            ("exported the report", {"transcript": False}),
        ]


def test_files_are_for_readers_of_results_in_their_company(
    pair: list[Result], viewer: User, outsider: User, log_in: LogIn
) -> None:
    for route in (CSV, XLSX):
        assert log_in(viewer).get(reverse(route)).status_code == 403
    assert read_csv(log_in(outsider)) == []
    assert log_in(viewer).get(report_of(pair[0])).status_code == 403
    assert log_in(outsider).get(report_of(pair[0])).status_code == 404


def test_too_many_are_refused_with_what_to_do(
    pair: list[Result], by_recruiter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_RESULTS", 1)
    page = by_recruiter.get(reverse(CSV), follow=True).content.decode()
    assert "More than 1 results do not fit one file. Narrow the list by a filter." in page


def test_three_results_cost_the_queries_of_two(
    pair: list[Result], acme: Tenant, interview: Interview, by_recruiter: Client
) -> None:
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            by_recruiter.get(reverse(XLSX))
        counts.append(len(queries))
        score(finish(acme, interview), Delivery=1)
    assert counts[1] == counts[2]


def report_of(result: Result) -> str:
    return reverse("admin:interviews_result_report", args=[result.pk])
