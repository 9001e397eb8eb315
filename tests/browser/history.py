"""An interview in a demo company's past, written through the domain, for pages that judge one. Runs inside Django."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, F, QuerySet
from django.utils import timezone

from botrunner.contract import (
    AnswerAccepted,
    BotJob,
    CompletionReason,
    InterviewCompleted,
    InterviewPlan,
    InterviewStarted,
    Modality,
    QuestionStarted,
    RelayFrame,
    Role,
    SummaryReady,
    TurnAdded,
    TurnLatency,
    rtvi_server_message,
)
from interviews.demo.companies import HARBOUR_LIGHT
from interviews.domain import (
    emails,
    invitations,
    launch,
    relay,
    results,
    reviews,
    scoring,
    sessions,
    slots,
)
from interviews.domain.banks import create_interview_from_bank
from interviews.domain.judging.judge import read_verdict
from interviews.enums import Mode
from interviews.models import (
    Answer,
    Event,
    Interview,
    Invitation,
    OutgoingEmail,
    QuestionBank,
    Result,
    ResultComment,
    Review,
    ScoreSet,
    Session,
    TranscriptTurn,
)
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.browser.applicants import HANNAH, Applicant, Given, Opinion

#: The model beside the suggested levels.
MODEL = "example"
#: Words a second, of bot and candidate alike.
PACE = 2.4


def write_blind_result(title: str) -> None:
    """Hannah Sørensen's result in an interview that is reviewed blind; the recruiter alone has reviewed it: its id."""
    with tenant_scope(Tenant.objects.get(slug=HARBOUR_LIGHT.slug)):
        bank = QuestionBank.objects.get(is_default=True)
        interview = create_interview_from_bank(title=title, bank=bank, blind_review=True)
        opinion = Opinion("recruiter", "advance", "She asks what nobody else asks.")
        comment = "Has two other offers, so let us be quick."
        print(interview_applicant(interview, replace(HANNAH, opinions=(opinion,), comment=comment)).pk)


def member(role: str) -> User:
    return Membership.objects.select_related("user").get(role=role).user


# --- Interviews ----------------------------------------------------------------------------------


def interview_applicant(interview: Interview, applicant: Applicant) -> Result:
    """Interviewed to the end, scored, reviewed and decided as the applicant's record has it."""
    invitation = invite(interview, applicant.name, applicant.email)
    hold_interview(invitation, applicant.answers, applicant)
    results.complete_invitation(invitation_id=invitation.pk)
    result = Result.objects.select_related("invitation__interview").get(invitation=invitation)
    score(result, applicant)
    results.complete_invitation(invitation_id=invitation.pk)
    judge(result, applicant)
    date_back(invitation, days=applicant.days_ago)
    return result


def invite(interview: Interview, name: str, email: str) -> Invitation:
    """Invited by a mail that is out."""
    made = invitations.create_invitation(interview=interview, candidate_name=name, candidate_email=email)
    mail = emails.claim_email(email_id=made.emails.get().pk)
    assert mail is not None
    emails.record_sent(email=mail, message_id=make_msgid(domain="harbour-light.example"))
    made.refresh_from_db()
    return made


def hold_interview(invitation: Invitation, answers: tuple[Given, ...], applicant: Applicant | None = None) -> None:
    """A session as its bot reports it. Without an applicant, the candidate leaves after the last answer."""
    invitations.record_consent(invitation=invitation, locale="en", mode=Mode.VOICE)
    session = sessions.request_session(invitation=invitation, mode=Mode.VOICE)
    slots.sync_slots()
    claim = launch.claim_launch(session_id=session.pk)
    assert claim is not None
    launch.record_start(claim=claim, started=launch.Started(f"runner-{uuid4()}", "webrtc", {}))
    frames = tell_interview(claim.job, answers, applicant)
    assert claim.job.relay is not None
    relay.store_frames(lease=relay.open_relay(token=claim.job.relay.token, instance=uuid4()), frames=frames)
    Session.objects.filter(pk=session.pk).update(started_at=frames[0].at, ended_at=frames[-1].at)


def tell_interview(job: BotJob, answers: tuple[Given, ...], applicant: Applicant | None) -> list[RelayFrame]:
    plan: InterviewPlan = job.plan
    words = sum(len(given.text.split()) + 40 for given in answers)
    clock = timezone.now() - timedelta(seconds=words / PACE)
    frames: list[RelayFrame] = []

    def tell(*events: Any) -> None:
        for event in events:
            message = event if isinstance(event, dict) else rtvi_server_message(event)
            frames.append(RelayFrame(seq=len(frames) + 1, at=clock, message=message))

    def speak(role: Role, text: str, question: UUID) -> tuple[datetime, datetime]:
        nonlocal clock
        begun, clock = clock, clock + timedelta(seconds=len(text.split()) / PACE)
        tell(TurnAdded(role=role, text=text, question_id=question, started_at=begun, ended_at=clock))
        return begun, clock

    def measure(kind: str, **figures: Any) -> None:
        tell({"label": "rtvi-ai", "type": "metrics", "data": figures})

    tell(InterviewStarted(question_count=len(plan.questions), total_limit=plan.total_limit))
    for index, (question, given) in enumerate(zip(plan.questions, answers, strict=False), start=1):
        of = {"index": index, "count": len(plan.questions)}
        tell(QuestionStarted(question_id=question.id, text=question.text, time_limit=question.time_limit, **of))
        speak(Role.BOT, question.text, question.id)
        begun, ended = speak(Role.CANDIDATE, given.text, question.id)
        tell(TurnLatency(seconds=0.42 + index / 50, parts={"llm": 0.2}))
        usage = {"prompt_tokens": 600 + 90 * index, "completion_tokens": 12}
        measure("tokens", tokens=[usage], characters=[{"value": len(question.text)}])
        times = {"started_at": begun, "ended_at": ended}
        tell(
            AnswerAccepted(
                question_id=question.id, text=given.text, modality=Modality.VOICE, reason="complete", **times
            )
        )
        clock += timedelta(seconds=1)
    if applicant is None:
        tell(InterviewCompleted(reason=CompletionReason.LEFT))
    else:
        tell(SummaryReady(text=applicant.summary, spoken="Thank you.", points=list(applicant.points)))
        tell(InterviewCompleted(reason=CompletionReason.ALL_ANSWERED))
    return frames


def score(result: Result, applicant: Applicant) -> None:
    """What a model says, held to the candidate's own words by the same code as any model's reply."""
    scores = result.score_sets.get()
    claimed = scoring.claim_scoring(score_set_id=scores.pk)
    assert claimed is not None
    for case, given in zip(claimed.cases, applicant.answers, strict=True):
        reply = {"level": given.level, "quotes": [given.quote] if given.quote else [], "reason": given.reason}
        verdict = read_verdict(case=case, message={"content": json.dumps(reply)})
        assert verdict.level == given.level, (applicant.name, case.competency, verdict)
        scoring.record_score(scoring=claimed, case=case, verdict=verdict)
    scoring.finish_scoring(scoring=claimed, model=MODEL)


def judge(result: Result, applicant: Applicant) -> None:
    names = [
        competency.name for competency in reviews.read_judgement(result=result, reader=member("owner")).competencies
    ]
    levels = {name: given.level for name, given in zip(names, applicant.answers, strict=True) if given.level}
    for opinion in applicant.opinions:
        reviews.submit_review(
            result=result,
            reviewer=member(opinion.role),
            levels=levels | dict(opinion.levels),
            decision=opinion.decision,
            reason=opinion.reason,
            comment=opinion.comment,
        )
    if applicant.comment:
        reviews.add_comment(result=result, author=member("recruiter"), text=applicant.comment)
    decision, reason = applicant.decision
    if decision:
        reviews.decide(result=result, actor=member("owner"), decision=decision, reason=reason)


def date_back(invitation: Invitation, *, days: int) -> None:
    """What happened just now with this invitation happened so many days ago, in the middle of the morning."""
    result = Result.objects.filter(invitation=invitation)
    rows: list[QuerySet[Any]] = [
        Invitation.objects.filter(pk=invitation.pk),
        Session.objects.filter(invitation=invitation),
        Event.objects.filter(session__invitation=invitation),
        TranscriptTurn.objects.filter(session__invitation=invitation),
        Answer.objects.filter(invitation=invitation),
        OutgoingEmail.objects.filter(invitation=invitation),
        result,
        ScoreSet.objects.filter(result__in=result),
        Review.objects.filter(result__in=result),
        ResultComment.objects.filter(result__in=result),
    ]
    for one in rows:
        move_back(one, days=days)


def move_back(rows: QuerySet[Any], *, days: int) -> None:
    """All times of these rows but the deadline."""
    now = timezone.localtime(timezone=ZoneInfo(HARBOUR_LIGHT.time_zone))
    then = (now - timedelta(days=days)).replace(hour=10, minute=20 + days)
    times = [one.name for one in rows.model._meta.concrete_fields if isinstance(one, DateTimeField)]
    rows.update(**{name: F(name) - (now - then) for name in times if name != "expires_at"})
