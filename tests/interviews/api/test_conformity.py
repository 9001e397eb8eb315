"""The running server does what its schema says, whatever is sent to it: schemathesis asks, with all of its checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, settings
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.generation import GenerationMode

from interviews.api.ids import PREFIXES, write_id
from interviews.models import Session
from tenants.domain.keys import issue_api_key
from tenants.domain.tenants import create_tenant
from tenants.scope import tenant_scope
from tests.botrunner.conftest import serve
from tests.interviews.api.conftest import ALL
from tests.interviews.api.rows import make_rows
from tests.interviews.api.test_schema import CHECKED_IN
from tests.interviews.factories import make_invitation

pytestmark = pytest.mark.django_db

schema = schemathesis.openapi.from_path(CHECKED_IN)
# Which of these are accepted is said below, by operation, place and code.
accepts = schema.config.checks.positive_data_acceptance
accepts.expected_statuses = [*accepts.expected_statuses, "400", "422"]

Refused = dict[tuple[str, str], str]
#: Why a value that fits the schema is refused all the same, by its pointer and the error's code.
CURSOR: Refused = {("/cursor", "invalid"): "a cursor is one that a page has given"}
DEADLINE: Refused = {
    ("/expires_at", "past"): "a deadline lies ahead, which depends on the day",
    ("/expires_at", "too_late"): "it is in 2100 at the latest; a schema has no bounds for dates",
}
PERSON: Refused = {
    ("/time_zone", "invalid"): "a time zone exists; their list is the operating system's",
    ("/email", "invalid"): "an address by the stricter rules of mail",
}
ADDRESS: Refused = {("/url", "address_refused"): "an https address that leads outside"}
QUESTION: Refused = {
    ("/rubric", "invalid"): "the levels are 1 to 5, some of them or none",
    ("/translations", "invalid"): "each names a language, and the parts of a question",
    ("/tags", "invalid"): "a tag is there once, and is no white space",
}
BY_OPERATION: dict[str, Refused] = {
    **dict.fromkeys(
        (
            *("list_candidates", "list_deliveries", "list_interviews", "list_invitations", "list_question_banks"),
            *("list_sessions", "list_webhooks"),
        ),
        CURSOR,
    ),
    "move_the_deadline": DEADLINE,
    "invite_a_candidate": DEADLINE | {("/candidate/email", "invalid"): PERSON["/email", "invalid"]},
    "add_a_candidate": PERSON,
    "change_a_candidate": PERSON,
    "add_a_webhook": ADDRESS,
    "change_a_webhook": ADDRESS,
    "subscribe_a_hook": {("/target_url", "address_refused"): ADDRESS["/url", "address_refused"]},
    "add_a_question": QUESTION,
    "change_a_question": QUESTION,
    "add_a_question_bank": {
        (f"/questions/{index}{place}", code): reason
        for index in range(10)
        for (place, code), reason in QUESTION.items()
    },
}
#: The same of any text: a pattern that says it would say nothing else any more.
OF_TEXT = {
    "blank": "white space alone is no text",
    "null_characters_not_allowed": "Postgres can't keep NUL",
    "surrogate_characters_not_allowed": "half a character is none",
}
#: Of a whole request.
OF_REQUESTS = {
    "parse_error": "NUL in a body",
    "idempotency_key_reused": "the key was used before, with another body",
}


@dataclass(frozen=True)
class Server:
    """With a company whose key may do everything. `ids` are of its rows in turn, by their prefix."""

    url: str
    key: str
    media: Path
    ids: Mapping[str, Iterator[str]]
    session: requests.Session


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One for all operations, with rows that are really written; of invitations one is over and one is open."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(API_RATE_LIMIT="1000000/minute", MEDIA_ROOT=media):
        tenant = create_tenant(name="Acme", slug="acme")
        kinds: dict[str, list[Any]] = {kind: [row] for kind, row in make_rows(tenant).items()}
        with tenant_scope(tenant):
            _, key = issue_api_key(name="ATS", scopes=ALL)
            # Long enough ago for its stream to end.
            Session.objects.update(ended_at=timezone.now() - timedelta(minutes=1))
            kinds["invitation"].append(make_invitation())
        hooks = kinds.pop("hook")
        kinds["endpoint"] += hooks
        ids = {PREFIXES[kind]: cycle([write_id(kind, row.pk) for row in rows]) for kind, rows in kinds.items()}
        from config.asgi import application  # looks at the database

        with serve(application) as url, requests.Session() as session:
            session.trust_env = False
            yield Server(url, key, media, ids, session)
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
def test_every_operation_keeps_to_the_schema(case: schemathesis.Case, server: Server, settings: Settings) -> None:
    settings.MEDIA_ROOT = server.media
    if isinstance(given := case.path_parameters.get("id"), str):
        case.path_parameters["id"] = next(server.ids.get(given.partition("_")[0], iter([given])))
    headers = {"Authorization": f"Bearer {server.key}"}
    response = case.call_and_validate(base_url=server.url, session=server.session, headers=headers)
    if case.meta and case.meta.generation.mode is GenerationMode.POSITIVE and response.status_code in (400, 422):
        assert list(without_reason(case.operation.definition.raw["operationId"], response.json())) == []


def without_reason(operation: str, problem: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What was refused in a request that fits the schema, and is in none of the tables; pointer and code."""
    if problem["code"] in OF_REQUESTS:
        return
    for error in problem.get("errors", [{"pointer": "", "code": problem["code"]}]):
        known = BY_OPERATION.get(operation, {})
        if error["code"] not in OF_TEXT and (error["pointer"], error["code"]) not in known:
            yield error["pointer"], error["code"]
