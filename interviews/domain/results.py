"""Results: answers as they come in, the summary, and the invitation's way to completed."""

from uuid import UUID

from django.utils import timezone

from botrunner.contract import AnswerAccepted, InterviewPlan, SummaryReady
from interviews.domain import notices, queue
from interviews.enums import InvitationStatus
from interviews.models import Answer, Invitation, Result, Session


def record_answer(*, session: Session, answer: AnswerAccepted) -> None:
    """Keep the answer to one question of the plan; a second one to the same question changes nothing."""
    plan = InterviewPlan.model_validate(session.plan)
    positions = {question.id: position for position, question in enumerate(plan.questions, start=1)}
    if answer.question_id not in positions:
        return
    position = positions[answer.question_id]
    question = plan.questions[position - 1]
    Answer.objects.get_or_create(
        invitation_id=session.invitation_id,
        question_id=question.id,
        defaults={
            "session": session,
            "position": position,
            "question_text": question.text,
            "competency": question.competency,
            "text": answer.text,
            "modality": answer.modality,
            "reason": answer.reason,
            "follow_ups": answer.follow_ups,
            "started_at": answer.started_at,
            "ended_at": answer.ended_at,
        },
    )


def record_summary(*, session: Session, summary: SummaryReady) -> None:
    Result.objects.update_or_create(
        invitation_id=session.invitation_id, defaults={"summary": summary.text, "points": summary.points}
    )


def begin_processing(*, session: Session) -> None:
    """The interview is over; what remains is ours to do."""
    invitations = Invitation.objects.filter(pk=session.invitation_id, status=InvitationStatus.IN_PROGRESS)
    if invitations.update(status=InvitationStatus.PROCESSING):
        queue.enqueue("complete_invitation", session.tenant_id, session.invitation_id)
        notices.invitation_changed(tenant_id=session.tenant_id, invitation_id=session.invitation_id)


def complete_invitation(*, invitation_id: UUID) -> bool:
    """Close a processed interview. Its result exists even when the summary never came. Twice is once."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.status != InvitationStatus.PROCESSING:
        return False
    Result.objects.get_or_create(invitation=invitation)
    Invitation.objects.filter(pk=invitation.pk).update(status=InvitationStatus.COMPLETED, completed_at=timezone.now())
    notices.invitation_changed(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)
    return True
