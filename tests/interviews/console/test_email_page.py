"""A mail's page: its text and its HTML as they were sent, without the link that is somebody's own."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from interviews.domain.emails import queue_invitation_email
from interviews.models import OutgoingEmail
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import make_invitation


def write_mail(tenant: Tenant) -> OutgoingEmail:
    with tenant_scope(tenant):
        return queue_invitation_email(invitation=make_invitation(personal_note="<b>Do come</b>"))


def test_the_html_is_shown_without_its_link(acme: Tenant, by_recruiter: Client) -> None:
    email = write_mail(acme)
    page = by_recruiter.get(reverse("admin:interviews_outgoingemail_change", args=[email.pk])).content.decode()
    frame = reverse("admin:interviews_outgoingemail_html", args=[email.pk])
    assert f'<iframe class="vv-preview__frame" sandbox src="{frame}"' in page
    assert ("&lt;b&gt;Do come" in page, "[[link]]" in page) == (True, False)
    answer = by_recruiter.get(frame)
    html = answer.content.decode()
    assert ("&lt;b&gt;Do come" in html, "(their personal link)" in html) == (True, True)
    assert ("href" in html, "[[link]]" in html, "<script" in html) == (False, False, False)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_a_foreign_mail_is_not_found(globex: Tenant, by_recruiter: Client) -> None:
    frame = reverse("admin:interviews_outgoingemail_html", args=[write_mail(globex).pk])
    assert by_recruiter.get(frame).status_code == 404
