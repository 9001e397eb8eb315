"""The examples of docs/api/README.md work as they are written, with a real address, key and interview."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from interviews.api.ids import write_id
from interviews.models import Invitation
from tenants.domain.keys import issue_api_key
from tenants.domain.tenants import create_tenant
from tenants.enums import Scope
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory

EXAMPLES = re.findall(r"```(sh|python)\n(.*?)```", Path(settings.BASE_DIR, "docs/api/README.md").read_text(), re.S)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "text"), EXAMPLES)
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
