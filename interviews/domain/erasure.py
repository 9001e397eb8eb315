"""A candidate's data: all of it shown, and all of it erased."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from interviews.domain import emails, figures, invitations, outbox, queue
from interviews.enums import (
    OPEN_STATUSES,
    BatchRowState,
    BatchStatus,
    EmailKind,
    ErasureStatus,
    InvitationStatus,
    WebhookEventType,
)
from interviews.models import (
    Answer,
    BatchRow,
    Candidate,
    CompetencyScore,
    DataErasure,
    Event,
    IdempotentRequest,
    Invitation,
    InvitationBatch,
    InvitationLink,
    Order,
    OutgoingEmail,
    Recording,
    RecordingChunk,
    Result,
    ResultComment,
    ResultLink,
    Review,
    SelfIdentification,
    Session,
    TranscriptTurn,
    WebhookEvent,
)
from interviews.models.idempotency import KEPT
from tenants.domain import tokens
from tenants.domain.audit import erase_names, record

ERASED_NAME = "Erased"


def export_data(*, candidate: Candidate) -> dict[str, Any]:
    """Every row that is kept of this candidate, by kind, oldest first. Source of the duty: GDPR, article 15.

    Notes it in the audit log.
    """
    of_candidate = {"invitation__candidate": candidate}
    of_session = {"session__invitation__candidate": candidate}
    of_result = {"result__invitation__candidate": candidate}
    invitations = candidate.invitations.select_related("interview", "order").order_by("created_at")
    record(verb="exported the data of", target=candidate)
    return {
        "candidate": candidate,
        "invitations": invitations,
        "list_entries": BatchRow.objects.filter(email=candidate.email).order_by("pk"),
        "consents": [consent for invitation in invitations for consent in consents(invitation)],
        "emails": OutgoingEmail.objects.filter(**of_candidate).prefetch_related("events").order_by("created_at"),
        "sessions": Session.objects.filter(**of_candidate).order_by("requested_at"),
        "events": Event.objects.filter(**of_session).order_by("session__requested_at", "seq"),
        "transcript": TranscriptTurn.objects.filter(**of_session).order_by("started_at", "seq"),
        "answers": Answer.objects.filter(**of_candidate).order_by("invitation__created_at", "position"),
        "results": Result.objects.filter(**of_candidate).order_by("created_at"),
        "scores": CompetencyScore.objects.filter(score_set__result__invitation__candidate=candidate)
        .select_related("score_set")
        .order_by("score_set__created_at", "position"),
        "reviews": Review.objects.filter(**of_result).prefetch_related("scores").order_by("submitted_at"),
        "comments": ResultComment.objects.filter(**of_result).order_by("created_at"),
        "result_links": ResultLink.objects.filter(**of_result).order_by("created_at"),
        "self_identification": SelfIdentification.objects.filter(**of_candidate).order_by("answered_at"),
        "recordings": Recording.objects.filter(**of_session).select_related("session").order_by("created_at"),
        "webhook_events": WebhookEvent.objects.filter(**of_candidate).order_by("created_at"),
        "erasures": DataErasure.objects.filter(candidate=candidate).order_by("requested_at"),
    }


@dataclass(frozen=True)
class Consent:
    """What the candidate has agreed to, in the words that they were shown."""

    invitation_id: UUID
    kind: str
    given_at: datetime
    version: str
    locale: str
    text: str


def consents(invitation: Invitation) -> Iterator[Consent]:
    """`kind` is interview or recording."""
    if invitation.consented_at:
        given = (invitation.consented_at, invitation.consent_version, invitation.consent_locale)
        yield Consent(invitation.pk, "interview", *given, invitation.consent_text)
    if invitation.recording_consented_at:
        given = (
            invitation.recording_consented_at,
            invitation.recording_consent_version,
            invitation.recording_consent_locale,
        )
        yield Consent(invitation.pk, "recording", *given, invitation.recording_consent_text)


def request_erasure(*, candidate: Candidate, requested_by: str) -> DataErasure:
    """Note the wish and have it done after commit. Asked again before it is done, it is the same one."""
    with transaction.atomic():
        Candidate.objects.select_for_update().get(pk=candidate.pk)
        pending = DataErasure.objects.filter(candidate=candidate, status=ErasureStatus.REQUESTED)
        if erasure := pending.first():
            return erasure
        erasure = DataErasure.objects.create(candidate=candidate, requested_by=requested_by)
        record(verb="asked for the erasure of a candidate's data", target=erasure)
        queue.enqueue("erase_data", erasure.tenant_id, erasure.pk)
    return erasure


def erase(*, erasure_id: UUID) -> bool:
    """Delete what a candidate said and who they were, and tell them by mail where they had one from us.

    Their invitations stay as numbers, with nobody in them. Files of recordings go with their rows. Twice is once.
    """
    with transaction.atomic():
        erasure = DataErasure.objects.select_for_update().select_related("candidate").get(pk=erasure_id)
        if erasure.status == ErasureStatus.COMPLETED:
            return False
        candidate = erasure.candidate
        theirs = candidate.invitations.all()
        for invitation in theirs.select_for_update(no_key=True).order_by("pk"):
            if invitation.status in OPEN_STATUSES:
                invitations.close(invitation=invitation, status=InvitationStatus.CANCELED)
        mailed = theirs.select_related("interview", "candidate", "tenant").filter(invited_at__isnull=False)
        last = mailed.order_by("created_at").last()
        erasure.erased = forget(invitations=theirs)
        blank_candidate(candidate=candidate)
        if last is not None:
            emails.queue_email(kind=EmailKind.DELETED, invitation=last)
        outbox.tell_of_candidate(WebhookEventType.CANDIDATE_DATA_DELETED, candidate_id=candidate.pk)
        erasure.status, erasure.completed_at = ErasureStatus.COMPLETED, timezone.now()
        erasure.save()
    return True


def forget(*, invitations: QuerySet[Invitation]) -> dict[str, int]:
    """Delete every row that holds their candidates' words, voice or a way to reach them; how many of each kind.

    What their sessions used stays, as numbers.
    """
    links = InvitationLink.objects.filter(invitation__in=invitations)
    for link in links:
        tokens.forget_token(digest=link.digest)
    of_session = {"session__invitation__in": invitations}
    of_invitation = {"invitation__in": invitations}
    figures.detach_figures(sessions=Session.objects.filter(**of_invitation))
    erase_names(object_ids=rows_about(invitations))
    found: list[QuerySet[Any]] = [
        links,
        *(model.objects.filter(**of_session) for model in (RecordingChunk, Recording, TranscriptTurn, Event)),
        *(
            model.objects.filter(**of_invitation)
            for model in (Answer, Result, SelfIdentification, OutgoingEmail, Order)
        ),
        Session.objects.filter(**of_invitation),
    ]
    counts = {str(rows.model._meta.model_name): rows.delete()[0] for rows in found}
    forget_external_ids(invitations=invitations)
    invitations.update(decline_reason="", personal_note="", wish_text="", planned_at=None, forgotten_at=timezone.now())
    return counts


def rows_about(invitations: QuerySet[Invitation]) -> list[UUID]:
    """The ids of these invitations, and of their rows that the audit log names."""
    found = list(invitations.values_list("pk", flat=True))
    of_invitation = {"invitation__in": invitations}
    for model in (Session, Result, OutgoingEmail, Order):
        found += model.objects.filter(**of_invitation).values_list("pk", flat=True)
    found += Recording.objects.filter(session__invitation__in=invitations).values_list("pk", flat=True)
    found += Review.objects.filter(result__invitation__in=invitations).values_list("pk", flat=True)
    return found


def forget_external_ids(*, invitations: QuerySet[Invitation]) -> None:
    """Of the system that has ordered them, in the events that were told of them."""
    for event in WebhookEvent.objects.filter(invitation__in=invitations):
        if event.content["data"].get("external") is not None:
            event.content["data"]["external"] = None
            event.body = json.dumps(event.content, separators=(",", ":"))
            event.save(update_fields=["body"])


def blank_candidate(*, candidate: Candidate) -> None:
    """Nothing says any more who they were, nor do the answers that are kept for requests sent again."""
    shown = f"cand_{candidate.pk.hex}"
    IdempotentRequest.objects.filter(Q(body__id=shown) | Q(body__candidate=shown)).delete()
    forget_in_lists(candidate=candidate)
    erasures = DataErasure.objects.filter(candidate=candidate).values_list("pk", flat=True)
    erase_names(object_ids=[candidate.pk, *erasures])
    Candidate.objects.filter(pk=candidate.pk).update(
        name=ERASED_NAME, email=f"erased-{candidate.pk.hex}@invalid", locale="", time_zone="UTC"
    )


def forget_in_lists(*, candidate: Candidate) -> None:
    """The rows by which they were invited or would be, and the cells that lists not yet started were read from."""
    theirs = Q(email__iexact=candidate.email) | Q(invitation__candidate=candidate)
    rows = BatchRow.objects.filter(pk__in=list(BatchRow.objects.filter(theirs).values_list("pk", flat=True)))
    rows.filter(state=BatchRowState.READY).update(state=BatchRowState.PROBLEM, problem="Their data was erased.")
    rows.update(name="", email="", personal_note="")
    for batch in InvitationBatch.objects.select_for_update().filter(status=BatchStatus.DRAFT):
        kept = [[""] * len(row) if any(candidate.email in cell.lower() for cell in row) else row for row in batch.table]
        if kept != batch.table:
            batch.table = kept
            batch.save(update_fields=["table"])


def forget_expired(*, invitation_id: UUID) -> bool:
    """Forget one invitation whose interview's retention is over; and who it was, if nothing else is kept of them."""
    with transaction.atomic():
        mine = Invitation.objects.filter(pk=invitation_id, forgotten_at=None)
        invitation = mine.select_for_update(of=("self",), no_key=True).select_related("candidate").first()
        if invitation is None or invitation.status in OPEN_STATUSES:
            return False
        forget(invitations=Invitation.objects.filter(pk=invitation.pk))
        candidate = invitation.candidate
        if not candidate.invitations.filter(forgotten_at=None).exists():
            blank_candidate(candidate=candidate)
            outbox.tell_of_candidate(WebhookEventType.CANDIDATE_DATA_DELETED, candidate_id=candidate.pk)
    return True


def forget_old_requests() -> int:
    """Take answers away that no request sent again will ask for, as they may name candidates; how many."""
    return IdempotentRequest.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
