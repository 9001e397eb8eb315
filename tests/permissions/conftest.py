"""Acme with a row for every page, and the visitors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from interviews.models import CompanyServices, Recording, SavedView
from tenants.domain.domains import add_domain
from tenants.domain.keys import issue_api_key
from tenants.domain.member_invitations import invite_member
from tenants.domain.members import add_member
from tenants.domain.password_mails import ask_for_password
from tenants.enums import Role
from tenants.models import AuditEntry, Brand, PlatformEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.conftest import make_member
from tests.interviews.console.conftest import live_through
from tests.permissions.matrix import Visitor

#: Rows of Acme, by the name of what they are.
Rows = dict[str, Any]


@pytest.fixture
def rows(acme: Tenant) -> Rows:
    story = live_through(acme)
    with tenant_scope(acme):
        recording = Recording.objects.create(session=story.session, state="ready", size=5)
        recording.file.save("whole", ContentFile(b"audio"))
        colleague = add_member(email="colleague@acme.example", role=Role.VIEWER)
        rows = {
            "brand": Brand.objects.get(),
            "domain": add_domain(tenant=acme, host="interviews.acme.example"),
            "membership": colleague,
            "member_invitation": invite_member(email="new@acme.example", name="New", role=Role.VIEWER),
            "key": issue_api_key(name="Key")[0],
            "audit_entry": AuditEntry.objects.earliest("at"),
            "tenant": acme,
            "user": colleague.user,
        }
    seen = {"username": "a@acme.example", "ip_address": "192.0.2.1", "user_agent": "", "path_info": ""}
    return (
        vars(story)
        | rows
        | {
            "attempt": AccessAttempt.objects.create(**seen, failures_since_start=1),
            "access": AccessLog.objects.create(**seen),
            "password_mail": ask_for_password(user=colleague.user),
            "platform_entry": PlatformEntry.objects.create(actor="ops@platform.example", verb="did"),
            "failure": AccessFailureLog.objects.create(**seen),
        }
    )


@pytest.fixture
def visit(
    acme: Tenant, globex: Tenant, rows: Rows, log_in: Callable[[User], Client], platform_staff: User
) -> Callable[[Visitor], Client]:
    """A browser of the visitor's. The saved view among the rows is theirs, as far as they can have one at Acme."""

    def come(visitor: Visitor) -> Client:
        if visitor is Visitor.OUTSIDER:
            user = make_member(globex, Role.OWNER)
            with tenant_scope(globex):
                CompanyServices.objects.create(llm="openai")  # As at Acme, so that there is none to add.
        elif visitor in (Visitor.STAFF, Visitor.STAFF_OUTSIDE):
            user = platform_staff
        elif visitor is Visitor.STRANGER:
            user = rows["user"]
        else:
            user = make_member(acme, Role(visitor.value))
        with tenant_scope(acme):
            rows["view"] = SavedView.objects.create(user=user, name="Mine")
        if visitor is Visitor.STRANGER:
            return Client()
        client = log_in(user)
        if visitor is Visitor.STAFF:
            client.post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
        return client

    return come


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Hundreds of refusals are not worth a traceback each."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
