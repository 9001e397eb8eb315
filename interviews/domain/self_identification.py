"""What candidates say of their sex and race or ethnicity: after the interview, voluntarily, and only to be counted.

Nothing here is recorded in the audit log or told to anybody.
"""

from interviews.categories import Race, Sex
from interviews.enums import InvitationStatus
from interviews.models import Invitation, SelfIdentification

FINISHED = (InvitationStatus.PROCESSING, InvitationStatus.COMPLETED)


class NotAsked(Exception):
    """This candidate is not asked, or not before the interview is over."""


def is_asked(*, invitation: Invitation) -> bool:
    """Whether the interview that this candidate met asks, and is over."""
    return invitation.status in FINISHED and invitation.offered.ask_categories


def has_answered(*, invitation: Invitation) -> bool:
    return SelfIdentification.objects.filter(invitation=invitation).exists()


def identify(*, invitation: Invitation, sex: Sex | None, race: Race | None) -> None:
    """Keep what the candidate says; said twice, the last counts, and nothing at all takes it back. Raises NotAsked.

    Of a rehearsal nothing is kept: it counts nowhere, and whoever rehearses is a member of staff.
    """
    if not is_asked(invitation=invitation):
        raise NotAsked
    if sex is None and race is None:
        SelfIdentification.objects.filter(invitation=invitation).delete()
    elif not invitation.rehearsal:
        SelfIdentification.objects.update_or_create(
            invitation=invitation, defaults={"sex": sex or "", "race": race or ""}
        )
