"""The console's first page: the first hour's steps, and what needs attention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviews.domain.emails import resend_email
from interviews.domain.founding import FIRST_TITLE
from interviews.domain.rehearsals import begin_rehearsal
from interviews.domain.versions import publish
from interviews.enums import CandidateWish, Decision, EmailKind, EmailStatus, InvitationStatus
from interviews.models import (
    Interview,
    Invitation,
    OutgoingEmail,
    Result,
    ScoreSet,
    SessionFigures,
    WebhookEndpoint,
)
from tenants.domain.tenants import create_tenant
from tenants.enums import Role
from tenants.models import Brand, Tenant, User
from tenants.scope import tenant_scope
from tests.conftest import make_member
from tests.interviews.factories import InvitationFactory

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
FOR_ALL = ["Ask for a person", "Ask for another format", "Expiring in 48 hours", "E-mails that came back"]


def overview(browser: Client) -> Any:
    answer = browser.get(reverse("admin:index"))
    assert answer.status_code == 200
    return answer


def figures_of(browser: Client) -> dict[str, Any]:
    return {str(need.label): need.figure for need in overview(browser).context["needs"]}


def make_result(**invitation: Any) -> Result:
    return Result.objects.create(invitation=InvitationFactory.create(status=InvitationStatus.COMPLETED, **invitation))


def make_scoring(result: Result, number: int, status: str) -> None:
    ScoreSet.objects.create(result=result, number=number, status=status, rubric_version="1", due_at=timezone.now())


def make_unsent(invitation: Invitation) -> None:
    OutgoingEmail.objects.create(
        invitation=invitation, kind=EmailKind.INVITATION, recipient="kim@example.org", status=EmailStatus.FAILED
    )


def test_a_founded_company_finds_questions_and_a_draft() -> None:
    tenant = create_tenant(name="New", slug="new", owner_email="owner@new.example")
    with tenant_scope(tenant):
        interview = Interview.objects.get()
        assert (interview.title, interview.status, len(interview.asked_questions())) == (FIRST_TITLE, "draft", 5)


def test_the_steps_are_done_as_the_data_says(log_in: LogIn) -> None:
    tenant = create_tenant(name="New", slug="new", owner_email="someone@new.example")
    owner = make_member(tenant, Role.OWNER)
    browser = log_in(owner)

    def done() -> list[bool]:
        return [step.done for step in overview(browser).context["steps"]]

    assert done() == [False, False, False, False]
    with tenant_scope(tenant):
        brand, interview = Brand.objects.get(), Interview.objects.get()
        brand.primary_colour = "#112233"
        brand.save()
    assert done() == [True, False, False, False]
    with tenant_scope(tenant):
        publish(interview=interview)
        begin_rehearsal(interview=interview, by=owner)
    assert done() == [True, True, False, False]
    with tenant_scope(tenant):
        Invitation.objects.update(status=InvitationStatus.COMPLETED)
    page = overview(browser)
    assert [step.done for step in page.context["steps"]] == [True, True, True, False]
    links = [reverse("admin:tenants_brand_change", args=[brand.pk]), reverse("admin:interviews_invitation_add")]
    assert [f'href="{link}"' in page.content.decode() for link in links] == [True, True]
    with tenant_scope(tenant):
        InvitationFactory.create(interview=interview)
    assert done() == []


@pytest.mark.parametrize(("role", "count"), [("owner", 4), ("recruiter", 3), ("reviewer", 0), ("viewer", 0)])
def test_each_role_sees_the_steps_it_can_take(
    request: pytest.FixtureRequest, log_in: LogIn, role: str, count: int
) -> None:
    browser = log_in(request.getfixturevalue(role))
    assert len(overview(browser).context["steps"]) == count


def test_every_figure_leads_to_its_rows(acme: Tenant, globex: Tenant, owner: User, log_in: LogIn) -> None:
    soon, later = timezone.now() + timedelta(hours=47), timezone.now() + timedelta(hours=49)
    Tenant.objects.update(max_monthly_minutes=10)
    for tenant in (acme, globex):
        with tenant_scope(tenant):
            InvitationFactory.create(status=InvitationStatus.INVITED, expires_at=soon, bounced_at=timezone.now())
            InvitationFactory.create(status=InvitationStatus.INVITED, expires_at=later, wish=CandidateWish.PERSON)
            # Of what is closed nothing is left to be done.
            closed = InvitationFactory.create(
                status=InvitationStatus.CANCELED, bounced_at=timezone.now(), wish=CandidateWish.PERSON
            )
            for invitation in (closed, InvitationFactory.create(status=InvitationStatus.INVITED, expires_at=later)):
                make_unsent(invitation)
            InvitationFactory.create(status=InvitationStatus.INVITED, expires_at=soon, rehearsal=True)
            waiting, decided, scored = make_result(), make_result(), make_result()
            make_result(rehearsal=True)
            Result.objects.filter(pk=decided.pk).update(decision=Decision.HOLD)
            make_scoring(waiting, 1, "failed")
            make_scoring(scored, 1, "failed")
            make_scoring(scored, 2, "done")
            WebhookEndpoint.objects.create(url="https://a.example/", secret="x", disabled_at=timezone.now())
            WebhookEndpoint.objects.create(url="https://b.example/", secret="x")
            SessionFigures.objects.create(invitation=waiting.invitation, started_at=timezone.now(), seconds=8.2 * 60)
    browser = log_in(owner)
    assert figures_of(browser) == {
        "Live now": 0,
        "Waiting for review": 2,
        "Scoring failed": 1,
        "Ask for a person": 1,
        "Ask for another format": 0,
        "Expiring in 48 hours": 1,
        "E-mails that came back": 1,
        "Webhooks switched off": 1,
        "ATS not told": 0,
        "Minutes of this month": "8 of 10",
    }
    lists = [need.url for need in overview(browser).context["needs"] if "?" in need.url]
    counts = [browser.get(url).context["cl"].result_count for url in lists]
    assert counts == [2, 1, 1, 0, 1, 1, 0]
    assert overview(browser).context["failed_emails"] == 1
    with tenant_scope(acme):
        resend_email(email=OutgoingEmail.objects.get(invitation__status=InvitationStatus.INVITED))
    assert overview(browser).context["failed_emails"] == 0


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        ("recruiter", ["Live now", "Waiting for review", "Scoring failed", *FOR_ALL]),
        ("viewer", FOR_ALL),
    ],
)
def test_figures_by_role(request: pytest.FixtureRequest, log_in: LogIn, role: str, labels: list[str]) -> None:
    assert list(figures_of(log_in(request.getfixturevalue(role)))) == labels


def test_a_calm_day_is_said_in_words(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        InvitationFactory.create(expires_at=timezone.now() + timedelta(days=9))
    page = overview(log_in(owner)).content.decode()
    words = ["Every result has been looked at.", "No open invitation runs out.", "Every e-mail found its way."]
    assert [word in page for word in words] == [True] * 3


def test_the_same_queries_at_1_and_3(acme: Tenant, owner: User, log_in: LogIn) -> None:
    browser = log_in(owner)
    counts = []
    for rows in (1, 2):
        with tenant_scope(acme):
            for _number in range(rows):
                make_scoring(make_result(), 1, "failed")
                InvitationFactory.create(bounced_at=timezone.now(), wish=CandidateWish.FORMAT)
                InvitationFactory.create(expires_at=timezone.now() + timedelta(days=1))
        overview(browser)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            overview(browser)
        counts.append(len(captured))
    assert counts[0] == counts[1]
