"""The live page's controls: who may press them, and what the server answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from botrunner.contract import InterviewStarted
from interviews.console.snapshot import read_snapshot
from interviews.domain import relay
from interviews.models import Session, SessionCommand
from tenants.enums import Role
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.conftest import make_member
from tests.interviews.factories import frame, launch_session, make_session, open_relay

pytestmark = pytest.mark.django_db


def begin(tenant: Tenant) -> Session:
    with tenant_scope(tenant):
        session = make_session()
        job = launch_session(session)
    relay.store_frames(lease=open_relay(job), frames=[frame(1, InterviewStarted(question_count=2, total_limit=1800))])
    return session


@pytest.fixture
def live(acme: Tenant) -> Session:
    return begin(acme)


def press(client: Client, session: Session, body: Any, **extra: Any) -> Any:
    return client.post(reverse("live:command", args=[session.pk]), body, content_type="application/json", **extra)


SAY = {"name": "say", "args": {"text": "<b>Hello</b>"}}


def given(tenant: Tenant) -> list[tuple[str, dict[str, Any], str]]:
    with tenant_scope(tenant):
        return list(SessionCommand.objects.values_list("name", "args", "given_by"))


def test_a_command_is_taken_and_shown_as_pending(acme: Tenant, live: Session, by_recruiter: Client) -> None:
    answer = press(by_recruiter, live, SAY)
    command = answer.json()["command"]
    assert (answer.status_code, command["status"], command["args"]) == (201, "pending", {"text": "<b>Hello</b>"})
    with tenant_scope(acme):
        assert read_snapshot(session=live)["commands"] == [command]
        entry = AuditEntry.objects.get(verb="had the interviewer say a sentence in")
        assert (entry.actor, entry.ip, entry.object_id) == (command["given_by"], "127.0.0.1", str(live.pk))


@pytest.mark.parametrize(
    ("role", "status", "count"),
    [(Role.OWNER, 201, 1), (Role.RECRUITER, 201, 1), (Role.REVIEWER, 403, 0), (Role.VIEWER, 403, 0)],
)
def test_who_may_steer(
    acme: Tenant, live: Session, log_in: Callable[[User], Client], role: Role, status: int, count: int
) -> None:
    client = log_in(make_member(acme, role))
    assert (press(client, live, SAY).status_code, len(given(acme))) == (status, count)
    if role is not Role.VIEWER:
        page = client.get(reverse("live:session", args=[live.pk])).content.decode()
        assert ('data-command="end"' in page) == bool(count)


def test_another_companys_interview_is_not_there(globex: Tenant, by_recruiter: Client) -> None:
    foreign = begin(globex)
    assert (press(by_recruiter, foreign, SAY).status_code, given(globex)) == (404, [])
    foreign.pk = uuid4()
    assert press(by_recruiter, foreign, SAY).status_code == 404


def test_a_page_of_elsewhere_cannot_press(acme: Tenant, live: Session, recruiter: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(recruiter, backend="tenants.auth.EmailBackend")
    assert (press(client, live, SAY).status_code, given(acme)) == (403, [])


@pytest.mark.parametrize(
    "body", ["", "no json", "[]", "3", '{"name": 5}', '{"args": {}}', '{"name": "say", "args": 1}']
)
def test_what_is_no_command_is_refused(acme: Tenant, live: Session, by_recruiter: Client, body: str) -> None:
    assert (press(by_recruiter, live, body).status_code, given(acme)) == (400, [])


def test_a_refusal_is_one_sentence(live: Session, by_recruiter: Client) -> None:
    answer = press(by_recruiter, live, {"name": "extend", "args": {"minutes": 600}})
    assert (answer.status_code, answer.json()) == (409, {"error": "Choose between 1 and 60 minutes."})
