"""Ashby's documented exchange, end to end: list, start, retry, updates, cancel, and ordering anew."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from interviews.domain import invitations
from interviews.models import Order
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.ats.conftest import CREDENTIAL, Ats

pytestmark = pytest.mark.django_db

PROOF = "Basic dGhlaXJzLTdmM2E6"  # theirs-7f3a and a blank password


@pytest.fixture
def ashby(acme: Tenant, make_ats: Callable[..., Ats]) -> Ats:
    return make_ats(acme, "ashby")


def order(ats: Ats, **changes: Any) -> dict[str, Any]:
    """With the fields of Ashby's published schema of assessment.start."""
    return {
        "assessment_type_id": ats.offer,
        "candidate": {
            "ashby_id": "c-1",
            "first_name": "Ana",
            "last_name": "Silva",
            "email": "ana@example.org",
            "ashby_profile_url": "https://app.ashbyhq.com/candidates/c-1",
        },
        "application": {"ashby_id": "a-1", "status": "Active"},
        "job": {
            "ashby_id": "j-1",
            "name": "Engineer",
            "ashby_job_url": "https://app.ashbyhq.com/jobs/j-1",
            "hiringTeam": [{"email": "boss@acme.example"}],
        },
    } | changes


def start(ats: Ats, **changes: Any) -> str:
    status, answer = ats.call("POST", "assessment.start", order(ats, **changes))
    assert (status, answer["success"]) == (200, True)
    id_: str = answer["results"]["assessment_id"]
    return id_


def value(identifier: str, label: str, kind: str, value: object) -> dict[str, object]:
    return {"identifier": identifier, "label": label, "type": kind, "value": value}


def test_the_whole_exchange(ashby: Ats) -> None:
    assert ashby.call("POST", "assessment.list", {}) == (
        200,
        {
            "success": True,
            "results": [
                {
                    "assessment_type_id": ashby.offer,
                    "name": "Engineer",
                    "description": "Voice interview by Vivavoce",
                }
            ],
        },
    )
    id_ = start(ashby)
    [invitation] = ashby.invitations()
    assert id_ == f"inv_{invitation.pk.hex}"
    assert (invitation.order.application_id, invitation.order.job_id) == ("a-1", "j-1")

    ashby.receiver.answer(200, b'{"success": true}')
    held = ashby.begin(id_)
    assert ashby.send_due() == [("session.started", "delivered", 1)]
    ashby.end(*held, 5, 2)
    assert ashby.send_due() == [("session.started", "delivered", 1), ("result.ready", "delivered", 1)]

    (begun, done) = ashby.taken()
    assert [taken[:3] for taken in (begun, done)] == 2 * [("POST", "/assessment.update", PROOF)]
    assert CREDENTIAL not in str(ashby.calls())
    assert begun[3]["timestamp"] <= done[3].pop("timestamp")
    assert begun[3]["assessment_status"] == value("status", "Status", "string", "Started")
    assert "assessment_result" not in begun[3]
    facts = done[3].pop("metadata")
    assert done[3] == {
        "assessment_id": id_,
        "assessment_status": value("status", "Status", "string", "Completed"),
        "assessment_profile_url": value("profile", "Interview", "url", ashby.result_url(id_)),
        "assessment_result": value("score", "Score (0 to 100)", "numeric_score", 62),
    }
    assert facts[:2] == [
        value("competency-1", "Skill 1", "numeric_score", 5),
        value("competency-2", "Skill 2", "numeric_score", 2),
    ]
    assert [(fact["identifier"], fact["type"]) for fact in facts[2:]] == [("duration", "numeric_duration_minutes")]


def test_without_scores_it_is_complete_all_the_same(ashby: Ats) -> None:
    ashby.hold(start(ashby))
    ashby.send_due()
    assert ashby.taken()[-1][3]["assessment_result"] == value("result", "Result", "string", "Ready for review")


def test_a_retried_start_is_one_invitation(ashby: Ats) -> None:
    assert start(ashby) == start(ashby)
    assert len(ashby.invitations()) == 1
    start(ashby, application={"ashby_id": "a-2", "status": "Active"})
    assert len(ashby.invitations()) == 2


def test_canceled_in_ashby_ends_it_and_can_be_ordered_anew(ashby: Ats) -> None:
    id_ = start(ashby)
    for _ in range(2):  # A retried cancel has the same answer.
        assert ashby.call("POST", "assessment.cancel", {"assessment_id": id_}) == (
            200,
            {"success": True, "results": {"assessment_id": id_}},
        )
    assert [invitation.status for invitation in ashby.invitations()] == ["canceled"]
    assert ashby.callbacks() == []  # Ashby knows.
    assert start(ashby) != id_
    assert [invitation.status for invitation in ashby.invitations()] == ["canceled", "created"]


def test_canceled_here_is_told_and_can_be_ordered_anew(ashby: Ats) -> None:
    id_ = start(ashby)
    with tenant_scope(ashby.tenant):
        invitations.cancel(invitation=ashby.invitations()[0])
        assert Order.objects.get().natural_key is None
    assert ashby.send_due() == [("invitation.canceled", "delivered", 1)]
    [(_, _, _, told)] = ashby.taken()
    assert told["cancelled_reason"] == value("cancelled", "Cancelled", "string", "Canceled")
    assert "assessment_status" not in told
    assert start(ashby) != id_


def test_canceling_what_is_done_changes_nothing(ashby: Ats) -> None:
    id_ = start(ashby)
    ashby.hold(id_)
    assert ashby.call("POST", "assessment.cancel", {"assessment_id": id_})[0] == 200
    assert [invitation.status for invitation in ashby.invitations()] == ["completed"]


NO = b'{"success": false, "errors": ["missing_endpoint_permission"]}'


@pytest.mark.parametrize(
    ("body", "headers", "note"),
    [
        (NO, {}, NO.decode()),
        (gzip.compress(NO), {"Content_Encoding": "gzip"}, NO.decode()),
        (b"down\0 for maintenance", {}, "down for maintenance"),
        (b'{"success": "false"}', {}, '{"success": "false"}'),
        (b"", {}, ""),
    ],
)
def test_a_200_that_does_not_say_yes_is_tried_again(
    ashby: Ats, body: bytes, headers: dict[str, str], note: str
) -> None:
    ashby.hold(start(ashby))
    ashby.receiver.answer(200, body, **headers)
    assert ashby.send_due() == [("result.ready", "pending", 1)]
    assert ashby.calls()[-1] == ("out", "assessment.update", 200, note)


def test_errors_are_sentences_that_ashby_shows(ashby: Ats) -> None:
    gone = "There is no such interview any more. Choose another one."
    lost = "No interview was ordered under this id."
    assert ashby.call("POST", "assessment.start", order(ashby, assessment_type_id="nonsense")) == (
        422,
        {"success": False, "message": gone, "errors": [gone]},
    )
    assert ashby.call("POST", "assessment.cancel", {"assessment_id": "inv_1"}) == (
        422,
        {"success": False, "message": lost, "errors": [lost]},
    )


def test_without_a_key_of_theirs_it_fails_visibly(acme: Tenant, make_ats: Callable[..., Ats]) -> None:
    ashby = make_ats(acme, "ashby", credential="")
    ashby.hold(start(ashby))
    assert ashby.send_due() == [("result.ready", "failed", 0)]
    assert ashby.taken() == []
