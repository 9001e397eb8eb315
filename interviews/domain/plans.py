"""Compiling an interview into the plan one session keeps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext, override

from botrunner.contract import (
    EXTRA_TIME_MOST,
    INTERVIEW_LONGEST,
    Checkpoint,
    InterviewPlan,
    Modality,
    PatienceLearnt,
    Persona,
    PlannedQuestion,
    PriorAnswer,
    PriorExchange,
    PriorTurn,
    Role,
    TimeSpent,
)
from interviews.domain.commands import granted_seconds
from interviews.domain.languages import choose_language, describe_missing, interview_texts, question_text
from interviews.enums import InterviewStatus
from interviews.models import Answer, Event, Interview, Invitation, Question, SessionCommand, TranscriptTurn
from tenants.models import Brand


class PlanError(ValueError):
    """The interview cannot be held as it is configured; the message says what to change."""


def check_ready(*, interview: Interview) -> list[Question]:
    """The questions in order. Raises PlanError without any, or when one lacks a language the interview offers."""
    questions = interview.asked_questions()
    if not questions:
        raise PlanError("This interview has no questions yet. Add at least one before inviting anybody.")
    if missing := describe_missing(interview=interview, questions=questions):
        raise PlanError(missing)
    return questions


def check_invitable(*, interview: Interview) -> None:
    """Raises PlanError unless candidates may be invited to it: published, and ready to be held."""
    if interview.status == InterviewStatus.ARCHIVED:
        raise PlanError("This interview is archived and takes no new invitations. Restore it before inviting anybody.")
    if interview.status == InterviewStatus.DRAFT:
        raise PlanError("This interview is a draft. Publish it before inviting anybody.")
    check_ready(interview=interview.published)


def compile_plan(*, invitation: Invitation) -> InterviewPlan:
    """The plan for this invitation's next session, in its language, with the checkpoint of the earlier ones.

    Raises PlanError when the interview is not ready to be held.
    """
    interview = invitation.offered
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
            min_words=question.min_words,
            time_limit=question.time_limit * invitation.extra_time,
            required=question.required,
        )
        for question in check_ready(interview=interview)
    ]
    granted = granted_seconds(SessionCommand.objects.filter(session__invitation=invitation))
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
        total_limit=min(INTERVIEW_LONGEST * EXTRA_TIME_MOST, interview.total_limit * invitation.extra_time + granted),
        extra_time=invitation.extra_time,
        retries=interview.retries + invitation.extra_retries,
        typing_allowed=interview.typing_allowed,
        checkpoint=build_checkpoint(invitation=invitation),
    )


def build_checkpoint(*, invitation: Invitation) -> Checkpoint | None:
    """Where the earlier sessions broke off; None while the interview has not begun."""
    if not Event.objects.filter(session__invitation=invitation, name="interview.started").exists():
        return None
    answers = Answer.objects.filter(invitation=invitation)
    accepted = list(answers.values_list("question_id", flat=True))
    turns = TranscriptTurn.objects.filter(session__invitation=invitation).order_by("session__number", "seq")
    current = last_open_question(invitation=invitation, accepted=accepted)
    spent, learnt = read_clocks(invitation=invitation), read_patience(invitation=invitation)
    return Checkpoint(
        accepted=accepted,
        current=current,
        exchanges=read_exchanges(invitation=invitation, question_id=current) if current else [],
        question_left=spent.question_left if spent and spent.question_id == current else None,
        elapsed=spent.elapsed if spent else 0,
        transcript=[PriorTurn(role=Role(turn.role), text=turn.text, question_id=turn.question_id) for turn in turns],
        talked_over=learnt.talked_over,
        full_stops_missing=learnt.full_stops_missing,
    )


def last_open_question(*, invitation: Invitation, accepted: list[UUID]) -> UUID | None:
    """The question asked last, unless its answer is in: then the bot takes the first one not accepted."""
    asked = last_told(invitation=invitation, name="question.started")
    question_id = UUID(asked["question_id"]) if asked else None
    return None if question_id in accepted else question_id


def read_exchanges(*, invitation: Invitation, question_id: UUID) -> list[PriorExchange]:
    """What was asked about a question that has no answer yet, and what was said to each.

    A bot that was killed in the middle of a turn has not told of the turn, but of its words as they came in.
    """
    told = Event.objects.filter(
        Q(name__in=("question.started", "follow_up.asked", "turn.added")) | Q(type="user-transcription"),
        session__invitation=invitation,
    ).order_by("session__number", "seq")
    exchanges: list[PriorExchange] = []
    session, asked, words = None, None, list[tuple[str, datetime]]()

    def keep_words() -> None:
        if words and exchanges and asked == str(question_id):
            text = " ".join(word for word, _ in words)
            answer = PriorAnswer(text=text, modality=Modality.VOICE, started_at=words[0][1], ended_at=words[-1][1])
            exchanges[-1].answers.append(answer)
        words.clear()

    for session_id, at, name, data in told.values_list("session", "at", "name", "message__data"):
        if session_id != session:
            keep_words()
            session, asked = session_id, None
        if not name:
            words.append((data["text"], at))
        elif name == "turn.added" and data["role"] == Role.CANDIDATE:
            words.clear()
        asked = data["question_id"] if name == "question.started" else asked
        if not name or data["question_id"] != str(question_id):
            continue
        if name == "question.started":
            exchanges = exchanges or [PriorExchange(asked=data["text"])]
        elif name == "follow_up.asked":
            if data["number"] == len(exchanges):  # a session that resumed says it once more
                exchanges.append(PriorExchange(asked=data["text"]))
        elif exchanges and data["role"] == Role.CANDIDATE:
            said = {field: data[field] for field in PriorAnswer.model_fields}
            exchanges[-1].answers.append(PriorAnswer.model_validate(said))
    keep_words()
    return exchanges


def read_clocks(*, invitation: Invitation) -> TimeSpent | None:
    """How the interview's clocks stood when a bot last told; None before the first time."""
    told = last_told(invitation=invitation, name="time.spent")
    return TimeSpent.model_validate(told) if told else None


def read_patience(*, invitation: Invitation) -> PatienceLearnt:
    """What the interview has learnt of its candidate's pauses."""
    return PatienceLearnt.model_validate(last_told(invitation=invitation, name="patience.learnt") or {})


def last_told(*, invitation: Invitation, name: str) -> dict[str, Any] | None:
    """The data of the last interview event of this name, in whichever session; None before the first."""
    return (
        Event.objects.filter(session__invitation=invitation, name=name)
        .order_by("-session__number", "-seq")
        .values_list("message__data", flat=True)
        .first()
    )
