"""Another time, another way: chosen by the candidate, seen by the company, and never by opening a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from interviews.models import Candidate, OutgoingEmail
from tenants.scope import tenant_scope
from tests.interviews.candidate.conftest import Link

pytestmark = pytest.mark.django_db


def send(link: Link, name: str, **fields: str) -> tuple[int, str]:
    answer = link.client.post(link.url(name), fields)
    return answer.status_code, answer.headers.get("Location", "")


def mails(link: Link) -> list[tuple[str, str]]:
    with tenant_scope(link.tenant):
        return list(OutgoingEmail.objects.order_by("created_at").values_list("kind", "recipient"))


@pytest.mark.parametrize("name", ["plan", "ask"])
def test_opening_the_page_changes_nothing(link: Link, name: str) -> None:
    page = link.get(name)
    assert (page.status_code, page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
        200,
        "same-origin",
        "no-store",
    )
    invitation = link.refresh()
    assert (invitation.planned_at, invitation.wish, mails(link)) == (None, "", [])


def test_a_time_is_kept_in_the_zone_that_was_chosen(link: Link) -> None:
    link.set(expires_at=datetime(2099, 6, 1, tzinfo=UTC))
    assert send(link, "plan", at="2099-05-01T14:30", time_zone="Asia/Tokyo") == (302, link.url())
    invitation = link.refresh()
    assert (invitation.planned_at, invitation.calendar_sequence) == (datetime(2099, 5, 1, 5, 30, tzinfo=UTC), 1)
    with tenant_scope(link.tenant):
        assert Candidate.objects.get(pk=invitation.candidate_id).time_zone == "Asia/Tokyo"
        assert "SEQUENCE:1" in OutgoingEmail.objects.get().calendar
        recipient = invitation.candidate.email
    assert mails(link) == [("planned", recipient)]
    assert "1 May, 14:30" in link.get().content.decode()


@pytest.mark.parametrize(
    ("at", "zone", "sentence"),
    [
        ("2000-01-01T10:00", "UTC", "Choose a time from now until your invitation&#x27;s deadline."),
        ("2098-01-01T10:00", "UTC", "Choose a time from now until your invitation&#x27;s deadline."),
        ("tomorrow", "UTC", "Enter a date and a time."),
        ("2026-12-01T10:00", "Mars/Olympus", "Choose your time zone from the list."),
    ],
)
def test_a_time_outside_the_window_is_refused_and_kept_in_the_form(
    link: Link, at: str, zone: str, sentence: str
) -> None:
    page = link.client.post(link.url("plan"), {"at": at, "time_zone": zone})
    assert (page.status_code, sentence in page.content.decode(), f'value="{at}"' in page.content.decode()) == (
        400,
        True,
        True,
    )
    assert (link.refresh().planned_at, mails(link)) == (None, [])


@pytest.mark.parametrize(
    ("name", "choice", "field"),
    [
        ("plan", {"at": "tomorrow", "time_zone": "UTC"}, '<input class="select" type="datetime-local" name="at"'),
        (
            "plan",
            {"at": "2000-01-01T10:00", "time_zone": "UTC"},
            '<input class="select" type="datetime-local" name="at"',
        ),
        ("plan", {"at": "2026-12-01T10:00", "time_zone": "Mars"}, '<select class="select" name="time_zone"'),
        ("ask", {"wish": "money"}, '<fieldset class="modes" role="radiogroup"'),
    ],
)
def test_what_is_wrong_is_said_of_its_field_which_has_the_focus(
    link: Link, name: str, choice: dict[str, str], field: str
) -> None:
    page = link.client.post(link.url(name), choice).content.decode()
    wrong = re.findall(r'<[^>]+ aria-invalid="true" aria-describedby="mistake"[^>]*>', page)
    assert [tag.startswith(field) for tag in wrong] == [True]
    assert page.count('id="mistake"') == 1
    focused = re.findall(r"<[^>]+ autofocus>", page)
    assert focused == ([tag for tag in focused if 'value="person"' in tag] if name == "ask" else wrong)
    assert len(focused) == 1
    assert "aria-invalid" not in link.get(name).content.decode()


@pytest.mark.parametrize("wish", ["person", "format"])
def test_asking_is_kept_and_the_company_told_once(link: Link, wish: str) -> None:
    for _ in range(2):
        assert send(link, "ask", wish=wish, text=" I stutter. ") == (302, link.url())
    invitation = link.refresh()
    assert (invitation.wish, invitation.wish_text, invitation.status) == (wish, "I stutter.", "created")
    assert mails(link) == [("request", "jobs@acme.example")]
    assert "Acme Careers has been told" in link.get().content.decode()


def test_asking_for_nothing_is_a_mistake(link: Link) -> None:
    assert send(link, "ask", wish="money") == (400, "")
    assert mails(link) == []


@pytest.mark.parametrize("name", ["plan", "ask"])
def test_a_closed_invitation_takes_no_choice(link: Link, name: str) -> None:
    link.set(status="canceled")
    at = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert send(link, name, at=at, time_zone="UTC", wish="person") == (302, link.url())
    invitation = link.refresh()
    assert (invitation.planned_at, invitation.wish) == (None, "")


def test_another_companys_invitation_stays(link: Link, foreign_link: Link) -> None:
    send(link, "ask", wish="person")
    assert (foreign_link.refresh().wish, mails(foreign_link)) == ("", [])
