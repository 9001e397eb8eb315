"""The one way in which the status of an invitation or a session changes: along `enums.TRANSITIONS`."""

from typing import Any

from django.db.models import QuerySet

from interviews.enums import TRANSITIONS, InvitationStatus, SessionStatus
from interviews.models import Invitation, Session


def move(
    rows: QuerySet[Invitation] | QuerySet[Session], *, to: InvitationStatus | SessionStatus, **changes: Any
) -> bool:
    """Take those of `rows` to status `to` that may become so, with whatever changes beside it. Whether any has moved.

    One conditional UPDATE: of two that take the same step at once, one has moved.
    """
    return rows.filter(status__in=come_from(to)).update(status=to, **changes) > 0


def come_from(to: InvitationStatus | SessionStatus) -> list[InvitationStatus | SessionStatus]:
    """The statuses that `to` may follow."""
    return [status for status, following in TRANSITIONS.items() if to in following and isinstance(status, type(to))]
