"""Workable's exchange, end to end: tests, assessment, retry, PUT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from interviews.domain import invitations, reviews
from interviews.models import Interview, Result
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.ats.conftest import Ats

pytestmark = pytest.mark.django_db

PROOF = "Bearer theirs-7f3a"


@pytest.fixture
def workable(acme: Tenant, make_ats: Callable[..., Ats]) -> Ats:
    return make_ats(acme, "workable")


def order(ats: Ats, **changes: Any) -> dict[str, Any]:
    return {
        "test_id": ats.offer,
        "job_shortcode": "GROOV005",
        "job_title": "Engineer",
        "callback_url": f"{ats.receiver.url}/assessments/1",
        "candidate": {"first_name": "Ana", "last_name": "Silva", "phone": "+1", "email": "ana@example.org"},
    } | changes


def create(ats: Ats) -> str:
    status, answer = ats.call("POST", "assessments", order(ats))
    assert status == 201
    id_: str = answer["assessment_id"]
    return id_


def told(ats: Ats) -> list[Any]:
    return [body for _method, _path, _proof, body in ats.taken()]


def test_the_whole_exchange(workable: Ats) -> None:
    assert workable.call("GET", "tests") == (200, {"tests": [{"id": workable.offer, "name": "Engineer"}]})
    id_ = create(workable)
    assert create(workable) == id_
    [invitation] = workable.invitations()
    assert (invitation.order.job_id, id_) == ("GROOV005", f"inv_{invitation.pk.hex}")

    held = workable.begin(id_)
    workable.send_due()
    workable.end(*held, 4, 4, 5)
    assert workable.send_due() == [("session.started", "delivered", 1), ("result.ready", "delivered", 1)]
    assert [taken[:3] for taken in workable.taken()] == 2 * [("PUT", "/hook/assessments/1", PROOF)]
    pending, completed = told(workable)
    assert pending == {"status": "pending"}
    assert completed["assessment"].pop("duration") >= 0
    assert completed == {
        "status": "completed",
        "results_url": workable.result_url(id_),
        "assessment": {
            "summary": "The interview is ready for review.",
            "details": "Skill 1: 4 of 5, Skill 2: 4 of 5, Skill 3: 5 of 5",
            "score": 83,
        },
        "attachments": [],
    }


@pytest.mark.parametrize(("decision", "grade"), [("advance", "passed"), ("reject", "failed"), ("hold", None)])
def test_a_grade_comes_from_a_person_alone(workable: Ats, owner: User, decision: str, grade: str | None) -> None:
    workable.hold(create(workable), 1)
    workable.send_due()
    with tenant_scope(workable.tenant):
        reviews.decide(result=Result.objects.get(), actor=owner, decision=decision, reason="We talked.")
    assert workable.send_due()[-1] == ("result.updated", "delivered", 1)
    before, after = (body["assessment"] for body in told(workable))
    assert (before.get("grade"), after.get("grade")) == (None, grade)


def test_a_blind_review_is_not_spoiled(workable: Ats) -> None:
    with tenant_scope(workable.tenant):
        Interview.objects.update(blind_review=True)
    workable.hold(create(workable), 1, 2)
    workable.send_due()
    [body] = told(workable)
    assert (body["status"], "score" in body["assessment"], body["assessment"]["details"]) == ("completed", False, "")


def test_what_is_declined_is_expired_there_and_nobody_rejected(workable: Ats) -> None:
    create(workable)
    with tenant_scope(workable.tenant):
        invitations.decline(invitation=workable.invitations()[0])
    assert workable.send_due() == [("invitation.declined", "delivered", 1)]
    assert told(workable) == [{"status": "expired"}]


def test_errors_have_status_and_message(workable: Ats) -> None:
    gone = "There is no such interview any more. Choose another one."
    assert workable.call("POST", "assessments", order(workable, test_id=1)) == (404, {"status": 404, "message": gone})
    assert workable.call("POST", "assessments", order(workable, callback_url=None)) == (
        400,
        {"status": 400, "message": "callback_url: Input should be a valid string."},
    )
