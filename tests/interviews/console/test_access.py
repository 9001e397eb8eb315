"""Every route of the console, met by each role, by nobody, and by another company's owner."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tenants.enums import Role
from tenants.models import Tenant, User
from tests.conftest import make_member
from tests.interviews.console.conftest import Story

#: (route, part of the story it shows, method) -> status for owner, recruiter, reviewer, viewer.
ROUTES: dict[tuple[str, str, str], tuple[int, int, int, int]] = {
    ("admin:index", "", "get"): (200, 200, 200, 200),
    ("live:list", "", "get"): (200, 200, 200, 403),
    ("live:list-data", "", "get"): (200, 200, 200, 403),
    ("live:session", "session", "get"): (200, 200, 200, 403),
    ("live:snapshot", "session", "get"): (200, 200, 200, 403),
    ("admin:interviews_questionbank_changelist", "", "get"): (200, 200, 200, 200),
    ("admin:interviews_questionbank_add", "", "get"): (200, 200, 403, 403),
    ("admin:interviews_questionbank_change", "bank", "get"): (200, 200, 200, 200),
    ("admin:interviews_questionbank_history", "bank", "get"): (200, 200, 200, 200),
    ("admin:interviews_questionbank_delete", "bank", "get"): (403, 403, 403, 403),
    ("admin:interviews_interview_changelist", "", "get"): (200, 200, 200, 200),
    ("admin:interviews_interview_add", "", "get"): (200, 200, 403, 403),
    ("admin:interviews_interview_change", "interview", "get"): (200, 200, 200, 200),
    ("admin:interviews_interview_history", "interview", "get"): (200, 200, 200, 200),
    ("admin:interviews_interview_delete", "interview", "get"): (403, 403, 403, 403),
    ("admin:interviews_companyservices_changelist", "", "get"): (200, 200, 200, 200),
    ("admin:interviews_companyservices_add", "", "get"): (403, 403, 403, 403),
    ("admin:interviews_companyservices_change", "services", "get"): (200, 200, 200, 200),
    ("admin:interviews_companyservices_history", "services", "get"): (200, 200, 200, 200),
    ("admin:interviews_companyservices_delete", "services", "get"): (403, 403, 403, 403),
    ("admin:interviews_candidate_changelist", "", "get"): (200, 200, 200, 200),
    ("admin:interviews_candidate_add", "", "get"): (403, 403, 403, 403),
    ("admin:interviews_candidate_change", "candidate", "get"): (200, 200, 200, 200),
    ("admin:interviews_candidate_history", "candidate", "get"): (200, 200, 200, 200),
    ("admin:interviews_candidate_delete", "candidate", "get"): (403, 403, 403, 403),
    ("admin:interviews_invitation_changelist", "", "get"): (200, 200, 200, 200),
    ("admin:interviews_invitation_add", "", "get"): (200, 200, 403, 403),
    ("admin:interviews_invitation_change", "invitation", "get"): (200, 200, 200, 200),
    ("admin:interviews_invitation_history", "invitation", "get"): (200, 200, 200, 200),
    ("admin:interviews_invitation_delete", "invitation", "get"): (403, 403, 403, 403),
    ("admin:interviews_invitation_link", "invitation", "post"): (302, 302, 403, 403),
    ("admin:interviews_invitation_resend", "invitation", "post"): (302, 302, 403, 403),
    ("admin:interviews_invitation_cancel", "invitation", "post"): (302, 302, 403, 403),
    ("admin:interviews_session_changelist", "", "get"): (200, 200, 200, 403),
    ("admin:interviews_session_add", "", "get"): (403, 403, 403, 403),
    ("admin:interviews_session_change", "session", "get"): (200, 200, 200, 403),
    ("admin:interviews_session_history", "session", "get"): (200, 200, 200, 403),
    ("admin:interviews_session_delete", "session", "get"): (403, 403, 403, 403),
    ("admin:interviews_result_changelist", "", "get"): (200, 200, 200, 403),
    ("admin:interviews_result_add", "", "get"): (403, 403, 403, 403),
    ("admin:interviews_result_change", "result", "get"): (200, 200, 200, 403),
    ("admin:interviews_result_history", "result", "get"): (200, 200, 200, 403),
    ("admin:interviews_result_delete", "result", "get"): (403, 403, 403, 403),
    ("admin:interviews_outgoingemail_changelist", "", "get"): (200, 200, 200, 200),
    ("admin:interviews_outgoingemail_add", "", "get"): (403, 403, 403, 403),
    ("admin:interviews_outgoingemail_change", "email", "get"): (200, 200, 200, 200),
    ("admin:interviews_outgoingemail_history", "email", "get"): (200, 200, 200, 200),
    ("admin:interviews_outgoingemail_delete", "email", "get"): (403, 403, 403, 403),
}


def path_of(route: str, part: str, story: Story) -> str:
    return reverse(route, args=[getattr(story, part).pk] if part else [])


def test_the_matrix_has_every_route() -> None:
    """Django's redirect from `<id>/` to `<id>/change/` shows nothing and has no name."""
    names = set()
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label == "interviews":
            names |= {f"admin:{pattern.name}" for pattern in model_admin.get_urls() if pattern.name}
    assert names == {route for route, _, _ in ROUTES if route.startswith("admin:interviews_")}


def meet_all(client: Client, story: Story, *, own: bool = False) -> dict[str, int]:
    """Every route's status for this visitor; with `own`, only of routes that name a row."""
    return {
        route: getattr(client, method)(path_of(route, part, story)).status_code
        for route, part, method in ROUTES
        if part or not own
    }


@pytest.mark.parametrize("role", list(Role))
def test_each_role(role: Role, story: Story, acme: Tenant, log_in: Callable[[User], Client]) -> None:
    column = list(Role).index(role)
    expected = {route: statuses[column] for (route, _, _), statuses in ROUTES.items()}
    assert meet_all(log_in(make_member(acme, role)), story) == expected


def test_nobody_is_sent_to_the_log_in_page(story: Story, client: Client) -> None:
    assert set(meet_all(client, story).values()) == {302}
    path = reverse("live:snapshot", args=[story.session.pk])
    assert client.get(path).headers["Location"] == f"{reverse('admin:login')}?next={path}"


def test_another_company_finds_nothing(story: Story, outsider: User, log_in: Callable[[User], Client]) -> None:
    assert set(meet_all(log_in(outsider), story, own=True).values()) == {404}


def test_what_never_was_is_not_found_either(story: Story, by_recruiter: Client) -> None:
    paths = [reverse(route, args=[uuid4()]) for route, part, method in ROUTES if part and method == "get"]
    assert {by_recruiter.get(path).status_code for path in paths} == {404}


@pytest.mark.parametrize("route", [route for route, part, _ in ROUTES if route.endswith("_changelist")])
def test_lists_show_the_own_company_only(
    route: str, story: Story, foreign_story: Story, outsider: User, log_in: Callable[[User], Client]
) -> None:
    rows = log_in(outsider).get(reverse(route)).context["cl"].result_list
    own = {getattr(foreign_story, part).pk for part in foreign_story.__dataclass_fields__}
    assert [row.pk in own for row in rows] == [True]


def test_steps_change_nothing_by_get(story: Story, acme: Tenant, by_recruiter: Client) -> None:
    routes = [route for route, _, method in ROUTES if method == "post"]
    statuses = [by_recruiter.get(reverse(route, args=[story.invitation.pk])).status_code for route in routes]
    assert statuses == [405, 405, 405]


def test_foreign_interviews_cannot_be_chosen(story: Story, foreign_story: Story, by_recruiter: Client) -> None:
    page = by_recruiter.get(reverse("admin:interviews_invitation_add")).content.decode()
    shown = [str(one.interview.pk) in page for one in (story, foreign_story)]
    assert shown == [True, False]


def test_pages_allow_what_the_theme_needs_and_no_inline_script(by_recruiter: Client, story: Story) -> None:
    policy = by_recruiter.get(reverse("admin:index")).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in [part.strip() for part in policy.split(";")]
