"""A company's limits, which platform staff set on its row: sessions at once, minutes a month, invitations an hour.

Empty means none. Each check locks the company's row until the transaction ends, so that two at the same moment are
counted one after the other. Order of locks everywhere: invitation, session, slot, company.

- Sessions at once: who presses start beyond it waits in the queue, visibly (`is_full`, asked by the launch).
- Minutes a month: no further interview begins (`check_minutes`). One that has begun goes on, and may be continued, so
  the month can end somewhat above its limit. Owners are told by mail when a session's end reaches it
  (`tell_when_used_up`), in the transaction that counts it: nobody is turned away before they know.
- Invitations an hour: inviting is refused with the time from which it works again (`check_invitations`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from interviews.domain import emails, letters
from interviews.domain.usage import first_of_month, minutes_this_month
from interviews.enums import EmailKind, SessionStatus
from interviews.models import Invitation, OutgoingEmail, Session
from tenants.models import Tenant
from tenants.scope import current_tenant_id

#: What holds a bot.
RUNNING = (SessionStatus.STARTING, SessionStatus.WAITING, SessionStatus.LIVE)
HOUR = timedelta(hours=1)


class LimitReached(ValueError):
    """A limit stands in the way; the message, for staff, says which and what to do. `until` is when it gives way."""

    def __init__(self, sentence: str, *, until: datetime | None = None) -> None:
        super().__init__(sentence)
        self.until = until


class OutOfMinutes(LimitReached):
    """No interview can begin this month; the company's owners have been told."""


def lock_tenant() -> Tenant:
    """The tenant in scope, locked until the transaction ends. Rows that point to it can still be written."""
    return Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant_id())


def is_full(*, session: Session) -> bool:
    """Whether the company has as many bots at work as it may, this session aside."""
    if session.tenant.max_concurrent_sessions is None:
        return False
    limit = lock_tenant().max_concurrent_sessions
    others = Session.objects.filter(status__in=RUNNING).exclude(pk=session.pk)
    return limit is not None and others.count() >= limit


def check_minutes(*, tenant: Tenant) -> None:
    """Raise OutOfMinutes when the month's are used up."""
    limit = tenant.max_monthly_minutes
    if limit is not None and minutes_this_month(tenant=tenant) >= limit:
        raise OutOfMinutes(
            f"Your company's {limit} interview minutes of this month are used up. Ask the platform's staff for more."
        )


def check_invitations(*, adding: int = 1) -> None:
    """Raise LimitReached when `adding` more would exceed what the company may invite in an hour.

    The lock is held until the transaction ends: what is checked here and created in it is counted once.
    """
    if Tenant.objects.filter(pk=current_tenant_id(), max_hourly_invitations=None).exists():
        return
    limit = lock_tenant().max_hourly_invitations
    if limit is None:
        return
    lately = Invitation.objects.filter(rehearsal=False, created_at__gt=timezone.now() - HOUR).order_by("created_at")
    count = lately.count()
    if count + adding <= limit:
        return
    rule = f"Your company may invite {limit} people an hour"
    if adding > limit:
        raise LimitReached(f"{rule}, and these are {adding}. Invite fewer at once.")
    until = lately.values_list("created_at", flat=True)[count + adding - limit - 1] + HOUR
    raise LimitReached(f"{rule}. Go on at {timezone.localtime(until):%H:%M}.", until=until)


def tell_when_used_up(*, tenant: Tenant) -> bool:
    """Write to the owners, once a month, when the minutes are used up. True when mails were written now."""
    if tenant.max_monthly_minutes is None:
        return False
    tenant = lock_tenant()
    limit = tenant.max_monthly_minutes
    if limit is None or minutes_this_month(tenant=tenant) < limit:
        return False
    if OutgoingEmail.objects.filter(kind=EmailKind.LIMIT, created_at__gte=first_of_month(tenant=tenant)).exists():
        return False
    with override("en"):
        letter = letters.Letter(
            subject=f"{tenant.name}: no further interviews can begin this month",
            headline=f"The {limit} interview minutes that {tenant.name} has for this month are used up.",
            paragraphs=[
                "Interviews under way go on, and candidates who have begun can finish. No further interview can begin "
                "before the next month; candidates are told to try again later.",
                "Ask the platform's staff if you need more.",
            ],
            action="What was used, by month:",
            link=settings.BASE_URL + reverse("usage:own"),
            signature="Vivavoce",
        )
        emails.write_to_owners(letter=letter, kind=EmailKind.LIMIT)
    return True
