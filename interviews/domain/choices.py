"""What a candidate decides about their own invitation: when, in what way, or not at all (that is `decline`)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from interviews.domain import emails, notices, reminders
from interviews.domain.invitations import check_open
from interviews.enums import CandidateWish, EmailKind
from interviews.models import Candidate, Invitation


class OutsideWindow(ValueError):
    """The chosen time has passed, or lies after the deadline."""


def plan_time(*, invitation: Invitation, at: datetime, time_zone: str = "") -> None:
    """Keep when the candidate wants to take the interview, and send the calendar entry for it.

    The link works before and after as well. `time_zone` is where they say they are, if they do. Raises OutsideWindow
    and InvitationClosed.
    """
    check_open(invitation=invitation)
    if not timezone.now() < at <= invitation.expires_at:
        raise OutsideWindow
    with transaction.atomic():
        if time_zone:
            Candidate.objects.filter(pk=invitation.candidate_id).update(time_zone=time_zone)
            invitation.candidate.refresh_from_db()
        Invitation.objects.filter(pk=invitation.pk).update(
            planned_at=at, calendar_sequence=invitation.calendar_sequence + 1
        )
        invitation.refresh_from_db()
        if not invitation.rehearsal:
            emails.queue_email(kind=EmailKind.PLANNED, invitation=invitation)
        reminders.plan_next(invitation_id=invitation.pk)
        notices.invitation_changed(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)


def ask(*, invitation: Invitation, wish: CandidateWish, text: str = "") -> None:
    """Keep what the candidate asks for and tell staff. Asked twice, the last one stands. Raises InvitationClosed."""
    check_open(invitation=invitation)
    with transaction.atomic():
        asked = {"wish": wish, "wish_text": text.strip()[:2000]}
        if Invitation.objects.filter(pk=invitation.pk, wish_settled_at=None, **asked).exists():
            return
        Invitation.objects.filter(pk=invitation.pk).update(wished_at=timezone.now(), wish_settled_at=None, **asked)
        invitation.refresh_from_db()
        if not invitation.rehearsal:
            emails.queue_request_email(invitation=invitation)
        reminders.plan_next(invitation_id=invitation.pk)
        notices.invitation_changed(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)


def settle_wish(*, invitation: Invitation) -> None:
    """Staff has dealt with what the candidate asked for; an interview that is still open is reminded of again."""
    with transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk, wish_settled_at=None).exclude(wish="").update(
            wish_settled_at=timezone.now()
        )
        invitation.refresh_from_db()
        reminders.plan_next(invitation_id=invitation.pk)
