"""Inviting: from the row to the link, and every way an invitation closes without an interview."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from interviews.domain import emails, limits, notices, outbox, reminders, sessions
from interviews.domain.languages import choose_language, interview_texts
from interviews.domain.letters import zone_of
from interviews.domain.plans import check_invitable
from interviews.domain.statuses import move
from interviews.enums import (
    OPEN_STATUSES,
    EmailKind,
    EndReason,
    InvitationStatus,
    Mode,
    TransitionError,
    WebhookEventType,
)
from interviews.models import BatchRow, Candidate, Interview, Invitation, InvitationLink, Order
from tenants.domain import tokens
from tenants.domain.domains import link_base
from tenants.enums import TokenKind

#: The last year in which a link can end. Beyond 9999, in whatever time zone, no date can be read back.
LAST_YEAR = 2100
DEFAULT_WINDOW = timedelta(days=14)


TOLD_WHEN_CLOSED = {
    InvitationStatus.DECLINED: WebhookEventType.INVITATION_DECLINED,
    InvitationStatus.EXPIRED: WebhookEventType.INVITATION_EXPIRED,
    InvitationStatus.CANCELED: WebhookEventType.INVITATION_CANCELED,
}


class InvitationClosed(Exception):
    """The link is genuine but does not lead to an interview any more; the message says why."""


class AddressTaken(ValueError):
    """The address belongs to another candidate of this company."""


class BadDeadline(ValueError):
    """No link can work until then. `code` is "past" or "too_late"; the message says what to choose."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


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
    time_zone: str = "",
    extra_time: float = 1.0,
    personal_note: str = "",
    notify: bool = True,
    order: Order | None = None,
) -> Invitation:
    """Invite somebody, once committed by mail where `notify` is set. `order` is the unsaved row of who asked for it.

    `locale` is the language the candidate is known to speak, `time_zone` where they are known to live; empty, what is
    known of them already stands, else the company's zone. Raises PlanError when the interview is not published, or not
    ready to be held, and LimitReached when the company has invited as many people in this hour as it may. Without
    `expires_at` the link works for the interview's window.
    """
    check_invitable(interview=interview)
    with transaction.atomic():
        limits.check_invitations()
        known = {name: value for name, value in (("locale", locale), ("time_zone", time_zone)) if value}
        candidate, new = Candidate.objects.get_or_create(
            email=candidate_email.strip().lower(),
            defaults={"name": candidate_name.strip(), "time_zone": interview.tenant.time_zone} | known,
        )
        news = [] if new else [name for name, value in known.items() if getattr(candidate, name) != value]
        if news:
            for name in news:
                setattr(candidate, name, known[name])
            candidate.save(update_fields=news)
        invitation = Invitation.objects.create(
            interview=interview,
            candidate=candidate,
            expires_at=expires_at or timezone.now() + timedelta(days=interview.window_days),
            extra_time=extra_time,
            personal_note=personal_note.strip(),
        )
        if order is not None:
            order.invitation = invitation
            order.save(force_insert=True)
        outbox.tell_of_invitation(WebhookEventType.INVITATION_CREATED, invitation_id=invitation.pk)
        if notify:
            emails.queue_invitation_email(invitation=invitation)
    return invitation


def check_deadline(moment: datetime) -> None:
    """Raise BadDeadline for one that no link can have."""
    if moment <= timezone.now():
        raise BadDeadline("past", "Choose a time in the future.")
    if moment.year > LAST_YEAR:
        raise BadDeadline("too_late", f"Choose a time before the year {LAST_YEAR + 1}.")


def resend(*, invitation: Invitation) -> None:
    """Write the mail once more; it will hold a link of its own. Raises InvitationClosed."""
    check_open(invitation=invitation)
    Invitation.objects.filter(pk=invitation.pk).update(bounced_at=None)
    invitation.refresh_from_db(fields=["bounced_at"])
    emails.queue_invitation_email(invitation=invitation)


def mint_link(*, invitation: Invitation) -> str:
    """A new absolute link to the candidate's page. It cannot be shown again: only its hash is kept."""
    token, digest = tokens.mint_token(kind=TokenKind.INVITATION, tenant_id=invitation.tenant_id)
    InvitationLink.objects.create(invitation=invitation, digest=digest)
    return link_base(tenant_id=invitation.tenant_id) + reverse("candidate:interview", args=[token])


def locate_link(*, token: str) -> LinkLocation | None:
    """Whose link this is; None for nonsense and for a company that is closed. Runs without a tenant in scope."""
    tenant = tokens.find_tenant_by_token(kind=TokenKind.INVITATION, token=token)
    return LinkLocation(tenant_id=tenant.pk, digest=tokens.digest_of(token)) if tenant else None


def get_invitation(*, digest: str) -> Invitation:
    """The invitation a located link opens, with interview, candidate and tenant. Raises Invitation.DoesNotExist."""
    return Invitation.objects.select_related("interview", "candidate", "tenant", "version").get(links__digest=digest)


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
                InvitationStatus.FAILED: _(
                    "This interview cannot be started again. Please write to the person who invited you."
                ),
            }[InvitationStatus(invitation.status)]
        )
    if invitation.is_overdue:
        raise InvitationClosed(_("This invitation has expired."))


def record_consent(*, invitation: Invitation, locale: str, mode: Mode) -> None:
    """Store what the candidate agreed to, word for word, with version, language and time.

    The first time stands, unless they agree to another version, or in another language while they can still choose
    it. A `locale` that the interview does not offer falls back as on the candidate's page.
    """
    interview = invitation.offered
    language = choose_language(invitation=invitation, asked=locale)
    agreed = {"consent_locale": language, "consent_version": interview.consent_version}
    Invitation.objects.filter(pk=invitation.pk).exclude(consented_at__isnull=False, **agreed).update(
        consented_at=timezone.now(),
        consent_text=interview_texts(interview=interview, language=language).consent_text,
        **agreed,
    )
    Invitation.objects.filter(pk=invitation.pk).update(mode=mode, language=language)
    invitation.refresh_from_db()


def record_recording_consent(*, invitation: Invitation, locale: str) -> None:
    """Store that the candidate agrees to being recorded, and to which words; nothing where it is not recorded.

    What they agreed to first stands, as with `record_consent`. It is proof for the sessions that were recorded, so
    starting the next one without it takes nothing away: that session simply is not.
    """
    interview = invitation.offered
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
    """Who was invited by mail gets one that confirms it. Raises TransitionError."""
    with transaction.atomic():
        close(invitation=invitation, status=InvitationStatus.DECLINED, decline_reason=reason[:2000])
        if invitation.invited_at:
            emails.queue_email(kind=EmailKind.DECLINED, invitation=invitation)


def cancel(*, invitation: Invitation, notify: bool = True) -> None:
    """Withdraw it; who was invited by mail is told by mail where `notify` is set. Raises TransitionError."""
    with transaction.atomic():
        close(invitation=invitation, status=InvitationStatus.CANCELED)
        if notify and invitation.invited_at:
            emails.queue_email(kind=EmailKind.CANCELED, invitation=invitation)


def extend(*, invitation: Invitation, expires_at: datetime, notify: bool = True) -> None:
    """Move the deadline, which opens an expired invitation again, and tell the candidate where `notify` is set.

    Raises InvitationClosed for one that ended otherwise or whose data was deleted, and BadDeadline.
    """
    check_deadline(expires_at)
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        changes: dict[str, object] = {"expires_at": expires_at, "calendar_sequence": locked.calendar_sequence + 1}
        if locked.planned_at and locked.planned_at > expires_at:
            changes["planned_at"] = None
        this = Invitation.objects.filter(pk=locked.pk)
        if locked.status == InvitationStatus.EXPIRED and locked.forgotten_at is None:
            move(this, to=status_when_open(invitation=locked), **changes)
        elif locked.status in OPEN_STATUSES:
            this.update(**changes)
        else:
            check_open(invitation=locked)
        invitation.refresh_from_db()
        reminders.plan_next(invitation_id=invitation.pk)
        if notify and invitation.invited_at:
            emails.queue_email(kind=EmailKind.EXTENDED, invitation=invitation)
        notices.invitation_changed(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)


def status_when_open(*, invitation: Invitation) -> InvitationStatus:
    """What an invitation becomes that opens again: it goes on where it was."""
    begun = invitation.sessions.filter(started_at__isnull=False).exists()
    return InvitationStatus.IN_PROGRESS if begun else InvitationStatus.INVITED


def grant_retry(*, invitation: Invitation) -> None:
    """One more start than the interview allows, which opens a failed invitation again. Raises InvitationClosed.

    One that failed and whose deadline has passed is expired then, until that is moved too.
    """
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        this, more = Invitation.objects.filter(pk=locked.pk), {"extra_retries": F("extra_retries") + 1}
        if locked.status == InvitationStatus.FAILED and locked.forgotten_at is None:
            move(this, to=status_when_open(invitation=locked), **more)
        else:
            check_open(invitation=locked)
            this.update(**more)
        invitation.refresh_from_db()
        reminders.plan_next(invitation_id=invitation.pk)
        notices.invitation_changed(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)


def correct_address(*, invitation: Invitation, email: str) -> None:
    """Give the candidate the right address and invite them there. Raises InvitationClosed, and AddressTaken.

    The wrong address holds links to whatever they are invited to: all of these stop working, and each such invitation
    is mailed anew. Mails still under way go to the right address.
    """
    check_open(invitation=invitation)
    address = email.strip().lower()
    with transaction.atomic():
        if Candidate.objects.filter(email=address).exclude(pk=invitation.candidate_id).exists():
            raise AddressTaken("Another candidate has this address. Invite them instead.")
        wrong = invitation.candidate.email
        Candidate.objects.filter(pk=invitation.candidate_id).update(email=address)
        BatchRow.objects.filter(invitation__candidate=invitation.candidate_id).update(email=address)
        invitation.candidate.refresh_from_db()
        resend(invitation=invitation)
        if wrong == address:
            return
        theirs = Invitation.objects.filter(candidate=invitation.candidate, status__in=OPEN_STATUSES)
        emails.redirect_emails(invitations=theirs, recipient=address)
        void_links(invitations=theirs)
        others = theirs.exclude(pk=invitation.pk).filter(invited_at__isnull=False, expires_at__gt=timezone.now())
        for other in others.select_related("interview", "candidate", "tenant"):
            resend(invitation=other)


def void_links(*, invitations: QuerySet[Invitation]) -> None:
    links = InvitationLink.objects.filter(invitation__in=invitations)
    for link in links:
        tokens.forget_token(digest=link.digest)
    links.delete()


def remind(*, invitation_id: UUID) -> EmailKind | None:
    """Write the reminder that is due and plan the next one. The row is locked, so two sweeps write one mail.

    One found late, outside office hours, waits for the next ones.
    """
    now = timezone.now()
    with transaction.atomic():
        due = Invitation.objects.select_for_update(of=("self",), no_key=True).filter(
            pk=invitation_id, next_reminder_at__lte=now
        )
        invitation = due.select_related("candidate", "interview", "tenant").first()
        if invitation is None:
            return None
        zone = zone_of(invitation.candidate)
        if not reminders.may_remind(invitation) or (invitation.planned_at and invitation.planned_at > now):
            reminders.plan_next(invitation_id=invitation_id)
            return None
        if not reminders.is_office_hour(now, zone):
            invitation.next_reminder_at = reminders.next_office_hour(now, zone)
            invitation.save(update_fields=["next_reminder_at"])
            return None
        kind = EmailKind(invitation.next_reminder_kind)
        emails.queue_email(kind=kind, invitation=invitation)
        Invitation.objects.filter(pk=invitation_id).update(reminder_count=F("reminder_count") + 1)
        reminders.plan_next(invitation_id=invitation_id)
        return kind


def expire_overdue(*, invitation_id: UUID) -> bool:
    """Expire an invitation past its deadline, unless its candidate is talking right now."""
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation_id)
        if invitation.status not in OPEN_STATUSES or not invitation.is_overdue:
            return False
        if sessions.active_session(invitation=invitation):
            return False
        close(invitation=invitation, status=InvitationStatus.EXPIRED)
        return True


def close(*, invitation: Invitation, status: InvitationStatus, **fields: object) -> None:
    """Close an invitation, and end its running session with it. Raises TransitionError for one already closed."""
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        if not move(Invitation.objects.filter(pk=locked.pk), to=status, next_reminder_at=None, **fields):
            raise TransitionError(InvitationStatus(locked.status), status)
        for session in locked.sessions.exclude(status="ended"):
            sessions.end_session(session=session, reason=EndReason.CANCELED)
        if event := TOLD_WHEN_CLOSED.get(status):
            outbox.tell_of_invitation(event, invitation_id=locked.pk)
        notices.invitation_changed(tenant_id=locked.tenant_id, invitation_id=locked.pk)
    invitation.refresh_from_db()
