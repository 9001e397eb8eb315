"""The typed client that is generated from the schema speaks with the API."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler

from interviews.api.ids import write_id
from scripts.api_client import NAME, generate
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.factories import InterviewFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_one_transaction")]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("client")
    generate(directory)
    sys.path.insert(0, str(directory))
    yield NAME
    sys.path.remove(str(directory))


@pytest.fixture
def client(package: str, api: ApiClient) -> Any:
    client = import_module(f"{package}.client").AuthenticatedClient(base_url="http://testserver", token=api.key)
    transport = httpx.WSGITransport(app=WSGIHandler())
    headers = {"Authorization": f"Bearer {api.key}"}
    return client.set_httpx_client(httpx.Client(transport=transport, base_url="http://testserver", headers=headers))


def test_a_candidate_is_invited_read_and_refused(acme: Tenant, package: str, client: Any) -> None:
    with tenant_scope(acme):
        interview = write_id("interview", InterviewFactory.create().pk)
    models = import_module(f"{package}.models")
    invite, read, cancel = (
        import_module(f"{package}.api.invitations.{name}")
        for name in ("invite_a_candidate", "read_an_invitation", "withdraw_an_invitation")
    )
    who = models.CandidateOfInvitationRequest(name="Ana Wu", email="ana@example.org")
    body = models.InvitationBodyRequest(interview=interview, candidate=who)

    made = invite.sync(client=client, body=body, idempotency_key="order-1")
    assert (made.status, isinstance(made.created_at, datetime), made.interview) == ("created", True, interview)
    assert invite.sync(client=client, body=body, idempotency_key="order-1").id == made.id
    found = read.sync(id=made.id, client=client, expand="candidate")
    assert (found.id, found.candidate.name, found.candidate_url) == (made.id, "Ana Wu", None)

    assert cancel.sync(id=made.id, client=client).status == "canceled"
    problem = cancel.sync(id=made.id, client=client)
    assert (type(problem), problem.status, problem.code) == (models.Problem, 409, "not_possible_now")
