"""Inviting: from the row to the link, and every way an invitation closes without an interview."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from interviews.domain import emails, notices, sessions
from interviews.domain.languages import choose_language, interview_texts
from interviews.domain.plans import check_ready
from interviews.enums import OPEN_STATUSES, EndReason, InvitationStatus, Mode, check_transition
from interviews.models import Candidate, Interview, Invitation, InvitationLink
from tenants.domain import tokens
from tenants.enums import TokenKind

DEFAULT_WINDOW = timedelta(days=14)


class InvitationClosed(Exception):
    """The link is genuine but does not lead to an interview any more; the message says why."""


@dataclass(frozen=True)
class LinkLocation:
    """Where a candidate's link leads: enough to open the tenant's scope and fetch the invitation in it."""

    tenant_id: UUID
    digest: str


def create_invitation(
    *,
    interview: Interview,
    candidate_name: str,
    candidate_email: str,
    expires_at: datetime | None = None,
    locale: str = "",
    extra_time: float = 1.0,
    notify: bool = True,
) -> Invitation:
    """Invite somebody, once committed by mail where `notify` is set.

    `locale` is the language the candidate is known to speak; empty, what is known of them already stands. Raises
    PlanError when the interview has no questions, or not all of them in each language it offers.
    """
    check_ready(interview=interview)
    with transaction.atomic():
        candidate, new = Candidate.objects.get_or_create(
            email=candidate_email.strip().lower(), defaults={"name": candidate_name.strip(), "locale": locale}
        )
        if not new and locale and candidate.locale != locale:
            candidate.locale = locale
            candidate.save(update_fields=["locale"])
        invitation = Invitation.objects.create(
            interview=interview,
            candidate=candidate,
            expires_at=expires_at or timezone.now() + DEFAULT_WINDOW,
            extra_time=extra_time,
        )
        if notify:
            emails.queue_invitation_email(invitation=invitation)
    return invitation


def resend(*, invitation: Invitation) -> None:
    """Write the mail once more; it will hold a link of its own. Raises InvitationClosed."""
    check_open(invitation=invitation)
    emails.queue_invitation_email(invitation=invitation)


def mint_link(*, invitation: Invitation) -> str:
    """A new absolute link to the candidate's page. It cannot be shown again: only its hash is kept."""
    token, digest = tokens.mint_token(kind=TokenKind.INVITATION, tenant_id=invitation.tenant_id)
    InvitationLink.objects.create(invitation=invitation, digest=digest)
    return settings.BASE_URL + reverse("candidate:interview", args=[token])


def locate_link(*, token: str) -> LinkLocation | None:
    """Whose link this is; None for nonsense and for a company that is closed. Runs without a tenant in scope."""
    tenant = tokens.find_tenant_by_token(kind=TokenKind.INVITATION, token=token)
    return LinkLocation(tenant_id=tenant.pk, digest=tokens.digest_of(token)) if tenant else None


def get_invitation(*, digest: str) -> Invitation:
    """The invitation a located link opens, with interview, candidate and tenant. Raises Invitation.DoesNotExist."""
    return Invitation.objects.select_related("interview", "candidate", "tenant").get(links__digest=digest)


def check_open(*, invitation: Invitation) -> None:
    """Raise InvitationClosed unless an interview can begin or go on under this invitation now."""
    if invitation.status not in OPEN_STATUSES:
        raise InvitationClosed(
            {
                InvitationStatus.PROCESSING: _("This interview has been completed."),
                InvitationStatus.COMPLETED: _("This interview has been completed."),
                InvitationStatus.DECLINED: _("This invitation was declined."),
                InvitationStatus.CANCELED: _("This invitation was withdrawn."),
                InvitationStatus.EXPIRED: _("This invitation has expired."),
            }[InvitationStatus(invitation.status)]
        )
    if invitation.is_overdue:
        raise InvitationClosed(_("This invitation has expired."))


def record_consent(*, invitation: Invitation, locale: str, mode: Mode) -> None:
    """Store what the candidate agreed to, word for word, with version, language and time.

    The first time stands, unless they choose another language while they still can, and agree in that one. A
    `locale` that the interview does not offer falls back as on the candidate's page.
    """
    interview = invitation.interview
    language = choose_language(invitation=invitation, asked=locale)
    Invitation.objects.filter(pk=invitation.pk).exclude(consented_at__isnull=False, consent_locale=language).update(
        consented_at=timezone.now(),
        consent_version=interview.consent_version,
        consent_text=interview_texts(interview=interview, language=language).consent_text,
        consent_locale=language,
    )
    Invitation.objects.filter(pk=invitation.pk).update(mode=mode, language=language)
    invitation.refresh_from_db()


def record_recording_consent(*, invitation: Invitation, locale: str) -> None:
    """Store that the candidate agrees to being recorded, and to which words; nothing where it is not recorded.

    What they agreed to first stands, as with `record_consent`. It is proof for the sessions that were recorded, so
    starting the next one without it takes nothing away: that session simply is not.
    """
    interview = invitation.interview
    if not interview.record:
        return
    language = choose_language(invitation=invitation, asked=locale)
    agreed = {"recording_consent_locale": language, "recording_consent_version": interview.consent_version}
    Invitation.objects.filter(pk=invitation.pk).exclude(recording_consented_at__isnull=False, **agreed).update(
        recording_consented_at=timezone.now(),
        recording_consent_text=interview_texts(interview=interview, language=language).recording_consent_text,
        **agreed,
    )
    invitation.refresh_from_db()


def decline(*, invitation: Invitation, reason: str = "") -> None:
    close(invitation=invitation, status=InvitationStatus.DECLINED, decline_reason=reason[:2000])


def cancel(*, invitation: Invitation) -> None:
    close(invitation=invitation, status=InvitationStatus.CANCELED)


def expire_overdue(*, invitation_id: UUID) -> bool:
    """Expire an invitation past its deadline, unless its candidate is talking right now."""
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
        if invitation.status not in OPEN_STATUSES or not invitation.is_overdue:
            return False
        if sessions.active_session(invitation=invitation):
            return False
        close(invitation=invitation, status=InvitationStatus.EXPIRED)
        return True


def close(*, invitation: Invitation, status: InvitationStatus, **fields: object) -> None:
    """Close an invitation, and end its running session with it. Raises TransitionError for one already closed."""
    with transaction.atomic():
        locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
        check_transition(InvitationStatus(locked.status), status)
        Invitation.objects.filter(pk=locked.pk).update(status=status, **fields)
        for session in locked.sessions.exclude(status="ended"):
            sessions.end_session(session=session, reason=EndReason.CANCELED)
        notices.invitation_changed(tenant_id=locked.tenant_id, invitation_id=locked.pk)
    invitation.refresh_from_db()
