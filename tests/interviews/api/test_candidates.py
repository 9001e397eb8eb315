"""Candidates over the API: kept up to date, shown everything, and forgotten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from interviews import tasks
from interviews.api.ids import read_id, write_id
from interviews.domain import emails, erasure, invitations
from interviews.enums import InvitationStatus
from interviews.models import (
    Candidate,
    CompetencyScore,
    DataErasure,
    Event,
    IdempotentRequest,
    Invitation,
    InvitationLink,
    OutgoingEmail,
    ResultComment,
    Review,
    ScoreSet,
    SelfIdentification,
    Session,
    TranscriptTurn,
)
from tenants.domain.tokens import find_tenant_by_token
from tenants.enums import TokenKind
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.api.rows import make_rows
from tests.interviews.factories import CandidateFactory, launch_session, make_invitation, make_session, open_relay, say

pytestmark = pytest.mark.django_db

ANA = {"name": "Ana Wu", "email": "Ana@Example.org", "time_zone": "Europe/Berlin"}


def test_a_candidate_is_added_and_changed(api: ApiClient) -> None:
    status, made = api.post("candidates", ANA)
    assert (status, made["email"], made["time_zone"]) == (201, "ana@example.org", "Europe/Berlin")
    status, changed = api.send("PATCH", f"candidates/{made['id']}", {"locale": "fr"})
    assert (status, changed) == (200, made | {"locale": "fr"})
    assert api.get(f"candidates/{made['id']}")[1] == changed
    assert [row["id"] for row in api.get("candidates?email=ANA@example.org")[1]["data"]] == [made["id"]]


def test_an_address_is_one_candidates(api: ApiClient) -> None:
    _, made = api.post("candidates", ANA)
    assert api.post("candidates", ANA)[0] == 409
    _, other = api.post("candidates", ANA | {"email": "other@example.org"})
    status, body = api.send("PATCH", f"candidates/{other['id']}", {"email": "ana@example.org"})
    assert (status, body["code"]) == (409, "candidate_exists")
    assert api.get(f"candidates/{other['id']}")[1] == other
    assert made["id"] != other["id"]


def test_a_time_zone_that_is_none_is_named(api: ApiClient) -> None:
    status, body = api.post("candidates", ANA | {"time_zone": "Mars/Olympus"})
    assert (status, [error["pointer"] for error in body["errors"]]) == (400, ["/time_zone"])


def converse(tenant: Tenant) -> Invitation:
    """An interview in which the candidate has said something."""
    with tenant_scope(tenant):
        invitation = make_invitation()
        session = make_session(invitation=invitation)
        job = launch_session(session)
    say(open_relay(job), "I was born in Oslo.")
    with tenant_scope(tenant):
        invitation.refresh_from_db()
    return invitation


def test_all_that_is_kept_is_shown(acme: Tenant, api: ApiClient) -> None:
    invitation = converse(acme)
    status, data = api.get(f"candidates/{write_id('candidate', invitation.candidate_id)}/data")
    assert status == 200
    assert (data["candidate"]["name"].startswith("Kim Candidate"), len(data["invitations"])) == (True, 1)
    assert "I was born in Oslo." in [turn["text"] for turn in data["transcript"]]


def test_all_that_is_kept_has_its_id_and_what_it_belongs_to(acme: Tenant, api: ApiClient) -> None:
    rows = make_rows(acme)
    invitation, session, result = (write_id(kind, rows[kind].pk) for kind in ("invitation", "session", "result"))
    path = f"candidates/{write_id('candidate', rows['candidate'].pk)}/data"
    with tenant_scope(acme):
        Invitation.objects.update(consented_at=timezone.now(), consent_text="I agree.", consent_locale="en")
        Review.objects.create(result=rows["result"], reviewer_name="Ines", decision="advance")
        ResultComment.objects.create(result=rows["result"], author_name="Ines", text="Clear.")
        SelfIdentification.objects.create(invitation=rows["invitation"], sex="female")
        scoring = ScoreSet.objects.create(result=rows["result"], number=1, due_at=timezone.now())
        CompetencyScore.objects.create(score_set=scoring, position=1, competency="Cooking", level=4)
        emails.queue_invitation_email(invitation=rows["invitation"])
        erasure.request_erasure(candidate=rows["candidate"], requested_by="them")
    status, data = api.get(path)
    assert (status, [kind for kind, kept in data.items() if not kept]) == (200, ["list_entries"])
    belongs = {
        name: {kept.get(name) for kind in data if isinstance(data[kind], list) for kept in data[kind]} - {None}
        for name in ("invitation", "session", "result")
    }
    assert belongs == {"invitation": {invitation}, "session": {session}, "result": {result}}
    assert [row["id"] for row in data["invitations"] + data["sessions"] + data["results"]] == [
        invitation,
        session,
        result,
    ]
    assert [(consent["kind"], consent["text"]) for consent in data["consents"]] == [("interview", "I agree.")]
    assert data["recordings"][0]["url"].endswith(f"/api/v1/invitations/{invitation}/recording?session={session}")
    with tenant_scope(acme):
        entry = AuditEntry.objects.get(verb="exported the data of")
    assert (entry.actor, entry.object_id) == ("API key ATS", str(rows["candidate"].pk))


def test_no_kind_of_row_that_goes_with_the_candidate_is_missing_in_the_export() -> None:
    """Whatever leads to an invitation, a session or a result is shown, or says here why not."""
    not_shown = {
        "AtsCallback": "that another system has to be told, and how often that was tried",
        "BatchRow": "found by its address, in list_entries",
        "EmailEvent": "within emails",
        "InvitationLink": "a hash",
        "Order": "within invitations",
        "RecordingChunk": "pieces of a recording that is not put together yet",
        "ReviewScore": "within reviews",
        "ScoreSet": "within scores",
        "SessionCommand": "what staff told the bot",
        "SessionFigures": "numbers of what the services used",
        "Simulation": "of rehearsals, in which nobody is a candidate",
    }
    shown = {
        *("Answer", "CompetencyScore", "DataErasure", "Event", "Invitation", "OutgoingEmail", "Recording", "Result"),
        *("ResultComment", "ResultLink", "Review", "SelfIdentification", "Session", "TranscriptTurn", "WebhookEvent"),
    }
    found: set[Any] = set()
    new: set[Any] = {Candidate}
    while new:
        found |= new
        fields = [field for model in new for field in model._meta.get_fields(include_hidden=True)]
        new = {field.related_model for field in fields if field.auto_created and not field.concrete} - found
    assert {model.__name__ for model in found} - {"Candidate", "WebhookDelivery", "WebhookAttempt", "AtsCall"} == (
        shown | set(not_shown)
    )


def test_a_candidate_is_forgotten(acme: Tenant, api: ApiClient) -> None:
    invitation = converse(acme)
    with tenant_scope(acme):
        link = invitations.mint_link(invitation=invitation)
    path = f"candidates/{write_id('candidate', invitation.candidate_id)}"
    status, job = api.send("DELETE", f"{path}/data")
    assert (status, job["status"], api.last.headers["Location"]) == (202, "requested", f"/api/v1/erasures/{job['id']}")
    assert api.send("DELETE", f"{path}/data")[1]["id"] == job["id"]
    with tenant_scope(acme):
        assert erasure.erase(erasure_id=read_id("erasure", job["id"]))
        assert not erasure.erase(erasure_id=read_id("erasure", job["id"]))
    done = api.get(f"erasures/{job['id']}")[1]
    assert (done["status"], done["completed_at"] is not None) == ("completed", True)
    assert done["erased"]["session"] >= 1
    _, candidate = api.get(path)
    assert (candidate["name"], candidate["email"].endswith("@invalid")) == ("Erased", True)
    with tenant_scope(acme):
        kept = [m for m in (Session, TranscriptTurn, Event, OutgoingEmail, InvitationLink) if m.objects.exists()]
        assert kept == []
        assert Invitation.objects.get().status == InvitationStatus.CANCELED
    assert find_tenant_by_token(kind=TokenKind.INVITATION, token=link.split("/i/")[1].strip("/")) is None


def test_answers_kept_for_requests_sent_again_forget_them_too(acme: Tenant, api: ApiClient) -> None:
    for number in (1, 2):
        who = {"name": f"Ana {number}", "email": f"ana{number}@example.org"}
        status, made = api.post("candidates", who, Idempotency_Key=f"k-{number}")
        assert status == 201
    with tenant_scope(acme):
        invitation = make_invitation(candidate=Candidate.objects.get(email="ana2@example.org"))
    api.post(f"invitations/{write_id('invitation', invitation.pk)}/cancel", {}, Idempotency_Key="k-3")
    api.send("DELETE", f"candidates/{made['id']}/data")
    with tenant_scope(acme):
        erasure.erase(erasure_id=DataErasure.objects.get().pk)
        assert list(IdempotentRequest.objects.values_list("body__email", flat=True)) == ["ana1@example.org"]


def test_they_are_kept_for_a_day(acme: Tenant, globex: Tenant, make_api: Callable[..., ApiClient]) -> None:
    for tenant in (acme, globex):
        client = make_api(tenant)
        for number in (1, 2):
            client.post("candidates", {"name": "Ana", "email": f"{number}@example.org"}, Idempotency_Key=f"k-{number}")
        with tenant_scope(tenant):
            old = IdempotentRequest.objects.filter(key="k-1")
            old.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    tasks.forget_old_requests()
    for tenant in (acme, globex):
        with tenant_scope(tenant):
            assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["k-2"]


def test_another_companys_candidate_is_not_there(
    acme: Tenant, globex: Tenant, make_api: Callable[..., ApiClient]
) -> None:
    with tenant_scope(acme):
        candidate = CandidateFactory.create()
    foreign, path = make_api(globex), f"candidates/{write_id('candidate', candidate.pk)}"
    answers = [
        foreign.get(path)[0],
        foreign.send("PATCH", path, {"name": "Mallory"})[0],
        foreign.get(f"{path}/data")[0],
        foreign.send("DELETE", f"{path}/data")[0],
    ]
    assert answers == [404, 404, 404, 404]
    with tenant_scope(acme):
        assert Candidate.objects.get().name == candidate.name
