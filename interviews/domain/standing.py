"""Who is invited to an interview already: nobody is invited to it a second time unless somebody wants that."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from interviews.enums import InvitationStatus
from interviews.models import Invitation

#: Somebody with such an invitation is not invited to the same interview again.
STANDING = (
    InvitationStatus.CREATED,
    InvitationStatus.INVITED,
    InvitationStatus.IN_PROGRESS,
    InvitationStatus.PROCESSING,
    InvitationStatus.COMPLETED,
    InvitationStatus.DECLINED,
    InvitationStatus.FAILED,
)


def standing_invitations(interview_id: UUID, addresses: Collection[str]) -> QuerySet[Invitation]:
    """To this interview, of those whose address, in lower case, is one of these."""
    return Invitation.objects.filter(interview_id=interview_id, status__in=STANDING, candidate__email__in=addresses)


def await_turn(interview_id: UUID, addresses: Collection[str]) -> None:
    """Until the transaction ends nobody else who awaits their turn asks who of these is invited, or invites them.

    So what is asked then still holds when the invitation is made. Await it before any lock that others take too.
    """
    locks = [f"invite {interview_id} {address}" for address in addresses]
    with connection.cursor() as cursor:
        # In one order everywhere, so that two with the same addresses never wait for each other.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(lock) FROM"
            " (SELECT hashtextextended(name, 0) AS lock FROM unnest(%s::text[]) AS name ORDER BY lock) AS locks",
            [locks],
        )
