"""The examples of docs/api work as they are written, with a real address, key, interview and delivery."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer
from rest_framework import exceptions

from interviews import tasks
from interviews.api.idempotency import MAX_LENGTH
from interviews.api.ids import write_id
from interviews.api.parsing import MAX_BODY
from interviews.api.schema_webhooks import make_sample
from interviews.api.sessions import MAX_STREAMS
from interviews.api.strict_json import MAX_DEPTH
from interviews.domain import outbound, result_links, webhooks
from interviews.enums import WebhookEventType
from interviews.models import Invitation
from tenants.domain.keys import issue_api_key
from tenants.domain.tenants import create_tenant
from tenants.enums import Scope
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.domain.receiver import Taken, receiving
from tests.interviews.factories import InterviewFactory

DOCS = Path(settings.BASE_DIR, "docs/api")
README, WEBHOOKS = (DOCS.joinpath(name).read_text() for name in ("README.md", "webhooks.md"))


def blocks(text: str, *languages: str) -> list[tuple[str, str]]:
    return re.findall(rf"```({'|'.join(languages)})\n(.*?)```", text, re.S)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "text"), blocks(README, "sh", "python"))
def test_an_example_runs(live_server: LiveServer, language: str, text: str) -> None:
    tenant = create_tenant(name="Acme", slug="acme")
    with tenant_scope(tenant):
        interview = write_id("interview", InterviewFactory.create().pk)
        _, key = issue_api_key(name="ATS", scopes=list(Scope.values))
    text = text.replace("https://interviews.example.com", live_server.url).replace("int_…", interview)
    argv = ["sh", "-ec", text.replace("curl ", "curl -sS --fail-with-body ")]
    done = subprocess.run(
        argv if language == "sh" else [sys.executable, "-c", text],
        env=os.environ | {"VIVAVOCE_KEY": key},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert interview in done.stdout
    with tenant_scope(tenant):
        assert Invitation.objects.filter(candidate__name="Ana Wu").count() == ("Ana Wu" in text)


def test_each_event_is_shown_as_it_is_sent() -> None:
    named = re.findall(r"^\| `(\w+\.\w+)` \|", WEBHOOKS, re.M)
    ((_language, lines),) = blocks(WEBHOOKS, "json")
    assert named == WebhookEventType.values
    assert [json.loads(line) for line in lines.splitlines()] == [make_sample(type) for type in WebhookEventType]


def test_the_table_of_limits_says_what_is_so() -> None:
    table = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", README, re.M))
    amount = settings.API_RATE_LIMIT.partition("/")[0]
    said = {
        "requests of a key": amount,
        "bytes of a request": f"{MAX_BODY:,}",
        "levels of lists and objects in a body": str(MAX_DEPTH),
        "sessions that a key follows at a time": str(MAX_STREAMS),
        "characters of an `Idempotency-Key`": str(MAX_LENGTH),
        "webhooks, and hooks beside them": f"{webhooks.MAX_ENDPOINTS}, and {webhooks.MAX_HOOKS}",
        "secrets of a webhook that sign beside the newest": str(webhooks.MAX_PREVIOUS),
        "seconds that a receiver of webhooks has": f"{outbound.SECONDS:g}",
        "days that a shared result can be seen": str(result_links.MAX_DAYS),
    }
    assert [name for name, value in said.items() if not table[name].startswith(value)] == []


def test_the_table_of_errors_has_each_code() -> None:
    table = re.findall(r"^\| (\d{3}) \| ((?:`\w+`(?:, )?)+) \|", README, re.M)
    said = {(int(status), code) for status, codes in table for code in re.findall(r"\w+", codes)}
    sources = [path.read_text() for path in Path(settings.BASE_DIR, "interviews/api").glob("*.py")]
    own = {(int(status), code) for text in sources for status, code in re.findall(r'Problem\(\s*(\d+), "(\w+)"', text)}
    errors = (
        *(exceptions.ParseError, exceptions.AuthenticationFailed, exceptions.NotAuthenticated, exceptions.NotFound),
        *(exceptions.NotAcceptable, exceptions.UnsupportedMediaType, exceptions.Throttled, exceptions.ValidationError),
    )
    theirs = {(error.status_code, error.default_code) for error in errors}
    elsewhere = {(400, "repeated"), (403, "address_not_allowed")}
    assert said == own | theirs | elsewhere


# --- Signatures ------------------------------------------------------------------------------


def python_says(tmp_path: Path, taken: Taken, secret: str) -> str:
    ((_language, text),) = blocks(WEBHOOKS, "python")
    asked = "import json, sys\nbody, headers, secret = json.load(sys.stdin)\n"
    return run(
        [sys.executable, "-c", f"{text}\n{asked}print(is_signed(body.encode(), headers, secret))"], taken, secret
    )


def node_says(tmp_path: Path, taken: Taken, secret: str) -> str:
    ((_language, text),) = blocks(WEBHOOKS, "js")
    asked = 'import { readFileSync } from "node:fs";\nconst [body, headers, secret] = JSON.parse(readFileSync(0));\n'
    script = tmp_path / "check.mjs"
    script.write_text(f"{text}\n{asked}console.log(isSigned(Buffer.from(body), headers, secret));")
    found = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found is not None
    return run([found, str(script)], taken, secret)


def run(argv: list[str], taken: Taken, secret: str) -> str:
    given = json.dumps([taken.body.decode(), taken.headers, secret])
    done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip().lower()


@pytest.mark.django_db
@pytest.mark.parametrize("says", [python_says, node_says])
def test_a_signature_is_checked_as_shown(
    acme: Tenant, settings: Any, tmp_path: Path, says: Callable[[Path, Taken, str], str]
) -> None:
    """Of a delivery as it is sent, before a rotation and after it; with anything changed it does not fit."""
    with receiving() as receiver:
        settings.OUTBOUND_ALLOWED = [receiver.netloc]
        with tenant_scope(acme):
            endpoint, secret = webhooks.add_endpoint(url=f"{receiver.url}/in")
            webhooks.send_test(endpoint=endpoint)
        tasks.deliver_webhooks(str(acme.pk), str(endpoint.pk))
        with tenant_scope(acme):
            newer = webhooks.rotate_secret(endpoint=endpoint)
            webhooks.send_test(endpoint=endpoint)
        tasks.deliver_webhooks(str(acme.pk), str(endpoint.pk))
        first, second = receiver.taken
    assert [says(tmp_path, *each) for each in ((first, secret), (second, secret), (second, newer))] == ["true"] * 3
    old = first.headers | {"webhook-timestamp": str(int(first.headers["webhook-timestamp"]) - 400)}
    wrong = [
        (first, newer),
        (Taken(first.method, first.path, first.headers, first.body.replace(b"works", b"Works")), secret),
        (Taken(first.method, first.path, first.headers | {"webhook-id": "evt_0"}, first.body), secret),
        (Taken(first.method, first.path, old, first.body), secret),
        (Taken(first.method, first.path, first.headers | {"webhook-signature": "v1,"}, first.body), secret),
    ]
    assert [says(tmp_path, *each) for each in wrong] == ["false"] * len(wrong)
