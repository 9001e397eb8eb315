"""Usage by month, and the limits on a company's page."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interviews.domain.erasure import forget
from interviews.domain.figures import record_figures
from interviews.domain.usage import Usage, monthly_usage, usage_of_all
from interviews.enums import SessionStatus
from interviews.models import Invitation, ScoringTokens, Session, SessionFigures
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.factories import make_invitation, make_session

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
OWN, ALL = reverse("usage:own"), reverse("usage:all")
PAGES = [OWN, reverse("usage:own-csv")]
PLATFORM_PAGES = [ALL, reverse("usage:all-csv")]


def add_session(tenant: Tenant, started: datetime, seconds: float, count: int = 1) -> None:
    with tenant_scope(tenant):
        invitation = make_invitation()
        for _ in range(count):
            session = make_session(invitation=invitation)
            Session.objects.filter(pk=session.pk).update(status=SessionStatus.ENDED, started_at=started)
            session.refresh_from_db()
            row = record_figures(session=session)
            SessionFigures.objects.filter(pk=row.pk).update(
                seconds=seconds, prompt_tokens=100, completion_tokens=10, spoken_characters=7
            )


@pytest.fixture
def used(acme: Tenant, globex: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(time_zone="Asia/Tokyo")
    add_session(acme, datetime(2026, 3, 10, tzinfo=UTC), 90, count=2)
    add_session(acme, datetime(2026, 3, 31, 20, tzinfo=UTC), 600)  # In Tokyo April has begun.
    add_session(globex, datetime(2026, 3, 31, 20, tzinfo=UTC), 60)


def usage(tenant: str, month: int, interviews: int, sessions: int, minutes: float, scoring: int = 0) -> Usage:
    """`scoring` is a number of scorings as `add_scoring` adds them."""
    figures = {"prompt_tokens": 100 * sessions + 900 * scoring, "completion_tokens": 10 * sessions + 60 * scoring}
    figures |= {"scoring_tokens": 960 * scoring, "characters": 7 * sessions}
    return Usage(tenant, date(2026, month, 1), interviews, sessions, minutes, **figures)


def add_scoring(tenant: Tenant, asked: datetime) -> None:
    with tenant_scope(tenant):
        ScoringTokens.objects.create(asked_at=asked, prompt_tokens=900, completion_tokens=60)


def test_months_are_the_companys_own(used: None, acme: Tenant) -> None:
    with tenant_scope(acme):
        assert monthly_usage() == [usage("Acme", 4, 1, 1, 10.0), usage("Acme", 3, 1, 2, 3.0)]


def test_the_platform_sees_all(used: None) -> None:
    assert usage_of_all() == [
        usage("Acme", 4, 1, 1, 10.0),
        usage("Acme", 3, 1, 2, 3.0),
        usage("Globex", 3, 1, 1, 1.0),
    ]


def test_what_scoring_took_counts_in_the_month_it_was_asked(used: None, acme: Tenant, globex: Tenant) -> None:
    add_scoring(acme, datetime(2026, 4, 2, tzinfo=UTC))
    add_scoring(acme, datetime(2026, 5, 31, 20, tzinfo=UTC))  # June in Tokyo, and nothing else in it.
    add_scoring(globex, datetime(2026, 3, 31, 20, tzinfo=UTC))
    own = [usage("Acme", 6, 0, 0, 0.0, 1), usage("Acme", 4, 1, 1, 10.0, 1), usage("Acme", 3, 1, 2, 3.0)]
    assert usage_of_all() == [*own, usage("Globex", 3, 1, 1, 1.0, 1)]
    with tenant_scope(acme):
        assert monthly_usage() == own


def test_what_was_used_stays_used_when_the_data_goes(used: None, acme: Tenant) -> None:
    with tenant_scope(acme):
        ScoringTokens.objects.create(prompt_tokens=900, completion_tokens=60)
        before = monthly_usage()
        assert forget(invitations=Invitation.objects.all())["session"] == 3
        assert (monthly_usage(), len(before)) == (before, 3)


def test_what_runs_or_never_began_is_not_counted(acme: Tenant) -> None:
    with tenant_scope(acme):
        make_session()
        assert monthly_usage() == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("recruiter", 403), ("reviewer", 403), ("viewer", 403), ("outsider", 200)]
)
def test_a_companys_usage_is_its_owners(
    request: pytest.FixtureRequest, used: None, log_in: LogIn, role: str, status: int, page: str
) -> None:
    answer = log_in(request.getfixturevalue(role)).get(page)
    text = answer.content.decode()
    assert answer.status_code == status
    assert ("April 2026" in text or "2026-04" in text) == (role == "owner")


@pytest.mark.parametrize("page", PLATFORM_PAGES)
@pytest.mark.parametrize(("role", "status"), [("owner", 403), ("outsider", 403), ("platform_staff", 200)])
def test_everybodys_is_the_platforms(
    request: pytest.FixtureRequest, used: None, log_in: LogIn, role: str, status: int, page: str
) -> None:
    answer = log_in(request.getfixturevalue(role)).get(page)
    assert (answer.status_code, "Globex" in answer.content.decode()) == (status, status == 200)


def test_the_download_is_on_record(used: None, acme: Tenant, owner: User, log_in: LogIn) -> None:
    add_scoring(acme, datetime(2026, 4, 2, tzinfo=UTC))
    answer = log_in(owner).get(reverse("usage:own-csv"))
    assert answer["Content-Disposition"] == 'attachment; filename="usage.csv"'
    assert answer.content.decode().splitlines() == [
        "company,month,interviews,sessions,minutes,prompt_tokens,completion_tokens,scoring_tokens,characters",
        "Acme,2026-04,1,1,10.0,1000,70,960,7",
        "Acme,2026-03,1,2,3.0,200,20,0,14",
    ]
    with tenant_scope(acme):
        assert AuditEntry.objects.get(verb="exported the usage").actor == owner.email


def test_no_name_is_a_formula(used: None, platform_staff: User, acme: Tenant, log_in: LogIn) -> None:
    Tenant.objects.filter(pk=acme.pk).update(name="=HYPERLINK(1)")
    rows = log_in(platform_staff).get(reverse("usage:all-csv")).content.decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:3]] == ["'=HYPERLINK(1)"] * 2


def test_limits_are_shown_with_what_is_used(used: None, acme: Tenant, owner: User, log_in: LogIn) -> None:
    Tenant.objects.filter(pk=acme.pk).update(max_concurrent_sessions=5, max_hourly_invitations=50)
    page = " ".join(log_in(owner).get(OWN).content.decode().split())
    assert "<dt>Interviews at once</dt> <dd>0 of 5</dd>" in page
    assert "<dt>Invitations in the last hour</dt> <dd>2 of 50</dd>" in page
    assert "Minutes this month" not in page


def test_limits_are_the_platforms_to_set(acme: Tenant, owner: User, platform_staff: User, log_in: LogIn) -> None:
    url = reverse("admin:tenants_tenant_change", args=[acme.pk])
    form = {"name": "Acme", "time_zone": "UTC", "is_active": "on", "max_monthly_minutes": "500"}
    form |= {"domains-TOTAL_FORMS": "0", "domains-INITIAL_FORMS": "0"}
    assert log_in(owner).post(url, form).status_code == 302
    assert Tenant.objects.get(pk=acme.pk).max_monthly_minutes is None
    assert log_in(platform_staff).post(url, form).status_code == 302
    assert Tenant.objects.get(pk=acme.pk).max_monthly_minutes == 500
    with tenant_scope(acme):
        assert AuditEntry.objects.filter(verb="changed").latest("at").changes == {"max_monthly_minutes": [None, 500]}


def test_a_month_more_costs_no_query_more(acme: Tenant, owner: User, log_in: LogIn) -> None:
    client = log_in(owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(OWN).status_code == 200
        return len(captured)

    add_session(acme, datetime(2026, 1, 10, tzinfo=UTC), 60)
    queries()
    few = queries()
    for month in (2, 3):
        add_session(acme, datetime(2026, month, 10, tzinfo=UTC), 60)
    assert queries() == few


def test_the_form_refuses_what_is_beyond_the_hour(acme: Tenant, recruiter: User, log_in: LogIn) -> None:
    Tenant.objects.filter(pk=acme.pk).update(max_hourly_invitations=1)
    with tenant_scope(acme):
        interview = make_invitation().interview
    form = {"interview": str(interview.pk), "candidate_name": "Kim", "candidate_email": "kim@example.org"}
    form |= {"locale": "", "expires_at_0": "2099-01-01", "expires_at_1": "12:00", "extra_time": "1.0"}
    answer = log_in(recruiter).post(reverse("admin:interviews_invitation_add"), form)
    assert (answer.status_code, "may invite 1 people an hour" in answer.content.decode()) == (200, True)
