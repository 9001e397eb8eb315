"""Inviting from the console, and the steps on an invitation's page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interviews.enums import InterviewStatus
from interviews.models import Candidate, Interview, Invitation, InvitationLink, OutgoingEmail
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story
from tests.interviews.factories import InterviewFactory, make_invitation

Commit = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        return make_interview(title="Engineer")


@pytest.fixture
def invitation(acme: Tenant) -> Invitation:
    with tenant_scope(acme):
        return make_invitation()


def make_interview(**fields: Any) -> Interview:
    made: Any = InterviewFactory(**fields)
    return Interview.objects.get(pk=made.pk)


def form_for(interview: Interview, **fields: str) -> dict[str, str]:
    until = timezone.now() + timedelta(days=3)
    return {
        "interview": str(interview.pk),
        "candidate_name": "Kim Doe",
        "candidate_email": "Kim@Example.org",
        "expires_at_0": until.date().isoformat(),
        "expires_at_1": "12:00:00",
        "extra_time": "1.5",
        "notify": "on",
    } | fields


def texts(response: Any) -> list[str]:
    """What the next page tells the person."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def step(client: Client, name: str, invitation: Invitation) -> Any:
    return client.post(reverse(f"admin:interviews_invitation_{name}", args=[invitation.pk]))


def audit() -> list[str]:
    return list(
        AuditEntry.objects.filter(object_type="interviews.invitation").values_list("details__changes", flat=True)
    )


def test_inviting_writes_the_mail_and_sends_it_after_commit(
    acme: Tenant, interview: Interview, by_recruiter: Client, django_capture_on_commit_callbacks: Commit
) -> None:
    with (
        patch("interviews.domain.queue.current_app.send_task") as send,
        django_capture_on_commit_callbacks(execute=True),
    ):
        response = by_recruiter.post(reverse("admin:interviews_invitation_add"), form_for(interview))
    with tenant_scope(acme):
        invitation = Invitation.objects.get()
        email = OutgoingEmail.objects.get()
        candidate = Candidate.objects.get()
        assert (candidate.name, candidate.email) == ("Kim Doe", "kim@example.org")
        assert (invitation.interview_id, invitation.candidate_id, invitation.extra_time) == (
            interview.pk,
            candidate.pk,
            1.5,
        )
        assert (email.invitation_id, email.recipient, email.status) == (invitation.pk, "kim@example.org", "queued")
    send.assert_called_once_with("interviews.tasks.send_email", args=[str(acme.pk), str(email.pk)])
    assert response.headers["Location"] == reverse("admin:interviews_invitation_change", args=[invitation.pk])
    assert texts(response) == ["Kim Doe is invited."]


def test_inviting_without_a_mail(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    fields = form_for(interview)
    del fields["notify"]
    by_recruiter.post(reverse("admin:interviews_invitation_add"), fields)
    with tenant_scope(acme):
        assert (Invitation.objects.count(), OutgoingEmail.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"expires_at_0": "2020-01-01"}, {"expires_at": ["Choose a time in the future."]}),
        ({"candidate_email": "nobody"}, {"candidate_email": ["Enter a valid email address."]}),
        ({"candidate_name": ""}, {"candidate_name": ["This field is required."]}),
    ],
)
def test_what_was_typed_stays_with_a_sentence_beside_it(
    fields: dict[str, str], errors: dict[str, list[str]], acme: Tenant, interview: Interview, by_recruiter: Client
) -> None:
    sent = form_for(interview, **fields)
    response = by_recruiter.post(reverse("admin:interviews_invitation_add"), sent)
    form = response.context["adminform"].form
    assert (form.errors, form["interview"].value()) == (errors, str(interview.pk))
    with tenant_scope(acme):
        assert Invitation.objects.count() == 0


def test_interviews_that_cannot_be_held_cannot_be_chosen(acme: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        empty = make_interview(questions=0)
        draft = make_interview(status=InterviewStatus.DRAFT)
    errors = [
        by_recruiter.post(reverse("admin:interviews_invitation_add"), form_for(interview))
        .context["adminform"]
        .form.errors
        for interview in (empty, draft)
    ]
    assert errors == [
        {"interview": ["This interview has no questions yet. Add at least one before inviting anybody."]},
        {"interview": ["Select a valid choice. That choice is not one of the available choices."]},
    ]


def test_another_companys_interview_cannot_be_chosen(acme: Tenant, foreign_story: Story, by_recruiter: Client) -> None:
    response = by_recruiter.post(reverse("admin:interviews_invitation_add"), form_for(foreign_story.interview))
    assert list(response.context["adminform"].form.errors) == ["interview"]
    with tenant_scope(acme):
        assert Invitation.objects.count() == 0


def test_a_new_link_is_shown_once(acme: Tenant, invitation: Invitation, by_recruiter: Client) -> None:
    (shown,) = texts(step(by_recruiter, "link", invitation))
    link = shown.partition('vv-copy">')[2].partition("<")[0]
    assert by_recruiter.get(link.removeprefix("http://localhost:8000")).status_code == 200
    with tenant_scope(acme):
        assert (InvitationLink.objects.count(), audit()) == (1, ["new link"])


def test_sending_again_writes_another_mail(acme: Tenant, invitation: Invitation, by_recruiter: Client) -> None:
    assert texts(step(by_recruiter, "resend", invitation)) == [
        f"A new e-mail is on its way to {invitation.candidate.email}."
    ]
    with tenant_scope(acme):
        assert (OutgoingEmail.objects.filter(invitation=invitation).count(), audit()) == (1, ["sent again"])


def test_canceling_and_everything_after_it(acme: Tenant, invitation: Invitation, by_recruiter: Client) -> None:
    assert texts(step(by_recruiter, "cancel", invitation)) == ["The invitation is canceled; its links are void."]
    after = [texts(step(by_recruiter, name, invitation))[-1] for name in ("cancel", "resend", "link")]
    assert after == [
        "This invitation is closed already: canceled.",
        "This invitation was withdrawn.",
        "This invitation was withdrawn.",
    ]
    with tenant_scope(acme):
        invitation.refresh_from_db()
        assert (invitation.status, OutgoingEmail.objects.count(), InvitationLink.objects.count()) == ("canceled", 0, 0)
        assert audit() == ["canceled"]


def test_canceling_several_names_those_that_were_closed(
    acme: Tenant, story: Story, invitation: Invitation, by_recruiter: Client
) -> None:
    chosen = [str(invitation.pk), str(story.invitation.pk)]
    response = by_recruiter.post(
        reverse("admin:interviews_invitation_changelist"), {"action": "cancel_selected", "_selected_action": chosen}
    )
    assert texts(response) == [
        f"{story.invitation}: This invitation is closed already: completed.",
        "1 invitation is canceled.",
    ]


def test_viewers_are_offered_no_steps(
    acme: Tenant, invitation: Invitation, viewer: Any, log_in: Callable[[Any], Client]
) -> None:
    page = log_in(viewer).get(reverse("admin:interviews_invitation_change", args=[invitation.pk]))
    assert (page.context["may_invite"], page.context["may_read"], "/cancel/" in page.content.decode()) == (
        False,
        False,
        False,
    )
