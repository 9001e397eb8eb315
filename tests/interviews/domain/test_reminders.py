"""When candidates are reminded: seldom, in their office hours, and never for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from interviews.domain import choices, emails, invitations, reminders, sweeps
from interviews.enums import CandidateWish, EmailKind, InvitationStatus
from interviews.models import Invitation, OutgoingEmail
from tenants.models import Tenant
from tests.interviews.factories import CandidateFactory, make_invitation

TOKYO = ZoneInfo("Asia/Tokyo")
#: A Monday, ten in the morning in Tokyo.
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock: set its one entry."""
    clock = [MONDAY]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    return clock


@pytest.fixture
def invited(in_acme: Tenant, now: list[datetime]) -> Invitation:
    invitation = make_invitation(
        candidate=CandidateFactory(time_zone="Asia/Tokyo"), expires_at=MONDAY + timedelta(days=14)
    )
    email = emails.queue_invitation_email(invitation=invitation)
    emails.record_sent(email=email, message_id="one")
    invitation.refresh_from_db()
    return invitation


def kinds() -> list[str]:
    return list(OutgoingEmail.objects.order_by("created_at").values_list("kind", flat=True))


def there(moment: datetime | None) -> str:
    return moment.astimezone(TOKYO).strftime("%a %d %H:%M") if moment else ""


@pytest.mark.parametrize(
    ("moment", "following", "previous"),
    [
        ("2026-11-23 10:00", "Mon 23 10:00", "Mon 23 10:00"),
        ("2026-11-23 17:00", "Tue 24 09:00", "Mon 23 16:00"),
        ("2026-11-23 08:59", "Mon 23 09:00", "Fri 20 16:00"),
        ("2026-11-27 18:00", "Mon 30 09:00", "Fri 27 16:00"),
        ("2026-11-28 12:00", "Mon 30 09:00", "Fri 27 16:00"),
    ],
)
def test_office_hours(moment: str, following: str, previous: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=TOKYO)
    assert (there(reminders.next_office_hour(at, TOKYO)), there(reminders.previous_office_hour(at, TOKYO))) == (
        following,
        previous,
    )


def test_an_invitation_has_two_reminders_and_a_last_call(invited: Invitation, now: list[datetime]) -> None:
    due = []
    while invited.next_reminder_at:
        due.append(there(invited.next_reminder_at))
        now[0] = invited.next_reminder_at + timedelta(seconds=5)
        invitations.remind(invitation_id=invited.pk)
        assert invitations.remind(invitation_id=invited.pk) is None
        invited.refresh_from_db()
    assert due == ["Thu 26 10:00", "Mon 30 10:00", "Fri 04 16:00"]
    assert kinds() == ["invitation", "reminder", "reminder", "almost_expired"]


def test_a_reminder_found_late_waits_for_office_hours(invited: Invitation, now: list[datetime]) -> None:
    now[0] = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
    assert sweeps.ids(Invitation.objects.filter(next_reminder_at__lte=now[0])) == [(invited.tenant_id, invited.pk)]
    assert invitations.remind(invitation_id=invited.pk) is None
    invited.refresh_from_db()
    assert (there(invited.next_reminder_at), kinds()) == ("Mon 30 09:00", ["invitation"])
    now[0] = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
    assert invitations.remind(invitation_id=invited.pk) == EmailKind.REMINDER


def test_a_chosen_time_silences_reminders_until_then(invited: Invitation) -> None:
    choices.plan_time(invitation=invited, at=MONDAY + timedelta(days=8))
    invited.refresh_from_db()
    assert invited.next_reminder_kind == EmailKind.ALMOST_EXPIRED


@pytest.mark.parametrize(
    "fields",
    [
        {"status": InvitationStatus.DECLINED},
        {"status": InvitationStatus.PROCESSING},
        {"bounced_at": MONDAY},
        {"reminder_count": reminders.CAP},
        {"expires_at": MONDAY},
        {"wish": CandidateWish.PERSON},
    ],
)
def test_nobody_is_reminded_for_nothing(invited: Invitation, now: list[datetime], fields: dict[str, object]) -> None:
    Invitation.objects.update(**fields)
    now[0] = MONDAY + timedelta(days=3, hours=1)
    assert invitations.remind(invitation_id=invited.pk) is None
    invited.refresh_from_db()
    assert (invited.next_reminder_at, kinds()) == (None, ["invitation"])


def test_a_wish_silences_reminders_until_it_is_settled(invited: Invitation, now: list[datetime]) -> None:
    choices.ask(invitation=invited, wish=CandidateWish.PERSON)
    invited.refresh_from_db()
    assert invited.next_reminder_at is None
    choices.settle_wish(invitation=invited)
    invited.refresh_from_db()
    assert invited.next_reminder_at is not None


def test_a_short_invitation_has_no_reminder(in_acme: Tenant) -> None:
    zone = ZoneInfo("UTC")
    assert reminders.due_times(invited_at=MONDAY, expires_at=MONDAY + timedelta(days=1), zone=zone) == []


def test_who_has_begun_gets_the_last_call_alone(invited: Invitation) -> None:
    Invitation.objects.update(status=InvitationStatus.IN_PROGRESS)
    reminders.plan_next(invitation_id=invited.pk)
    invited.refresh_from_db()
    assert invited.next_reminder_kind == EmailKind.ALMOST_EXPIRED
