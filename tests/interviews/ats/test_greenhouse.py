"""Greenhouse's documented exchange, end to end: list, send, retry, PATCH, status, trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from interviews.domain import invitations
from interviews.domain.orders import Order
from interviews.models import OutgoingEmail
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.ats.conftest import Ats

pytestmark = pytest.mark.django_db


@pytest.fixture
def greenhouse(acme: Tenant, make_ats: Callable[..., Ats]) -> Ats:
    return make_ats(acme, "greenhouse", credential="", account="")


def order(ats: Ats, **changes: Any) -> dict[str, Any]:
    """Source: the example of send_test in Greenhouse's documentation."""
    return {
        "partner_test_id": ats.offer,
        "candidate": {
            "first_name": "Harry",
            "last_name": "Potter",
            "preferred_name": None,
            "resume_url": "https://hogwarts.com/resume",
            "phone_number": None,
            "email": "hpotter@hogwarts.example",
            "greenhouse_profile_url": "https://app.greenhouse.io/people/17681532?application_id=26234709",
        },
        "sent_by": "recruiter@acme.example",
        "url": f"{ats.receiver.url}/take_home_tests/12345",
    } | changes


def test_the_whole_exchange(greenhouse: Ats) -> None:
    assert greenhouse.call("GET", "list_tests") == (
        200,
        [{"partner_test_id": greenhouse.offer, "partner_test_name": "Engineer"}],
    )
    status, sent = greenhouse.call("POST", "send_test", order(greenhouse))
    id_ = sent["partner_interview_id"]
    [invitation] = greenhouse.invitations()
    assert (status, sent) == (200, {"partner_interview_id": f"inv_{invitation.pk.hex}"})
    assert (invitation.candidate.name, invitation.candidate.email) == ("Harry Potter", "hpotter@hogwarts.example")
    with tenant_scope(greenhouse.tenant):
        assert list(OutgoingEmail.objects.values_list("kind", "recipient")) == [
            ("invitation", "hpotter@hogwarts.example")
        ]

    asked = f"test_status?partner_interview_id={id_}"
    assert greenhouse.call("GET", asked)[1] == {
        "partner_status": "Created",
        "partner_profile_url": f"http://localhost:8000/admin/interviews/invitation/{invitation.pk}/change/",
        "partner_score": None,
        "metadata": {},
    }

    greenhouse.hold(id_, 3, 4)
    assert greenhouse.send_due() == [("result.ready", "delivered", 1)]
    assert greenhouse.taken() == [("PATCH", "/hook/take_home_tests/12345", greenhouse.authorization, None)]

    status, told = greenhouse.call("GET", asked)
    times = {told["metadata"].pop("Started at")[-3:], told["metadata"].pop("Completed at")[-3:]}
    assert (status, told, times) == (
        200,
        {
            "partner_status": "complete",
            "partner_profile_url": greenhouse.result_url(id_),
            "partner_score": 62,
            "metadata": {"Skill 1 (1 to 5)": 3, "Skill 2 (1 to 5)": 4},
        },
        {"UTC"},
    )
    assert greenhouse.calls() == [
        ("in", "list_tests", 200, ""),
        ("in", "send_test", 200, f"{id_}: invited"),
        ("in", "test_status", 200, "Created"),
        ("out", "PATCH completed test", 200, ""),
        ("in", "test_status", 200, "complete"),
    ]


def test_a_test_that_is_sent_again_is_the_same_invitation(greenhouse: Ats) -> None:
    first = greenhouse.call("POST", "send_test", order(greenhouse))
    assert greenhouse.call("POST", "send_test", order(greenhouse)) == first
    with tenant_scope(greenhouse.tenant):
        greenhouse.interview.status = "archived"
        greenhouse.interview.save()
    assert greenhouse.call("POST", "send_test", order(greenhouse)) == first
    assert len(greenhouse.invitations()) == 1


def test_the_same_candidate_under_another_url_is_another_test(greenhouse: Ats) -> None:
    first = greenhouse.call("POST", "send_test", order(greenhouse))
    other = greenhouse.call("POST", "send_test", order(greenhouse, url=f"{greenhouse.receiver.url}/other"))
    assert first != other
    assert len(greenhouse.invitations()) == 2


def test_an_address_too_long_for_the_key_is_still_one_order(greenhouse: Ats) -> None:
    long = order(greenhouse, url=f"{greenhouse.receiver.url}/{900 * 'x'}")
    assert greenhouse.call("POST", "send_test", long) == greenhouse.call("POST", "send_test", long)
    with tenant_scope(greenhouse.tenant):
        kept = Order.objects.get()
    assert (kept.natural_key or "")[:7] == "sha256:"
    assert kept.callback["url"] == long["url"]


def test_a_withdrawn_invitation_is_told_and_never_complete(greenhouse: Ats) -> None:
    id_ = greenhouse.call("POST", "send_test", order(greenhouse))[1]["partner_interview_id"]
    with tenant_scope(greenhouse.tenant):
        invitations.cancel(invitation=greenhouse.invitations()[0])
    assert greenhouse.send_due() == [("invitation.canceled", "delivered", 1)]
    told = greenhouse.call("GET", f"test_status?partner_interview_id={id_}")[1]
    assert told["partner_status"] == "Canceled"


def test_what_greenhouse_could_not_use_is_logged_without_the_candidate(greenhouse: Ats) -> None:
    trouble = {
        "api_call": "test_status",
        "errors": ["partner_score is no number for hpotter@hogwarts.example"],
        "partner_test_id": None,
        "partner_test_name": None,
        "partner_interview_id": "inv_1",
        "candidate_email": "hpotter@hogwarts.example",
    }
    assert greenhouse.call("POST", "response_error", trouble) == (200, {})
    assert greenhouse.calls()[-1] == (
        "in",
        "response_error",
        200,
        "test_status inv_1: partner_score is no number for …",
    )


@pytest.mark.parametrize("id_", ["", "nonsense", "inv_" + 32 * "0", "12345"])
def test_an_unknown_test_is_a_404(greenhouse: Ats, id_: str) -> None:
    assert greenhouse.call("GET", f"test_status?partner_interview_id={id_}") == (
        404,
        {"errors": ["No interview was ordered under this id."]},
    )


def test_orders_that_cannot_be_taken_say_why(greenhouse: Ats) -> None:
    nobody = order(greenhouse) | {"candidate": {"first_name": "A", "email": "not an address"}}
    unknown = order(greenhouse, partner_test_id="12345")
    assert [greenhouse.call("POST", "send_test", body) for body in (nobody, unknown, {})] == [
        (422, {"errors": ["The candidate has no e-mail address to send the invitation to."]}),
        (404, {"errors": ["There is no such interview any more. Choose another one."]}),
        (400, {"errors": ["partner_test_id: Field required."]}),
    ]
    with tenant_scope(greenhouse.tenant):
        greenhouse.interview.status = "archived"
        greenhouse.interview.save()
    status, said = greenhouse.call("POST", "send_test", order(greenhouse))
    assert (status, said["errors"][0][:27]) == (422, "This interview is archived ")
    assert greenhouse.invitations() == []
