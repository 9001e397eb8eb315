"""Recruitee's exchange, end to end: tests, candidate, retry, report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from interviews.domain import invitations
from interviews.models import Result
from tenants.domain.keys import issue_api_key
from tenants.enums import Scope
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.ats.conftest import CREDENTIAL, Ats

pytestmark = pytest.mark.django_db

REPORT = "bb83dc83-91b2-46a5-8a21-824067f29c68"


@pytest.fixture
def recruitee(acme: Tenant, make_ats: Callable[..., Ats]) -> Ats:
    return make_ats(acme, "recruitee")


def order(ats: Ats, **changes: Any) -> dict[str, Any]:
    """Source: the example of "Sending candidates" in Recruitee's documentation."""
    return {
        "first_name": "Jon",
        "last_name": "Snow",
        "email": "jon@example.org",
        "candidate_id": 1,
        "company_id": 1,
        "report_id": REPORT,
        "test_id": ats.offer,
        "test_name": "Engineer",
    } | changes


def test_the_whole_exchange(recruitee: Ats) -> None:
    assert recruitee.call("GET", "tests") == (200, [{"name": "Engineer", "id": recruitee.offer}])
    first = recruitee.call("POST", "send_candidate", order(recruitee))
    assert recruitee.call("POST", "send_candidate", order(recruitee)) == first
    [invitation] = recruitee.invitations()
    assert first == (200, {"id": f"inv_{invitation.pk.hex}"})
    assert (invitation.order.application_id, invitation.order.order_id) == ("1", REPORT)

    recruitee.hold(first[1]["id"], 4, 5)
    assert recruitee.send_due() == [("result.ready", "delivered", 1)]
    with tenant_scope(recruitee.tenant):
        completed_at = Result.objects.get().invitation.completed_at
    assert completed_at is not None
    assert recruitee.taken() == [
        (
            "PATCH",
            f"/api/p/vivavoce/reports/{REPORT}",
            CREDENTIAL,
            {
                "status": "completed",
                "score": "88%",
                "completed_at": completed_at.isoformat().replace("+00:00", "Z"),
            },
        )
    ]


def test_a_withdrawn_invitation_is_canceled_there(recruitee: Ats) -> None:
    recruitee.call("POST", "send_candidate", order(recruitee))
    with tenant_scope(recruitee.tenant):
        invitations.cancel(invitation=recruitee.invitations()[0])
    recruitee.send_due()
    assert [body for *_, body in recruitee.taken()] == [{"status": "canceled"}]


def test_a_report_id_cannot_lead_elsewhere(recruitee: Ats) -> None:
    assert recruitee.call("POST", "send_candidate", order(recruitee, report_id="../c/1"))[0] == 400
    assert recruitee.invitations() == []


def test_what_the_company_orders_in_its_name_is_another_order(recruitee: Ats) -> None:
    with tenant_scope(recruitee.tenant):
        api = ApiClient(issue_api_key(name="Ours", scopes=[Scope.INVITATIONS_WRITE])[1])
    body = {
        "interview": recruitee.offer,
        "candidate": {"name": "Jon Snow", "email": "jon@example.org"},
        "external": {"system": "recruitee", "order_id": REPORT},
    }
    status, native = api.post("invitations", body)
    assert status == 201
    ordered = recruitee.call("POST", "send_candidate", order(recruitee))
    assert recruitee.call("POST", "send_candidate", order(recruitee)) == ordered
    assert api.post("invitations", body)[1]["code"] == "duplicate_order"
    assert {f"inv_{invitation.pk.hex}" for invitation in recruitee.invitations()} == {native["id"], ordered[1]["id"]}

    recruitee.hold(native["id"], 4, 5)
    assert recruitee.send_due() == []
    recruitee.hold(ordered[1]["id"], 4, 5)
    assert recruitee.send_due() == [("result.ready", "delivered", 1)]
