"""An interview's charts: where people leave and how levels are spread, for those who may read results."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviews.domain import erasure, relay, statistics
from interviews.models import Interview, Invitation, Session
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import tell
from tests.interviews.console.judged import finish, score
from tests.interviews.factories import InterviewFactory, launch_session, make_invitation, make_session, open_relay


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        return InterviewFactory.create(title="Pilot")


def leave_at_the_second_question(tenant: Tenant, interview: Interview) -> None:
    with tenant_scope(tenant):
        invitation = make_invitation(interview=interview, consented_at=timezone.now())
        session = make_session(invitation=invitation)
        job = launch_session(session)
    frames = tell(session)
    asked = [number for number, frame in enumerate(frames) if "question.started" in str(frame.message)]
    relay.store_frames(lease=open_relay(job), frames=frames[: asked[1] + 1])


def test_it_counts_how_far_people_came(acme: Tenant, interview: Interview) -> None:
    finish(acme, interview)
    leave_at_the_second_question(acme, interview)
    with tenant_scope(acme):
        make_invitation(interview=interview)
        make_invitation(interview=interview, consented_at=timezone.now())
        make_invitation(interview=interview, rehearsal=True)
        make_invitation()
        Invitation.objects.filter(status="completed").update(consented_at=timezone.now())
        texts = [question["text"] for question in Session.objects.first().plan["questions"]]  # type: ignore[union-attr]
        bars = [(bar.label, bar.count, bar.share, bar.lost, bar.detail) for bar in drop_off(interview)]
    assert bars == [
        ("Invited", 4, 100, 0, ""),
        ("Agreed to the interview", 3, 75, 1, ""),
        ("Started", 2, 50, 1, ""),
        ("Question 1", 2, 50, 0, texts[0]),
        ("Question 2", 2, 50, 0, texts[1]),
        ("Completed", 1, 25, 1, ""),
    ]


def test_deleted_data_looks_like_nobody_leaving(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    gone = finish(acme, interview).invitation
    finish(acme, interview)
    with tenant_scope(acme):
        Invitation.objects.filter(interview=interview).update(consented_at=timezone.now())
        erasure.forget(invitations=Invitation.objects.filter(pk=gone.pk))
        bars = drop_off(interview)
    assert [(bar.count, bar.lost) for bar in bars] == [(1, 0)] * 6
    assert "1 candidate whose data was deleted is left out." in by_recruiter.get(address(interview)).content.decode()


def drop_off(interview: Interview) -> list[statistics.Bar]:
    return statistics.drop_off(interview=interview)


def test_levels_are_counted_by_competency_whatever_its_case(
    acme: Tenant, interview: Interview, recruiter: User
) -> None:
    score(finish(acme, interview), Delivery=4, Teamwork=None)
    score(finish(acme, interview), delivery=4, Teamwork=1)
    with tenant_scope(acme):
        found = statistics.spread_levels(interview=interview, reader=recruiter)
    assert (found.results, found.hidden) == (2, 0)
    assert {one.competency: [bar.count for bar in one.bars] for one in found.spreads} == {
        "Delivery": [0, 0, 0, 2, 0, 0],
        "Teamwork": [1, 0, 0, 0, 0, 1],
    }


def test_the_page_shows_numbers_beside_bars(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    score(finish(acme, interview), Delivery=4)
    page = by_recruiter.get(address(interview)).content.decode()
    assert ("Where people leave" in page, "Delivery" in page, '<rect class="vv-bars__fill" width="100"' in page) == (
        *(True, True),
        True,
    )


def test_blind_the_page_counts_no_hidden_result(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        Interview.objects.update(blind_review=True)
    score(finish(acme, interview), Delivery=4)
    page = by_recruiter.get(address(interview)).content.decode()
    assert ("1 result is not counted" in page, "Delivery" in page) == (True, False)


def test_it_is_for_readers_of_results_in_their_company(
    interview: Interview, viewer: User, outsider: User, log_in: Callable[[User], Client]
) -> None:
    answers = [log_in(person).get(address(interview)).status_code for person in (viewer, outsider)]
    assert answers == [403, 404]


def test_more_candidates_cost_no_more_queries(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    counts = []
    for _ in range(3):
        score(finish(acme, interview), Delivery=3)
        with CaptureQueriesContext(connection) as queries:
            assert by_recruiter.get(address(interview)).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2]


def address(interview: Interview) -> str:
    return reverse("admin:interviews_interview_charts", args=[interview.pk])
