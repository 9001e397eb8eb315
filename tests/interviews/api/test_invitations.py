"""Invitations over the API: made once, listed in pages, taken back; and never another company's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interviews.api.ids import write_id
from interviews.enums import InvitationStatus
from interviews.models import Candidate, Invitation, InvitationLink, Order, OutgoingEmail
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.factories import InterviewFactory, make_invitation, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def interview(acme: Tenant) -> str:
    with tenant_scope(acme):
        return write_id("interview", InterviewFactory.create(title="Engineer").pk)


def body_for(interview: str, **more: Any) -> dict[str, Any]:
    return {"interview": interview, "candidate": {"name": "Ana Wu", "email": "Ana@Example.org"}} | more


def test_an_invitation_is_made_and_read(acme: Tenant, api: ApiClient, interview: str) -> None:
    order = {"system": "hr", "application_id": "a-1", "job_id": "j-1", "order_id": "o-1"}
    status, made = api.post("invitations", body_for(interview, external=order, extra_time=1.5, locale="de"))
    assert (status, api.last.headers["Location"]) == (201, f"/api/v1/invitations/{made['id']}")
    assert made["candidate_url"].startswith("http")
    status, read = api.get(f"invitations/{made['id']}")
    assert (status, read) == (200, made | {"candidate_url": None})
    assert (read["status"], read["external"], read["extra_time"], read["locale"]) == ("created", order, 1.5, "de")
    with tenant_scope(acme):
        invitation = Invitation.objects.select_related("candidate").get()
        assert (invitation.candidate.email, invitation.candidate.locale) == ("ana@example.org", "de")
        assert OutgoingEmail.objects.count() == 1
    _, expanded = api.get(f"invitations/{made['id']}?expand=candidate,interview")
    assert (expanded["candidate"]["name"], expanded["interview"]["title"]) == ("Ana Wu", "Engineer")


def test_the_link_leads_to_the_candidates_page(api: ApiClient, interview: str, client: Any) -> None:
    _, made = api.post("invitations", body_for(interview, notify=False))
    page = client.get("/i/" + made["candidate_url"].split("/i/")[1])
    assert (page.status_code, "Ana Wu" in page.content.decode()) == (200, True)


def test_without_notify_there_is_no_mail(acme: Tenant, api: ApiClient, interview: str) -> None:
    api.post("invitations", body_for(interview, notify=False))
    with tenant_scope(acme):
        assert OutgoingEmail.objects.count() == 0


WRONG: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "unknown field": ({"extra_tme": 2}, ("/extra_tme", "unknown_field")),
    "nested unknown field": (
        {"candidate": {"name": "A", "email": "a@b.co", "age": 1}},
        ("/candidate/age", "unknown_field"),
    ),
    "no address": ({"candidate": {"name": "A", "email": "nobody"}}, ("/candidate/email", "invalid")),
    "no name": ({"candidate": {"email": "a@b.co"}}, ("/candidate/name", "required")),
    "past": ({"expires_at": "2020-01-01T00:00:00Z"}, ("/expires_at", "past")),
    "too late": ({"expires_at": "2101-01-01T00:00:00Z"}, ("/expires_at", "too_late")),
    "no time": ({"expires_at": "soon"}, ("/expires_at", "invalid")),
    "other id": ({"interview": "inv_" + 32 * "0"}, ("/interview", "invalid")),
    "language": ({"locale": "tlh"}, ("/locale", "invalid_choice")),
    "less time": ({"extra_time": 0.5}, ("/extra_time", "min_value")),
    "too much time": ({"extra_time": 4.1}, ("/extra_time", "max_value")),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(acme: Tenant, api: ApiClient, interview: str, name: str) -> None:
    change, expected = WRONG[name]
    status, body = api.post("invitations", body_for(interview) | change)
    assert (status, body["code"]) == (400, "invalid")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [expected]
    with tenant_scope(acme):
        assert Invitation.objects.count() == 0


def test_an_id_that_names_nothing_is_said_wherever_it_stands(acme: Tenant, api: ApiClient, interview: str) -> None:
    """404 as an address and in a body, an empty list as a filter; 400 for what is no id of the kind."""
    nobody, wrong = "int_" + 32 * "0", "inv_" + 32 * "0"
    status, body = api.post("invitations", body_for(nobody))
    assert (status, [error["pointer"] for error in body["errors"]]) == (404, ["/interview"])
    again = {"endpoint": "we_" + 32 * "0", "created_after": "2020-01-01T00:00:00Z"}
    status, body = api.post("webhook-deliveries/redeliver", again)
    assert (status, [error["pointer"] for error in body["errors"]]) == (404, ["/endpoint"])
    for path in ("interviews", "candidates", "invitations", "sessions"):
        assert [api.get(f"{path}/{id_}")[0] for id_ in (nobody, wrong, "nonsense")] == [404, 404, 404]
    for path in ("invitations", "sessions"):
        assert api.get(f"{path}?interview={nobody}")[1]["data"] == []
        for filtered in ("interview", "candidate"):
            status, body = api.get(f"{path}?{filtered}={wrong}")
            assert (status, [error["pointer"] for error in body["errors"]]) == (400, [f"/{filtered}"])


def test_a_candidates_id_finds_what_is_theirs(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        theirs, other = make_session(), make_session()
    candidate = write_id("candidate", theirs.invitation.candidate_id)
    assert api.get(f"candidates/{candidate}")[1]["id"] == candidate
    (found,) = api.get(f"invitations?candidate={candidate}&expand=candidate")[1]["data"]
    assert (found["id"], found["candidate"]["id"]) == (write_id("invitation", theirs.invitation_id), candidate)
    (found,) = api.get(f"sessions?candidate={candidate}")[1]["data"]
    assert found["id"] == write_id("session", theirs.pk)
    interview = write_id("interview", other.invitation.interview_id)
    assert [row["id"] for row in api.get(f"sessions?interview={interview}")[1]["data"]] == [
        write_id("session", other.pk)
    ]


def test_not_json_and_too_much_are_refused(api: ApiClient, interview: str) -> None:
    assert api.post("invitations", body_for(interview) | {"candidate": {"name": "x" * 1_000_001}})[0] == 413
    assert api.post("invitations", [1])[0] == 400
    assert api.post("invitations", body_for(interview, candidate={"name": "a\0", "email": "a@b.co"}))[0] == 400


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k-1"}])
def test_what_no_text_can_hold_is_refused(api: ApiClient, interview: str, headers: dict[str, str]) -> None:
    for name in ("half \ud83d", "\udc00"):
        status, body = api.post("invitations", body_for(interview, candidate={"name": name}), **headers)
        assert (status, body["code"]) == (400, "parse_error")
        assert api.post("invitations", {name: 1}, **headers)[0] == 400
    assert api.post("invitations", b"[" * 100_000, **headers)[1]["code"] == "parse_error"
    whole = body_for(interview, candidate={"name": "whole \U0001f600", "email": "a@example.org"})
    assert api.post("invitations", whole, **headers)[0] == 201


def test_somebody_is_invited_again_only_on_wish(acme: Tenant, api: ApiClient, interview: str) -> None:
    _, made = api.post("invitations", body_for(interview))
    spelled = {"name": "A. Wu", "email": "ANA@example.ORG"}
    status, refused = api.post("invitations", body_for(interview, candidate=spelled))
    assert (status, refused["code"], api.last.headers["Location"]) == (
        409,
        "already_invited",
        f"/api/v1/invitations/{made['id']}",
    )
    with tenant_scope(acme):
        another = write_id("interview", InterviewFactory.create().pk)
    assert api.post("invitations", body_for(another))[0] == 201
    assert api.post("invitations", body_for(interview, external={"system": "hr", "order_id": "o-7"}))[0] == 201
    assert api.post("invitations", body_for(interview, candidate=spelled, again=True))[0] == 201
    with tenant_scope(acme):
        Invitation.objects.update(status=InvitationStatus.CANCELED)
    assert api.post("invitations", body_for(interview))[0] == 201
    with tenant_scope(acme):
        assert list(Candidate.objects.values_list("name", "email")) == [("Ana Wu", "ana@example.org")]


def test_a_retried_request_makes_one_invitation(acme: Tenant, api: ApiClient, interview: str) -> None:
    first = api.post("invitations", body_for(interview), Idempotency_Key="k-1")
    again = api.post("invitations", body_for(interview), Idempotency_Key="k-1")
    assert again == (201, first[1] | {"candidate_url": None})
    assert api.last.headers["Idempotent-Replayed"] == "true"
    status, body = api.post("invitations", body_for(interview, extra_time=2), Idempotency_Key="k-1")
    assert (status, body["code"]) == (422, "idempotency_key_reused")
    with tenant_scope(acme):
        assert Invitation.objects.count() == 1


def test_a_refused_request_may_be_mended_under_its_key(api: ApiClient, interview: str) -> None:
    assert api.post("invitations", body_for(interview, locale="tlh"), Idempotency_Key="k-1")[0] == 400
    assert api.post("invitations", body_for(interview), Idempotency_Key="k-1")[0] == 201


def test_the_same_order_makes_one_invitation(acme: Tenant, api: ApiClient, interview: str) -> None:
    order = {"system": "hr", "order_id": "o-1"}
    _, made = api.post("invitations", body_for(interview, external=order))
    status, body = api.post("invitations", body_for(interview, external=order))
    assert (status, body["code"]) == (409, "duplicate_order")
    assert api.last.headers["Location"] == f"/api/v1/invitations/{made['id']}"
    with tenant_scope(acme):
        assert Order.objects.count() == 1


def test_an_interview_without_questions_cannot_be_ordered(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        empty = write_id("interview", InterviewFactory.create(questions=0).pk)
    status, body = api.post("invitations", body_for(empty))
    assert (status, body["code"]) == (409, "interview_not_ready")


def test_a_companys_limit_is_said(acme: Tenant, api: ApiClient, interview: str) -> None:
    Tenant.objects.update(max_hourly_invitations=0)
    status, body = api.post("invitations", body_for(interview))
    assert (status, body["code"]) == (429, "limit_reached")
    assert "may invite 0 people an hour" in str(body)
    assert "Retry-After" not in api.last.headers  # It will never do.
    Tenant.objects.update(max_hourly_invitations=1)
    assert api.post("invitations", body_for(interview))[0] == 201
    assert api.post("invitations", body_for(interview, again=True))[1]["code"] == "limit_reached"
    assert 3000 < int(api.last.headers["Retry-After"]) <= 3600


def test_what_a_key_does_is_in_the_audit_log_once(acme: Tenant, api: ApiClient, interview: str) -> None:
    for _ in range(2):
        assert api.post("invitations", body_for(interview), Idempotency_Key="k-1")[0] == 201
    assert api.post("invitations", {})[0] == 400
    with tenant_scope(acme):
        (entry,) = AuditEntry.objects.filter(verb__startswith="called the API")
    assert (entry.actor, entry.ip, entry.details["path"]) == ("API key ATS", "127.0.0.1", "/api/v1/invitations")


def test_cancel_resend_and_extend(acme: Tenant, api: ApiClient, interview: str) -> None:
    _, made = api.post("invitations", body_for(interview))
    path = f"invitations/{made['id']}"
    assert api.post(f"{path}/resend")[0] == 200
    with tenant_scope(acme):
        assert OutgoingEmail.objects.filter(kind="invitation").count() == 2
    later = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    status, body = api.post(f"{path}/extend", {"expires_at": later.isoformat()})
    assert (status, body["expires_at"]) == (200, later.isoformat().replace("+00:00", "Z"))
    status, body = api.post(f"{path}/extend", {"expires_at": "2101-01-01T00:00:00Z"})
    assert (status, body["errors"]) == (
        400,
        [{"pointer": "/expires_at", "code": "too_late", "detail": "Choose a time before the year 2101."}],
    )
    assert api.post(f"{path}/cancel")[1]["status"] == "canceled"
    status, body = api.post(f"{path}/cancel")
    assert (status, body["code"]) == (409, "not_possible_now")
    assert api.post(f"{path}/resend")[0] == 409


def test_a_new_link_is_answered_once_and_opens_the_page(
    acme: Tenant, api: ApiClient, interview: str, client: Any
) -> None:
    _, made = api.post("invitations", body_for(interview, notify=False))
    path = f"invitations/{made['id']}"
    status, answer = api.post(f"{path}/new-link", {}, Idempotency_Key="k-1")
    assert (status, answer | {"candidate_url": None}) == (200, api.get(path)[1])
    assert answer["candidate_url"] != made["candidate_url"]
    for url in (answer["candidate_url"], made["candidate_url"]):
        assert client.get("/i/" + url.split("/i/")[1]).status_code == 200
    assert api.post(f"{path}/new-link", {}, Idempotency_Key="k-1") == (200, answer | {"candidate_url": None})
    with tenant_scope(acme):
        assert (InvitationLink.objects.count(), OutgoingEmail.objects.count()) == (2, 0)
    api.post(f"{path}/cancel")
    assert api.post(f"{path}/new-link")[1]["code"] == "not_possible_now"


def test_pages_hold_every_row_once(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        made = {write_id("invitation", make_invitation().pk) for _ in range(5)}
        # As a bulk insert makes them: all at the same moment.
        Invitation.objects.update(created_at=timezone.now())
    seen, cursor = [], ""
    while True:
        _, page = api.get(f"invitations?limit=2&cursor={cursor}")
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert (len(seen), set(seen), page["next_cursor"]) == (5, made, None)


def test_filters(acme: Tenant, api: ApiClient, interview: str) -> None:
    _, ordered = api.post("invitations", body_for(interview, external={"system": "hr", "application_id": "a-1"}))
    with tenant_scope(acme):
        other = make_invitation(status=InvitationStatus.COMPLETED)
    other_id = write_id("invitation", other.pk)

    def found(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"invitations?{query}")[1]["data"]]

    assert found("status=completed") == [other_id]
    assert found(f"interview={interview}") == [ordered["id"]]
    assert found("external_system=hr&external_application_id=a-1") == [ordered["id"]]
    assert found("external_system=other") == []
    assert found("created_after=2100-01-01T00:00:00Z") == []
    status, refused = api.get("invitations?status=completed&status=failed&limit=1")
    assert (status, [(error["pointer"], error["code"]) for error in refused["errors"]]) == (
        400,
        [("/status", "repeated")],
    )
    for wrong in ("state=completed", "status=finished", "limit=0", "cursor=nonsense", "expand=result"):
        assert api.get(f"invitations?{wrong}")[0] == 400


def test_the_list_costs_the_same_for_three_rows(acme: Tenant, api: ApiClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert api.get("invitations?expand=candidate,interview")[0] == 200
        return len(captured)

    with tenant_scope(acme):
        make_invitation()
    api.get("invitations")
    at_one = queries()
    with tenant_scope(acme):
        make_invitation(), make_invitation()
    assert queries() == at_one


def test_another_companys_invitation_is_not_there(
    acme: Tenant, globex: Tenant, make_api: Callable[..., ApiClient], interview: str
) -> None:
    foreign = make_api(globex)
    with tenant_scope(acme):
        invitation = make_invitation()
    path = f"invitations/{write_id('invitation', invitation.pk)}"
    assert foreign.get("invitations")[1] == {"data": [], "next_cursor": None, "has_more": False}
    for below in ("", "/result", "/transcript", "/recording"):
        assert foreign.get(path + below)[0] == 404
    assert [foreign.post(f"{path}/{act}")[0] for act in ("cancel", "resend")] == [404, 404]
    assert foreign.post("invitations", body_for(interview))[0] == 404
    with tenant_scope(acme):
        invitation.refresh_from_db()
    assert invitation.status == InvitationStatus.CREATED
