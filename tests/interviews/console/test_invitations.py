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

from interviews.domain.emails import queue_invitation_email
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
    return list(AuditEntry.objects.filter(object_type="interviews.invitation").values_list("verb", flat=True))


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


def test_a_second_invitation_is_written_only_where_it_is_wanted(
    acme: Tenant, interview: Interview, by_recruiter: Client
) -> None:
    path = reverse("admin:interviews_invitation_add")
    with tenant_scope(acme):
        standing = make_invitation(interview=interview, candidate__email="kim@example.org", status="completed")
    refused = by_recruiter.post(path, form_for(interview))
    said = refused.context["adminform"].form.errors["candidate_email"][0]
    assert said.startswith("Invited to this interview already (completed).")
    link = f'href="{reverse("admin:interviews_invitation_change", args=[standing.pk])}"'
    assert (link in said, link in refused.content.decode()) == (True, True)
    assert by_recruiter.post(path, form_for(interview, again="on")).status_code == 302
    with tenant_scope(acme):
        assert Invitation.objects.count() == 2
        Invitation.objects.update(status="canceled")
    assert by_recruiter.post(path, form_for(interview)).status_code == 302


@pytest.mark.parametrize(
    ("fields", "factor"),
    [
        ({"extra_time": "1.0", "other_time": "nonsense"}, 1.0),
        ({"extra_time": "2.0"}, 2.0),
        ({"extra_time": "other", "other_time": "75 %"}, 1.75),
        ({"extra_time": "other", "other_time": "4"}, 4.0),
    ],
)
def test_how_much_more_time_is_chosen_or_written(
    acme: Tenant, interview: Interview, by_recruiter: Client, fields: dict[str, str], factor: float
) -> None:
    by_recruiter.post(reverse("admin:interviews_invitation_add"), form_for(interview, **fields))
    with tenant_scope(acme):
        assert Invitation.objects.get().extra_time == factor


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
        ({"expires_at_0": "9999-12-31"}, {"expires_at": ["Choose a time before the year 2101."]}),
        ({"candidate_email": "nobody"}, {"candidate_email": ["Enter a valid email address."]}),
        (
            {"candidate_email": f"ana@{'long.' * 50}example"},
            {"candidate_email": ["Ensure this value has at most 254 characters (it has 261)."]},
        ),
        (
            {"extra_time": "other", "other_time": "400%"},
            {"other_time": ["Extra time goes from 0% to 300%, or as a factor from 1 to 4."]},
        ),
        ({"extra_time": "other"}, {"other_time": ["Say how much."]}),
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


def test_a_whole_list_is_no_choice_for_one_action(
    acme: Tenant, invitation: Invitation, by_recruiter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviews.console.invitation_steps.AT_ONCE", 0)
    response = by_recruiter.post(
        reverse("admin:interviews_invitation_changelist"),
        {"action": "cancel_selected", "_selected_action": [str(invitation.pk)]},
    )
    assert texts(response) == [
        "That is more than 0 at once. Narrow the list down first.",
        "0 invitations are canceled.",
    ]
    with tenant_scope(acme):
        assert audit() == []


def test_viewers_are_offered_no_steps(
    acme: Tenant, invitation: Invitation, viewer: Any, log_in: Callable[[Any], Client]
) -> None:
    page = log_in(viewer).get(reverse("admin:interviews_invitation_change", args=[invitation.pk]))
    assert (page.context["may_invite"], page.context["may_read"], "/cancel/" in page.content.decode()) == (
        False,
        False,
        False,
    )


# --- What staff does for a candidate --------------------------------------------------------------


def post_step(client: Client, name: str, invitation: Invitation, **fields: str) -> list[str]:
    return texts(client.post(reverse(f"admin:interviews_invitation_{name}", args=[invitation.pk]), fields))[-1:]


def test_a_deadline_is_moved_and_an_expired_invitation_opens_again(
    acme: Tenant, invitation: Invitation, by_recruiter: Client
) -> None:
    with tenant_scope(acme):
        Invitation.objects.update(
            status="expired", invited_at=timezone.now(), expires_at=timezone.now() - timedelta(days=1)
        )
    assert post_step(by_recruiter, "extend", invitation, expires_at="2000-01-01T10:00") == [
        "Choose a time in the future."
    ]
    assert post_step(by_recruiter, "extend", invitation, expires_at="soon") == [
        "Enter the new deadline's date and time."
    ]
    assert post_step(by_recruiter, "extend", invitation, expires_at="9999-12-31T23:59") == [
        "Choose a time before the year 2101."
    ]
    assert post_step(by_recruiter, "extend", invitation, expires_at="2099-01-01T10:00") == ["The deadline is moved."]
    with tenant_scope(acme):
        invitation.refresh_from_db()
        assert (invitation.status, invitation.expires_at.year, invitation.calendar_sequence) == ("invited", 2099, 1)
        assert list(OutgoingEmail.objects.values_list("kind", flat=True)) == ["extended"]
        assert audit() == ["deadline moved to 2099-01-01T10:00+00:00"]


def test_one_more_start_is_granted(acme: Tenant, invitation: Invitation, by_recruiter: Client) -> None:
    assert post_step(by_recruiter, "retry", invitation) == ["The candidate may start once more."]
    with tenant_scope(acme):
        invitation.refresh_from_db()
        assert (invitation.extra_retries, audit()) == (1, ["one more start granted"])


def test_one_that_was_broken_off_is_seen_and_opens_again(
    acme: Tenant, invitation: Invitation, by_recruiter: Client
) -> None:
    page = reverse("admin:interviews_invitation_change", args=[invitation.pk])
    with tenant_scope(acme):
        Invitation.objects.update(status="failed", invited_at=timezone.now())
    text = by_recruiter.get(page).content.decode()
    assert "more often than this interview allows" in text
    assert "Broken off" in text
    assert "Send the e-mail again" not in text
    assert post_step(by_recruiter, "retry", invitation) == ["The candidate may start once more."]
    with tenant_scope(acme):
        invitation.refresh_from_db()
        assert (invitation.status, invitation.extra_retries) == ("invited", 1)
        assert invitation.next_reminder_at is not None
    assert "more often than this interview allows" not in by_recruiter.get(page).content.decode()


def test_a_bounced_address_is_seen_corrected_and_sent_again(
    acme: Tenant, invitation: Invitation, by_recruiter: Client
) -> None:
    page = reverse("admin:interviews_invitation_change", args=[invitation.pk])
    assert "Correct the address…" in by_recruiter.get(page).content.decode()
    with tenant_scope(acme):
        Invitation.objects.update(bounced_at=timezone.now())
    changelist = reverse("admin:interviews_invitation_changelist")
    assert "came back" in by_recruiter.get(page).content.decode()
    assert "E-mail came back" in by_recruiter.get(changelist, {"note": "bounced"}).content.decode()
    assert post_step(by_recruiter, "correct", invitation, email="nobody") == ["Enter a valid e-mail address."]
    assert post_step(by_recruiter, "correct", invitation, email="right@example.org") == [
        "A new e-mail is on its way to right@example.org."
    ]
    with tenant_scope(acme):
        invitation.refresh_from_db()
        assert (invitation.bounced_at, OutgoingEmail.objects.get().recipient) == (None, "right@example.org")
    assert by_recruiter.get(changelist, {"note": "bounced"}).context["cl"].result_count == 0


def test_what_a_candidate_asks_is_seen_filtered_and_settled(
    acme: Tenant, invitation: Invitation, by_recruiter: Client
) -> None:
    with tenant_scope(acme):
        Invitation.objects.update(wish="person", wish_text="<b>I stutter</b>", wished_at=timezone.now())
        make_invitation()
    changelist = reverse("admin:interviews_invitation_changelist")
    page = reverse("admin:interviews_invitation_change", args=[invitation.pk])
    counts = [
        by_recruiter.get(changelist, {"note": kind}).context["cl"].result_count
        for kind in ("person", "format", "planned", "bounced")
    ]
    assert counts == [1, 0, 0, 0]
    shown = by_recruiter.get(page).content.decode()
    assert ("Asks for a person" in shown, "<b>I stutter" in shown) == (True, False)
    assert post_step(by_recruiter, "settle", invitation) == ["The request is settled."]
    assert by_recruiter.get(changelist, {"note": "person"}).context["cl"].result_count == 0


def test_a_mail_is_sent_again_by_who_may_invite(
    acme: Tenant, story: Story, invitation: Invitation, viewer: Any, log_in: Any, by_recruiter: Client
) -> None:
    with tenant_scope(acme):
        email = queue_invitation_email(invitation=invitation)
    address = reverse("admin:interviews_outgoingemail_resend", args=[email.pk])
    assert log_in(viewer).post(address).status_code == 403
    assert texts(by_recruiter.post(address)) == [f"A new e-mail is on its way to {invitation.candidate.email}."]
    with tenant_scope(acme):
        assert OutgoingEmail.objects.filter(invitation=invitation).count() == 2


@pytest.mark.parametrize("name", ["extend", "retry", "correct", "settle"])
def test_viewers_take_no_step(
    acme: Tenant, invitation: Invitation, viewer: Any, log_in: Callable[[Any], Client], name: str
) -> None:
    assert step(log_in(viewer), name, invitation).status_code == 403


def test_the_list_is_narrowed_down_by_language(acme: Tenant, by_recruiter: Client) -> None:
    """By the one chosen, else the candidate's where the interview has it, else the interview's first."""
    with tenant_scope(acme):
        both, german = make_interview(languages=["en", "de"]), make_interview(languages=["de"])
        people: dict[str, dict[str, Any]] = {
            "Chose German": {"interview": both, "language": "de"},
            "Speaks German": {"interview": both, "candidate__locale": "de"},
            "Speaks Hindi": {"interview": both, "candidate__locale": "hi"},
            "Chose English": {"interview": both, "language": "en", "candidate__locale": "de"},
            "Said nothing": {"interview": german},
            "Speaks English": {"interview": german, "candidate__locale": "en"},
        }
        for name, fields in people.items():
            make_invitation(candidate__name=name, **fields)

    def found(code: str) -> set[str]:
        page = by_recruiter.get(reverse("admin:interviews_invitation_changelist"), {"language": code})
        return {row.candidate.name for row in page.context["cl"].result_list}

    assert found("de") == {"Chose German", "Speaks German", "Said nothing", "Speaks English"}
    assert found("en") == {"Chose English", "Speaks Hindi"}
    assert found("nonsense") == set(people)
