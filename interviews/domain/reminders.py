"""Reminders: a few, on working days between nine and five where the candidate lives, and none after the deadline."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from interviews.domain.letters import zone_of
from interviews.enums import EmailKind, InvitationStatus
from interviews.models import Invitation

OPENS, CLOSES = 9, 17
#: After the invitation; one entry is one reminder at most.
AFTER = (timedelta(days=3), timedelta(days=7))
#: Before the deadline.
LAST_CALL = timedelta(days=2)
#: All mails of this kind together, however often the deadline is moved.
CAP = 4
#: Two mails are never closer than this.
APART = timedelta(hours=20)

REMINDED = (InvitationStatus.INVITED, InvitationStatus.IN_PROGRESS)


def is_office_hour(moment: datetime, zone: ZoneInfo) -> bool:
    there = moment.astimezone(zone)
    return there.weekday() < 5 and OPENS <= there.hour < CLOSES


def next_office_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment` itself, or the opening that follows it."""
    there = moment.astimezone(zone)
    while not is_office_hour(there, zone):
        day = there.date() if there.hour < OPENS else there.date() + timedelta(days=1)
        there = datetime(day.year, day.month, day.day, OPENS, tzinfo=zone)
    return there


def previous_office_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment` itself, or the last office hour that began before it."""
    there = moment.astimezone(zone)
    while not is_office_hour(there, zone):
        day = there.date() if there.hour >= CLOSES else there.date() - timedelta(days=1)
        there = datetime(day.year, day.month, day.day, CLOSES - 1, tzinfo=zone)
    return there


def due_times(*, invited_at: datetime, expires_at: datetime, zone: ZoneInfo) -> list[tuple[datetime, EmailKind]]:
    """Every reminder of an invitation, in order. Those too close to the invitation or to one another are left out."""
    last_call = next_office_hour(expires_at - LAST_CALL, zone)
    if last_call >= expires_at - timedelta(hours=4):
        last_call = previous_office_hour(expires_at - LAST_CALL, zone)
    times = [(next_office_hour(invited_at + after, zone), EmailKind.REMINDER) for after in AFTER]
    kept = [(at, kind) for at, kind in times if at < last_call - APART]
    return [*kept, (last_call, EmailKind.ALMOST_EXPIRED)] if last_call > invited_at + APART else []


def find_next(invitation: Invitation, *, after: datetime) -> tuple[datetime, EmailKind] | None:
    """The reminder that comes next, later than `after`; None when the candidate has had all of theirs."""
    if not may_remind(invitation) or invitation.invited_at is None:
        return None
    quiet_until = max(filter(None, (after, invitation.planned_at)))
    begun = invitation.status == InvitationStatus.IN_PROGRESS
    return next(
        (
            (at, kind)
            for at, kind in due_times(
                invited_at=invitation.invited_at, expires_at=invitation.expires_at, zone=zone_of(invitation.candidate)
            )
            if at > quiet_until and not (begun and kind == EmailKind.REMINDER)
        ),
        None,
    )


def plan_next(*, invitation_id: UUID) -> None:
    """Set when the next reminder is due. After anything that changes it: sent mail, a new deadline, a chosen time."""
    invitation = Invitation.objects.select_related("candidate").get(pk=invitation_id)
    at, kind = find_next(invitation, after=timezone.now()) or (None, "")
    Invitation.objects.filter(pk=invitation_id).update(next_reminder_at=at, next_reminder_kind=kind)


def may_remind(invitation: Invitation) -> bool:
    return (
        invitation.status in REMINDED
        and invitation.invited_at is not None
        and invitation.bounced_at is None
        # Whoever asked for something else hears from a person first.
        and not (invitation.wish and invitation.wish_settled_at is None)
        and invitation.reminder_count < CAP
        and not invitation.is_overdue
    )
