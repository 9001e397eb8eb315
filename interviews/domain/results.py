"""Results: answers as they come in, the summary, and the invitation's way to completed."""

from uuid import UUID

from django.utils import timezone

from botrunner.contract import AnswerAccepted, InterviewPlan, SummaryReady
from interviews.domain import emails, notices, outbox, queue, scoring
from interviews.domain.statuses import move
from interviews.enums import EmailKind, InvitationStatus, WebhookEventType
from interviews.models import Answer, Invitation, Result, Session


def record_answer(*, session: Session, answer: AnswerAccepted) -> None:
    """Keep the answer to one question of the plan.

    The same session may say it anew, because the candidate went on with it; another session's changes nothing.
    """
    plan = InterviewPlan.model_validate(session.plan)
    positions = {question.id: position for position, question in enumerate(plan.questions, start=1)}
    if answer.question_id not in positions:
        return
    position = positions[answer.question_id]
    question = plan.questions[position - 1]
    given = {
        "text": answer.text,
        "modality": answer.modality,
        "reason": answer.reason,
        "follow_ups": answer.follow_ups,
        "started_at": answer.started_at,
        "ended_at": answer.ended_at,
    }
    kept, is_new = Answer.objects.get_or_create(
        invitation_id=session.invitation_id,
        question_id=question.id,
        defaults={
            "session": session,
            "position": position,
            "question_text": question.text,
            "competency": question.competency,
            **given,
        },
    )
    if not is_new and kept.session_id == session.pk:
        Answer.objects.filter(pk=kept.pk).update(**given)


def record_summary(*, session: Session, summary: SummaryReady) -> None:
    Result.objects.update_or_create(
        invitation_id=session.invitation_id, defaults={"summary": summary.text, "points": summary.points}
    )


def begin_processing(*, session: Session) -> None:
    """The interview is over; what remains is ours to do."""
    if move(Invitation.objects.filter(pk=session.invitation_id), to=InvitationStatus.PROCESSING):
        queue.enqueue("complete_invitation", session.tenant_id, session.invitation_id)
        notices.invitation_changed(tenant_id=session.tenant_id, invitation_id=session.invitation_id)


def complete_invitation(*, invitation_id: UUID) -> bool:
    """Close a processed interview, once it is scored or its scoring given up. Twice is once.

    The candidate is thanked, and staff told. Its result exists even when the summary never came, and whether or not
    there are scores.
    """
    locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
    invitation = locked.select_related("interview", "candidate", "tenant").get(pk=invitation_id)
    if invitation.status != InvitationStatus.PROCESSING:
        return False
    result, _made = Result.objects.get_or_create(invitation=invitation)
    if scoring.is_under_way(result=result):
        return False
    move(
        Invitation.objects.filter(pk=invitation.pk),
        to=InvitationStatus.COMPLETED,
        completed_at=timezone.now(),
        next_reminder_at=None,
    )
    if invitation.invited_at:
        emails.queue_email(kind=EmailKind.DONE, invitation=invitation)
    emails.queue_result_emails(result=result)
    outbox.tell_of_invitation(WebhookEventType.RESULT_READY, invitation_id=invitation.pk)
    notices.invitation_changed(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)
    return True
