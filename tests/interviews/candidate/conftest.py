"""A link in a candidate's hands, and what its page's requests look like."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from interviews.domain import invitations
from interviews.models import Interview, Invitation
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import make_invitation


@dataclass
class Link:
    """One candidate's link, and the browser it is opened in."""

    tenant: Tenant
    invitation: Invitation
    token: str
    client: Client

    def url(self, name: str = "") -> str:
        return f"/i/{self.token}/{name}"

    def get(self, name: str = "") -> HttpResponse:
        return self.client.get(self.url(name))  # type: ignore[return-value]

    def post(self, name: str, body: object = None) -> HttpResponse:
        return self.client.post(  # type: ignore[return-value]
            self.url(name), data=body or {}, content_type="application/json"
        )

    def start(self, **changes: Any) -> HttpResponse:
        return self.post("start", {"consent": True, "consent_version": "1", "locale": "en", "mode": "text"} | changes)

    def refresh(self) -> Invitation:
        with tenant_scope(self.tenant):
            self.invitation.refresh_from_db()
        return self.invitation

    def set(self, **fields: Any) -> None:
        with tenant_scope(self.tenant):
            Invitation.objects.filter(pk=self.invitation.pk).update(**fields)

    def set_interview(self, **fields: Any) -> None:
        with tenant_scope(self.tenant):
            Interview.objects.filter(pk=self.invitation.interview_id).update(**fields)

    def expire(self) -> None:
        self.set(expires_at=timezone.now() - timedelta(minutes=1))


def make_link(tenant: Tenant, **fields: Any) -> Link:
    with tenant_scope(tenant):
        invitation = make_invitation(**fields)
        token = invitations.mint_link(invitation=invitation).rstrip("/").rpartition("/")[2]
    return Link(tenant=tenant, invitation=invitation, token=token, client=Client())


@pytest.fixture
def link(company: Tenant) -> Link:
    return make_link(company, candidate__name="Amira Haddad", interview__title="Field Engineer")


@pytest.fixture
def foreign_link(other_company: Tenant) -> Link:
    return make_link(other_company)
