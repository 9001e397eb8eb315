"""Handing a list in, looking through it, starting it, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviews import tasks
from interviews.models import Interview, Invitation, InvitationBatch
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.test_invitations import make_interview, texts


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        return make_interview(title="Engineer")


def hand_in(client: Client, interview: Interview, /, **fields: Any) -> Any:
    until = timezone.now() + timedelta(days=3)
    entered = {
        "interview": str(interview.pk),
        "people": "Kim Doe <kim@example.org>\nnobody\nkim@example.org",
        "expires_at_0": until.date().isoformat(),
        "expires_at_1": "12:00:00",
        "extra_time": "1.0",
    }
    return client.post(reverse("admin:interviews_invitationbatch_add"), entered | fields)


def url(name: str, batch: InvitationBatch) -> str:
    return reverse(f"admin:interviews_invitationbatch_{name}", args=[batch.pk])


def test_a_list_is_shown_row_by_row_before_anything_is_sent(
    acme: Tenant, interview: Interview, by_recruiter: Client
) -> None:
    response = hand_in(by_recruiter, interview)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
        assert Invitation.objects.count() == 0
    assert response.headers["Location"] == url("change", batch)
    page = by_recruiter.get(url("change", batch))
    shown = [(row.number, row.email, row.problem) for row in page.context["page"]]
    assert shown == [
        (1, "kim@example.org", ""),
        (2, "nobody", "This is not an e-mail address."),
        (3, "kim@example.org", "The same address is in row 1."),
    ]
    assert "Invite 1 person" in page.content.decode()
    filtered = by_recruiter.get(url("change", batch), {"state": "problem"})
    assert [row.number for row in filtered.context["page"]] == [2, 3]


def test_a_file_is_read_and_its_columns_named_anew(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    upload = SimpleUploadedFile("people.csv", "wer,wohin,<b>wann\nKim,kim@example.org,\n".encode("utf-16"))
    hand_in(by_recruiter, interview, people="", file=upload)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
    assert "Nothing is read from: wer, &lt;b&gt;wann" in by_recruiter.get(url("change", batch)).content.decode()
    mapped = by_recruiter.post(url("map", batch), {"email": "1", "name": "0", "has_header": "on"})
    assert texts(mapped) == ["The rows are checked anew."]
    page = by_recruiter.get(url("change", batch))
    assert [(row.name, row.email, row.problem) for row in page.context["page"]] == [("Kim", "kim@example.org", "")]
    assert page.context["unread"] == ["<b>wann"]
    assert texts(by_recruiter.post(url("map", batch), {"email": "x"}))[-1] == (
        "Say which column holds the e-mail address."
    )


def test_starting_invites_in_the_background_and_the_page_follows(
    acme: Tenant, interview: Interview, by_recruiter: Client
) -> None:
    hand_in(by_recruiter, interview)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
    assert texts(by_recruiter.post(url("start", batch))) == ["The invitations are on their way."]
    before = by_recruiter.get(url("progress", batch)).json()
    assert (before["running"], before["text"]) == (True, "0 invited, 1 to go, 2 left out")
    assert f'data-progress-url="{url("progress", batch)}"' in by_recruiter.get(url("change", batch)).content.decode()
    tasks.work_off_batch(str(acme.pk), str(batch.pk))
    after = by_recruiter.get(url("progress", batch)).json()
    assert (after["running"], after["done"], after["text"]) == (False, 1, "1 invited, 0 to go, 2 left out")
    with tenant_scope(acme):
        assert Invitation.objects.get().candidate.name == "Kim Doe"


def test_all_of_a_list_can_have_more_time(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    for chosen in ({"extra_time": "1.25"}, {"extra_time": "other", "other_time": "300 %"}):
        hand_in(by_recruiter, interview, **chosen)
    with tenant_scope(acme):
        assert list(InvitationBatch.objects.order_by("created_at").values_list("extra_time", flat=True)) == [1.25, 4.0]


def test_the_page_shows_what_a_row_says_for_itself(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    people = (
        "email,language,time zone,extra,until,note\n"
        "kim@example.org,en,Asia/Tokyo,50%,2099-12-31 10:00,<b>Hello</b>\n"
        "sam@example.org,,,,,\n"
        "lee@example.org,,Asia/Tokyo,5,,\n"
    )
    hand_in(by_recruiter, interview, people=people)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
    page = by_recruiter.get(url("change", batch))
    own = ["English · Asia/Tokyo · 1.5 times the time · until 31 Dec 2099, 01:00 · with a note", "", ""]
    assert [text for _row, text in page.context["rows"]] == own
    assert f'<span class="vv-quiet">{own[0]}</span>' in page.content.decode()


def test_the_page_says_when_a_list_goes_on(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    hand_in(by_recruiter, interview)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
        InvitationBatch.objects.update(status="running", waits_until=datetime(2099, 1, 1, 14, 20, tzinfo=UTC))
    said = by_recruiter.get(url("progress", batch)).json()["text"]
    assert said.endswith("The limit of invitations an hour is reached; this goes on at 14:20 by itself.")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"people": ""}, "people"),
        ({"expires_at_0": "2020-01-01"}, "expires_at"),
        ({"expires_at_0": "9999-12-31"}, "expires_at"),
        ({"interview": ""}, "interview"),
        ({"extra_time": "other"}, "other_time"),
        ({"extra_time": "other", "other_time": "301 %"}, "other_time"),
        ({"extra_time": "3.0"}, "extra_time"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(
    acme: Tenant, interview: Interview, by_recruiter: Client, fields: dict[str, str], field: str
) -> None:
    response = hand_in(by_recruiter, interview, personal_note="See you", **fields)
    form = response.context["adminform"].form
    assert (list(form.errors), form["personal_note"].value()) == ([field], "See you")
    with tenant_scope(acme):
        assert InvitationBatch.objects.count() == 0


def test_names_are_text_and_never_markup(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    hand_in(by_recruiter, interview, people="<script>alert(1)</script>,kim@example.org")
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
    assert "<script>alert(1)" not in by_recruiter.get(url("change", batch)).content.decode()


def test_who_may_not_invite_looks_and_touches_nothing(
    acme: Tenant, interview: Interview, by_recruiter: Client, viewer: User, log_in: Callable[[User], Client]
) -> None:
    hand_in(by_recruiter, interview)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
    client = log_in(viewer)
    assert client.get(url("change", batch)).status_code == 200
    assert [client.post(url(step, batch)).status_code for step in ("map", "start", "discard")] == [403, 403, 403]
    assert hand_in(client, interview).status_code == 403
    with tenant_scope(acme):
        assert InvitationBatch.objects.get().status == "draft"


def test_discarding_forgets_the_list(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    hand_in(by_recruiter, interview)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
    by_recruiter.post(url("discard", batch))
    with tenant_scope(acme):
        assert InvitationBatch.objects.count() == 0


def test_a_list_that_runs_is_kept_and_so_is_the_truth_in_the_log(
    acme: Tenant, interview: Interview, by_recruiter: Client
) -> None:
    hand_in(by_recruiter, interview)
    with tenant_scope(acme):
        batch = InvitationBatch.objects.get()
        InvitationBatch.objects.update(status="running")
    by_recruiter.post(url("discard", batch))
    with tenant_scope(acme):
        assert InvitationBatch.objects.count() == 1
        assert not AuditEntry.objects.filter(verb="deleted").exists()


def test_lists_and_rows_cost_no_queries_each(acme: Tenant, interview: Interview, by_recruiter: Client) -> None:
    def measure() -> list[int]:
        counts = []
        with tenant_scope(acme):
            newest = InvitationBatch.objects.order_by("-created_at")[0]
        for address in (reverse("admin:interviews_invitationbatch_changelist"), url("change", newest)):
            with CaptureQueriesContext(connection) as queries:
                assert by_recruiter.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    hand_in(by_recruiter, interview, people="one@example.org")
    measure()
    one = measure()
    for _ in range(2):
        hand_in(by_recruiter, interview, people="one@example.org\ntwo@example.org\nthree@example.org")
    assert measure() == one
