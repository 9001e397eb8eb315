"""Sex and race or ethnicity: asked after the interview alone, kept apart, never shown, and taken back at will."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interviews.domain import versions
from interviews.enums import InvitationStatus
from interviews.models import Interview, Result, SelfIdentification
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.candidate.conftest import Link, make_link

pytestmark = pytest.mark.django_db

PAGE = "about-you"
OFFERED = "Two questions about you, if you like"


def finish(link: Link) -> Link:
    link.set_interview(ask_categories=True)
    link.set(status=InvitationStatus.COMPLETED)
    with tenant_scope(link.tenant):
        Result.objects.create(invitation=link.invitation)
    return link


@pytest.fixture
def finished(link: Link) -> Link:
    return finish(link)


def send(link: Link, **fields: str) -> tuple[int, str]:
    answer = link.client.post(link.url(PAGE), fields)
    return answer.status_code, answer.headers.get("Location", "")


def kept(link: Link) -> list[tuple[str, str]]:
    with tenant_scope(link.tenant):
        return list(SelfIdentification.objects.values_list("sex", "race"))


def test_the_page_asks_and_opening_it_changes_nothing(finished: Link) -> None:
    page = finished.get(PAGE)
    text = page.content.decode()
    headers = (page.headers["Referrer-Policy"], page.headers["Cache-Control"])
    assert (page.status_code, *headers) == (200, "same-origin", "no-store")
    assert ("It is voluntary." in text, "Prefer not to say" in text, "checked" in text) == (True, True, False)
    assert finished.client.head(finished.url(PAGE)).status_code == 200
    assert kept(finished) == []


def test_an_answer_is_kept_and_not_shown_again(finished: Link) -> None:
    assert OFFERED in finished.get().content.decode()
    assert send(finished, sex="female", race="asian") == (302, finished.url())
    assert kept(finished) == [("female", "asian")]
    assert "You have answered them. Thank you." in finished.get().content.decode()
    text = finished.get(PAGE).content.decode()
    assert ("You have answered already." in text, "checked" in text) == (True, False)


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ({"sex": "male"}, ("male", "")),
        ({"race": "several"}, ("", "several")),
        ({"sex": "declined", "race": "declined"}, ("declined", "declined")),
        ({"sex": "another", "race": "martian"}, ("another", "")),
    ],
)
def test_each_question_may_be_left_out(finished: Link, fields: dict[str, str], row: tuple[str, str]) -> None:
    assert send(finished, **fields) == (302, finished.url())
    assert kept(finished) == [row]


def test_twice_the_last_counts_and_nothing_takes_it_back(finished: Link) -> None:
    send(finished, sex="female", race="white")
    send(finished, sex="male")
    assert kept(finished) == [("male", "")]
    assert send(finished) == (302, finished.url())
    assert kept(finished) == []
    assert OFFERED in finished.get().content.decode()


@pytest.mark.parametrize("status", ["created", "in_progress", "canceled", "declined", "expired"])
def test_nobody_is_asked_before_the_end_or_without_one(link: Link, status: str) -> None:
    link.set_interview(ask_categories=True)
    link.set(status=status)
    assert link.get(PAGE).headers["Location"] == link.url()
    assert send(link, sex="female", race="white") == (302, link.url())
    assert kept(link) == []


def test_nobody_is_asked_where_the_company_does_not_want_it(finished: Link) -> None:
    finished.set_interview(ask_categories=False)
    assert OFFERED not in finished.get().content.decode()
    assert send(finished, sex="female") == (302, finished.url())
    assert kept(finished) == []


def test_the_version_that_the_candidate_met_decides(finished: Link) -> None:
    with tenant_scope(finished.tenant):
        interview = Interview.objects.get()
        asking = versions.publish(interview=interview)
        finished.set(version=asking)
        Interview.objects.update(ask_categories=False)
        versions.publish(interview=Interview.objects.get())
    assert finished.get(PAGE).status_code == 200


def test_a_late_answer_is_kept_until_the_data_is_gone(finished: Link) -> None:
    with tenant_scope(finished.tenant):
        Result.objects.update(decision="reject")
    finished.expire()
    assert send(finished, sex="female") == (302, finished.url())
    with tenant_scope(finished.tenant):
        finished.invitation.links.all().delete()
    page = finished.client.post(finished.url(PAGE), {"sex": "male"})
    assert (page.status_code, kept(finished)) == (404, [("female", "")])


def test_of_a_rehearsal_nothing_is_kept(finished: Link) -> None:
    finished.set(rehearsal=True)
    assert "This is a rehearsal" in finished.get(PAGE).content.decode()
    assert send(finished, sex="female") == (302, finished.url())
    assert kept(finished) == []


def test_another_companys_row_stays(finished: Link, foreign_link: Link) -> None:
    finish(foreign_link)
    send(foreign_link, sex="male", race="black")
    send(finished, sex="female", race="asian")
    send(finished)
    assert (kept(finished), kept(foreign_link)) == ([], [("male", "black")])


def test_a_form_of_another_site_is_refused(finished: Link) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(finished.url(PAGE), {"sex": "female"}).status_code == 403
    strict.get(finished.url(PAGE))
    token = strict.cookies["csrftoken"].value
    answer = strict.post(finished.url(PAGE), {"sex": "female", "csrfmiddlewaretoken": token})
    assert (answer.status_code, kept(finished)) == (302, [("female", "")])


def test_the_page_speaks_the_languages_of_the_interview(acme: Tenant) -> None:
    link = finish(make_link(acme, interview__languages=["de", "hi"]))
    assert "Möchte ich nicht sagen" in link.get(PAGE).content.decode()
    hindi = link.client.get(link.url(PAGE) + "?language=hi").content.decode()
    assert ("एशियाई" in hindi, f"{link.url()}?language=hi" in hindi) == (True, True)


def test_nothing_that_staff_sees_names_a_category(
    finished: Link, owner: User, log_in: Callable[[User], Client]
) -> None:
    send(finished, sex="another", race="pacific")
    staff = log_in(owner)
    with tenant_scope(finished.tenant):
        result, entries = Result.objects.get(), AuditEntry.objects.count()
    invitation = finished.invitation
    addresses = [
        reverse("admin:interviews_result_change", args=[result.pk]),
        reverse("admin:interviews_invitation_change", args=[invitation.pk]),
        reverse("admin:interviews_candidate_change", args=[invitation.candidate_id]),
        reverse("admin:interviews_result_changelist"),
        reverse("admin:interviews_result_csv"),
    ]
    for address in addresses:
        text = staff.get(address).content.decode()
        found = [word for word in ("another", "pacific") if word in text.lower().replace("one another", "")]
        assert (address, found) == (address, [])
    with tenant_scope(finished.tenant):
        assert AuditEntry.objects.count() > entries
        written = json.dumps(list(AuditEntry.objects.values("verb", "object_label", "details")))
    assert [word for word in ("another", "pacific") if word in written] == []
    assert finished.get("state").json().keys() == {"invitation", "session", "progress", "result"}


def test_answering_costs_the_same_queries_each_time(finished: Link) -> None:
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            finished.get(PAGE)
            send(finished, sex="female", race="asian")
        counts.append(len(queries))
    assert counts[1] == counts[2]
