"""A genuine link of one company, posted with rows of another one: it opens its own invitation and nothing else."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from interviews.enums import InvitationStatus, SessionStatus
from interviews.models import Candidate, Invitation, Session
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.candidate.conftest import make_link
from tests.interviews.factories import make_session

pytestmark = pytest.mark.django_db(transaction=True)

#: What a link's routes take by POST, the one that closes the invitation last; and what they answer.
POSTS: dict[str, tuple[dict[str, Any], int]] = {
    "start": ({"consent": True, "consent_version": "1", "locale": "en", "mode": "text"}, 202),
    "leave": ({}, 200),
    "plan": ({"at": "2000-01-01T10:00", "time_zone": "UTC"}, 400),
    "ask": ({"wish": "person", "text": "Somebody, please"}, 302),
    "about-you": ({}, 302),
    "decline": ({"reason": "Not for me"}, 302),
}
JSON = ("start", "leave")


def rows_of(tenant: Tenant) -> list[list[Any]]:
    models: tuple[Any, ...] = (Candidate, Invitation, Session)
    with tenant_scope(tenant):
        return [list(model.objects.order_by("pk").values()) for model in models]


def post_all(client: Client, token: str, **foreign: str) -> dict[str, int]:
    answers = {}
    for name, (body, _answer) in POSTS.items():
        options: Any = {"content_type": "application/json"} if name in JSON else {}
        answers[name] = client.post(f"/i/{token}/{name}", body | foreign, **options).status_code
    return answers


def test_a_link_reaches_no_row_of_another_company(acme: Tenant, globex: Tenant) -> None:
    theirs, ours = make_link(acme), make_link(globex)
    with tenant_scope(acme):
        session = make_session(invitation=theirs.invitation)
        Session.objects.update(status=SessionStatus.WAITING, transport="webrtc", runner_url="http://127.0.0.1:1")
    before = rows_of(acme)
    foreign = {"invitation": str(theirs.invitation.pk), "session": str(session.pk), "session_id": str(session.pk)}
    for method in (ours.client.post, ours.client.patch):
        found, made_up = (
            method(f"/i/{ours.token}/sessions/{pk}/offer", {"sdp": "v=0", "type": "offer"}, "application/json")
            for pk in (session.pk, uuid4())
        )
        assert (found.status_code, found.content) == (404, made_up.content)
    assert post_all(ours.client, ours.token, **foreign) == {name: answer for name, (_body, answer) in POSTS.items()}
    assert rows_of(acme) == before
    assert ours.refresh().status == InvitationStatus.DECLINED


def test_a_link_is_the_candidates_whoever_is_logged_in(
    acme: Tenant, globex: Tenant, outsider: User, log_in: Callable[[User], Client]
) -> None:
    theirs, ours = make_link(acme), make_link(globex)
    before = rows_of(globex)
    assert post_all(log_in(outsider), theirs.token, invitation=str(ours.invitation.pk))["decline"] == 302
    assert rows_of(globex) == before
    assert theirs.refresh().status == InvitationStatus.DECLINED
