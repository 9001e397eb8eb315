"""The list of results: its filters tell no more than its reader may know, and views are each person's own."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interviews.domain import reviews
from interviews.models import Interview, Result, SavedView
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.judged import finish, score
from tests.interviews.factories import InterviewFactory

LIST = "admin:interviews_result_changelist"
LogIn = Callable[[User], Client]


@pytest.fixture
def results(acme: Tenant) -> list[Result]:
    with tenant_scope(acme):
        interview = InterviewFactory.create()
    return [
        score(finish(acme, interview, name="Ada", decision="advance"), Delivery=4, Teamwork=None),
        score(finish(acme, interview, name="Bo", decision="hold"), Delivery=2, Teamwork=5),
        score(finish(acme, interview, name="Cy"), delivery=5),
    ]


def names(client: Client, query: str) -> list[str]:
    answer = client.get(f"{reverse(LIST)}?{query}")
    assert answer.status_code == 200
    return sorted(result.invitation.candidate.name for result in answer.context["cl"].result_list)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ada", "Bo", "Cy"]),
        ("decision=advance", ["Ada"]),
        ("decision=none", ["Cy"]),
        ("competency=delivery&level=4", ["Ada", "Cy"]),
        ("competency=teamwork", ["Bo"]),
        ("competency=teamwork&level=none", ["Ada"]),
        ("level=5", ["Bo", "Cy"]),
        ("invitation__status__exact=completed", ["Ada", "Bo", "Cy"]),
        ("invitation__status__exact=expired", []),
        ("created_at_from=2001-01-01&created_at_to=2001-01-02", []),
    ],
)
def test_the_list_narrows(results: list[Result], by_recruiter: Client, query: str, found: list[str]) -> None:
    assert names(by_recruiter, query) == found


def test_the_last_day_is_included(results: list[Result], by_recruiter: Client) -> None:
    today = timezone.localdate()
    assert names(by_recruiter, f"created_at_from={today}&created_at_to={today}") == ["Ada", "Bo", "Cy"]
    assert names(by_recruiter, "created_at_from=nonsense") == ["Ada", "Bo", "Cy"]


def test_blind_filters_find_nothing_that_is_hidden(
    results: list[Result], acme: Tenant, reviewer: User, log_in: LogIn
) -> None:
    with tenant_scope(acme):
        Interview.objects.update(blind_review=True)
        reviews.submit_review(result=results[1], reviewer=reviewer, levels={}, decision="hold")
    client = log_in(reviewer)
    found = {query: names(client, query) for query in ("decision=advance", "decision=none", "level=4", "decision=hold")}
    assert found == {"decision=advance": [], "decision=none": [], "level=4": ["Bo"], "decision=hold": ["Bo"]}
    rows = client.get(reverse(LIST)).context["cl"].result_list
    assert {row.invitation.candidate.name: row.decision_shown for row in rows} == {"Ada": "", "Bo": "hold", "Cy": ""}


def test_a_view_is_saved_opened_replaced_and_deleted(results: list[Result], acme: Tenant, by_recruiter: Client) -> None:
    saving = {"name": "  Top <b>  ", "query": "decision=advance&p=3"}
    assert by_recruiter.post(reverse("views:save"), saving)["Location"] == f"{reverse(LIST)}?decision=advance"
    page = by_recruiter.get(reverse(LIST)).content.decode()
    assert ('href="?decision=advance"' in page, "Top &lt;b&gt;" in page, "Top <b>" in page) == (True, True, False)
    by_recruiter.post(reverse("views:save"), saving | {"query": "level=5"})
    with tenant_scope(acme):
        view = SavedView.objects.get()
    assert (view.name, view.query) == ("Top <b>", "level=5")
    assert by_recruiter.post(reverse("views:delete", args=[view.pk])).status_code == 302
    with tenant_scope(acme):
        assert SavedView.objects.count() == 0


def test_a_view_without_a_name_is_refused_and_the_filters_stay(acme: Tenant, by_recruiter: Client) -> None:
    answer = by_recruiter.post(reverse("views:save"), {"name": " ", "query": "level=5"}, follow=True)
    assert "Give the view a name." in answer.content.decode()
    assert answer.redirect_chain == [(f"{reverse(LIST)}?level=5", 302)]


def test_views_are_each_persons_own(
    acme: Tenant, recruiter: User, reviewer: User, viewer: User, outsider: User, by_recruiter: Client, log_in: LogIn
) -> None:
    by_recruiter.post(reverse("views:save"), {"name": "Mine alone", "query": "level=5"})
    with tenant_scope(acme):
        view = SavedView.objects.get(user=recruiter)
    assert "Mine alone" not in log_in(reviewer).get(reverse(LIST)).content.decode()
    deleting = [log_in(who).post(reverse("views:delete", args=[view.pk])).status_code for who in (reviewer, outsider)]
    assert deleting == [404, 404]
    assert log_in(viewer).post(reverse("views:save"), {"name": "x"}).status_code == 403
    with tenant_scope(acme):
        assert SavedView.objects.count() == 1
