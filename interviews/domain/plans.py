"""Compiling an interview into the plan one session keeps."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext, override

from botrunner.contract import Checkpoint, InterviewPlan, Persona, PlannedQuestion, PriorTurn, Role
from interviews.domain.languages import choose_language, describe_missing, interview_texts, question_text
from interviews.models import Answer, Event, Interview, Invitation, Question, TranscriptTurn
from tenants.models import Brand


class PlanError(ValueError):
    """The interview cannot be held as it is configured; the message says what to change."""


def check_ready(*, interview: Interview) -> list[Question]:
    """The questions in order. Raises PlanError without any, or when one lacks a language the interview offers."""
    links = interview.interview_questions.select_related("question__bank")
    questions = [link.question for link in links]
    if not questions:
        raise PlanError("This interview has no questions yet. Add at least one before inviting anybody.")
    if missing := describe_missing(interview=interview, questions=questions):
        raise PlanError(missing)
    return questions


def compile_plan(*, invitation: Invitation) -> InterviewPlan:
    """The plan for this invitation's next session, in its language, with the checkpoint of the earlier ones.

    Raises PlanError when the interview is not ready to be held.
    """
    interview = invitation.interview
    language = choose_language(invitation=invitation)
    texts = interview_texts(interview=interview, language=language)
    brand = Brand.objects.filter(tenant_id=invitation.tenant_id).first()
    questions = [
        PlannedQuestion(
            id=question.pk,
            text=question_text(question=question, language=language) or question.text,
            competency=question.competency,
            max_follow_ups=question.max_follow_ups,
            follow_up_guidance=question.follow_up_guidance,
            time_limit=min(600, question.time_limit * invitation.extra_time),
            required=question.required,
        )
        for question in check_ready(interview=interview)
    ]
    with override(language):
        nameless = gettext("your interviewer")
    tenant_name = invitation.tenant.name
    return InterviewPlan(
        title=texts.title,
        language=language,
        persona=Persona(
            company=brand.display_name if brand else tenant_name,
            interviewer=interview.interviewer_name or (brand.interviewer_name if brand else "") or nameless,
            tone=interview.tone,
        ),
        candidate_name=invitation.candidate.name,
        intro=texts.intro,
        disclosure=texts.disclosure,
        outro=texts.outro,
        questions=questions,
        total_limit=min(4 * 3600, interview.total_limit * invitation.extra_time),
        retries=interview.retries + invitation.extra_retries,
        typing_allowed=interview.typing_allowed,
        checkpoint=build_checkpoint(invitation=invitation),
    )


def build_checkpoint(*, invitation: Invitation) -> Checkpoint | None:
    """Where the earlier sessions broke off; None while the interview has not begun.

    `elapsed` adds up, over the sessions, the time from the first to the last thing that happened in each.
    """
    if not Event.objects.filter(session__invitation=invitation, name="interview.started").exists():
        return None
    answers = Answer.objects.filter(invitation=invitation)
    accepted = list(answers.values_list("question_id", flat=True))
    turns = TranscriptTurn.objects.filter(session__invitation=invitation).order_by("session__number", "seq")
    return Checkpoint(
        accepted=accepted,
        current=last_open_question(invitation=invitation, accepted=accepted),
        elapsed=elapsed_time(invitation=invitation).total_seconds(),
        transcript=[PriorTurn(role=Role(turn.role), text=turn.text, question_id=turn.question_id) for turn in turns],
    )


def last_open_question(*, invitation: Invitation, accepted: list[UUID]) -> UUID | None:
    """The question asked last, unless its answer is in: then the bot takes the first one not accepted."""
    asked = (
        Event.objects.filter(session__invitation=invitation, name="question.started")
        .order_by("-session__number", "-seq")
        .values_list("message__data__question_id", flat=True)
        .first()
    )
    if asked is None or UUID(asked) in accepted:
        return None
    return UUID(asked)


def elapsed_time(*, invitation: Invitation) -> timedelta:
    """Interview time used so far: of each session, from `interview.started` to its last interview event."""
    total = timedelta()
    for session in invitation.sessions.order_by("number"):
        events = session.events.exclude(name="").order_by("seq")
        begun = events.filter(name="interview.started").values_list("at", flat=True).first()
        last = events.values_list("at", flat=True).last()
        if begun and last:
            total += last - begun
    return total
