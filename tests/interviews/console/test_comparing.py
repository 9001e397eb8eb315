"""Candidates side by side, for those who may read results, and blind for those who still have to review."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from interviews.domain import reviews
from interviews.models import Interview, Result
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story
from tests.interviews.console.judged import finish, score
from tests.interviews.factories import InterviewFactory

LIST = "admin:interviews_result_changelist"


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        return InterviewFactory.create()


@pytest.fixture
def pair(acme: Tenant, interview: Interview) -> list[Result]:
    first = score(finish(acme, interview, name="Ada <b>A</b>", decision="advance"), Delivery=4, Teamwork=None)
    return [first, score(finish(acme, interview, name="Bo"), Delivery=2, Teamwork=5)]


def address(*results: Result) -> str:
    return reverse("admin:interviews_result_compare") + "?" + "&".join(f"id={result.pk}" for result in results)


def test_levels_withheld_marks_decision_and_answers_stand_side_by_side(
    pair: list[Result], by_recruiter: Client
) -> None:
    page = by_recruiter.get(address(*pair)).content.decode()
    assert [page.count(f"Level {level} of 5") for level in (2, 4, 5)] == [1, 1, 1]
    assert escape("The model's quotes are not in the candidate's own words.") in page
    assert (page.count('data-decision="advance"'), page.count("none yet")) == (1, 1)
    assert (page.count("Answer 1."), page.count("Answer 2.")) == (2, 2)
    assert ("<b>A</b>" in page, escape("Ada <b>A</b>") in page) == (False, True)


def test_looking_is_recorded_for_each(pair: list[Result], acme: Tenant, recruiter: User, by_recruiter: Client) -> None:
    by_recruiter.get(address(*pair))
    with tenant_scope(acme):
        seen = AuditEntry.objects.filter(verb="viewed the result", actor=recruiter.email)
        assert sorted(seen.values_list("object_id", flat=True)) == sorted(str(result.pk) for result in pair)


def test_blind_nothing_shows_before_the_own_review(
    pair: list[Result], acme: Tenant, interview: Interview, reviewer: User, log_in: Callable[[User], Client]
) -> None:
    with tenant_scope(acme):
        Interview.objects.update(blind_review=True)
        reviews.submit_review(result=pair[1], reviewer=reviewer, levels={}, decision="hold", comment="")
    page = log_in(reviewer).get(address(*pair)).content.decode()
    assert ("Level 4 of 5" in page, "Level 2 of 5" in page) == (False, True)
    assert ('data-decision="advance"' in page, "Review first" in page) == (False, True)
    assert page.count("Answer 1.") == 2


def test_the_list_leads_there(pair: list[Result], by_recruiter: Client) -> None:
    chosen = {"action": "compare_selected", "_selected_action": [str(result.pk) for result in pair]}
    answer = by_recruiter.post(reverse(LIST), chosen)
    assert answer.status_code == 302
    assert sorted(answer["Location"].partition("?")[2].split("&")) == sorted(f"id={result.pk}" for result in pair)


def test_one_alone_and_two_interviews_are_refused_with_what_to_do(
    pair: list[Result], story: Story, by_recruiter: Client
) -> None:
    for others, sentence in (([pair[0]], "Choose 2 to 5 results"), ([pair[0], story.result], "of one interview")):
        assert sentence in by_recruiter.get(address(*others)).content.decode()
        chosen = {"action": "compare_selected", "_selected_action": [str(result.pk) for result in others]}
        assert sentence in by_recruiter.post(reverse(LIST), chosen, follow=True).content.decode()


def test_it_is_for_readers_of_results_in_their_company(
    pair: list[Result], viewer: User, outsider: User, log_in: Callable[[User], Client], by_recruiter: Client
) -> None:
    assert log_in(viewer).get(address(*pair)).status_code == 403
    assert log_in(outsider).get(address(*pair)).status_code == 404
    assert by_recruiter.get(reverse("admin:interviews_result_compare") + "?id=nonsense").status_code == 404


def test_five_cost_the_queries_of_two_but_for_the_log(
    pair: list[Result], acme: Tenant, interview: Interview, by_recruiter: Client
) -> None:
    many = [*pair, *(score(finish(acme, interview), Delivery=3) for _ in range(3))]
    counts = []
    for shown in (pair, pair, many):
        with CaptureQueriesContext(connection) as queries:
            by_recruiter.get(address(*shown))
        counts.append(sum("tenants_auditentry" not in query["sql"] for query in queries))
    assert counts[1] == counts[2]
