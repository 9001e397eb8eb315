"""A link in a candidate's hands, and what its page's requests look like."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interviews.domain import invitations
from interviews.models import Interview, Invitation
from tenants.models import Brand, Tenant
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

    def get(self, name: str = "") -> Any:
        return self.client.get(self.url(name))

    def post(self, name: str, body: object = None) -> Any:
        return self.client.post(self.url(name), data=body or {}, content_type="application/json")

    def start(self, **changes: Any) -> Any:
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
def link(acme: Tenant) -> Link:
    with tenant_scope(acme):
        Brand.objects.update(display_name="Acme Careers", reply_to="jobs@acme.example")
    return make_link(acme, candidate__name="Amira Haddad", interview__title="Field Engineer")


@pytest.fixture
def foreign_link(globex: Tenant) -> Link:
    return make_link(globex)
