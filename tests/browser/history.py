"""An interview in a demo company's past, written through the domain, for pages that judge one. Runs inside Django."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from email.utils import make_msgid
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, F, QuerySet
from django.utils import timezone

from botrunner.contract import SummaryReady
from interviews.demo.companies import HARBOUR_LIGHT
from interviews.domain import emails, invitations, relay, results, reviews, scoring
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
from tests.browser.applicants import HANNAH, Applicant, Opinion
from tests.interviews.factories import launch_session, make_session, open_relay
from tests.interviews.telling import tell_interview

#: The model beside the suggested levels.
MODEL = "example"


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
    hold_interview(invitation, applicant)
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


def hold_interview(invitation: Invitation, applicant: Applicant) -> None:
    """A session as its bot reports it."""
    invitations.record_consent(invitation=invitation, locale="en", mode=Mode.VOICE)
    session = make_session(invitation=invitation)
    job = launch_session(session)
    frames = tell_interview(
        job.plan,
        [given.text for given in applicant.answers],
        begun=timezone.now() - timedelta(minutes=5),
        summary=SummaryReady(text=applicant.summary, spoken="Thank you.", points=list(applicant.points)),
    )
    relay.store_frames(lease=open_relay(job), frames=frames)
    Session.objects.filter(pk=session.pk).update(started_at=frames[0].at, ended_at=frames[-1].at)


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
