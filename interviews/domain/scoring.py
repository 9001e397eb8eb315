"""Scoring: asked for, claimed, recorded score by score, finished or given up. The model is asked in between.

A score set is one scoring of one result. It is there before anything is asked, so that what fails is seen, and a
worker that dies is followed by another that goes on with the competencies that are missing.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from botrunner.contract import Role
from interviews.domain import outbox, queue
from interviews.domain.judging.judge import JudgeUnavailable, Tokens, Verdict
from interviews.domain.judging.material import AskedQuestion, Case, Identity, Turn
from interviews.domain.rubrics import QuestionRubric, rubric_of, version_of
from interviews.domain.services import choose_services
from interviews.enums import OPEN_SCORINGS, InvitationStatus, ScoringStatus, WebhookEventType
from interviews.models import CompetencyScore, Invitation, Result, ScoreSet, ScoringTokens, TranscriptTurn
from tenants.domain.audit import record
from tenants.models import User

#: Seconds before each further try; after the last one scoring is given up.
PAUSES = (5, 20, 60, 180)
#: A claim that recorded nothing for this long belongs to a dead worker. Longer than one request may take.
CLAIM_LIMIT = timedelta(seconds=150)


class ScoringUnderWay(Exception):
    """This result is being scored already."""


@dataclass(frozen=True)
class Scoring:
    """One try's work: the competencies that have no score yet, and which language model the tenant chose."""

    score_set_id: UUID
    attempt: int
    service: str
    cases: list[Case]


def is_under_way(*, result: Result) -> bool:
    """Whether a first scoring is to be waited for; begins it where there is something to judge."""
    if newest := result.score_sets.order_by("-number").first():
        return newest.is_open
    return add_score_set(result=result) is not None


def score_again(*, result: Result, actor: User) -> ScoreSet | None:
    """A new version beside the old ones; None where there is no competency to score. Raises ScoringUnderWay."""
    with transaction.atomic():
        Result.objects.select_for_update().get(pk=result.pk)
        if result.score_sets.filter(status__in=OPEN_SCORINGS).exists():
            raise ScoringUnderWay("This result is being scored already.")
        added = add_score_set(result=result)
        if added is not None:
            record(actor=actor, verb="asked for a new scoring", target=result, details={"version": added.number})
        return added


def add_score_set(*, result: Result) -> ScoreSet | None:
    """The next version, queued. None where no question has a competency."""
    rubric = rubric_of(invitation=result.invitation)
    if not rubric:
        return None
    last = result.score_sets.order_by("-number").values_list("number", flat=True).first()
    added = ScoreSet.objects.create(
        result=result,
        number=(last or 0) + 1,
        rubric=[asdict(part) | {"question_id": str(part.question_id)} for part in rubric],
        rubric_version=version_of(rubric),
        due_at=timezone.now(),
    )
    queue.enqueue("score_result", added.tenant_id, added.pk)
    return added


def claim_scoring(*, score_set_id: UUID) -> Scoring | None:
    """Take a scoring that is due, or whose claim went stale. None when it is somebody else's, done, or given up."""
    now = timezone.now()
    due = Q(status=ScoringStatus.QUEUED, due_at__lte=now)
    stale = Q(status=ScoringStatus.RUNNING, claimed_at__lt=now - CLAIM_LIMIT)
    with transaction.atomic():
        found = (
            ScoreSet.objects.select_for_update(of=("self",))
            .select_related("result__invitation__candidate", "result__invitation__interview")
            .filter(due | stale, pk=score_set_id)
            .first()
        )
        if found is None:
            return None
        if found.attempts > len(PAUSES):
            give_up(score_set=found, error=found.error or "The worker stopped each time before it was done.")
            return None
        ScoreSet.objects.filter(pk=found.pk).update(
            status=ScoringStatus.RUNNING, claimed_at=now, attempts=F("attempts") + 1
        )
        invitation = found.result.invitation
        cases = build_cases(score_set=found, invitation=invitation)
        scored = set(found.scores.values_list("competency", flat=True))
        set_aside = [words for case in cases for words in case.set_aside()]
        ScoreSet.objects.filter(pk=found.pk).update(set_aside=set_aside)
        services = choose_services(interview=invitation.interview, language=invitation.language or "en")
        return Scoring(
            score_set_id=found.pk,
            attempt=found.attempts + 1,
            service=services.get("llm", settings.LLM_SERVICE),
            cases=[case for case in cases if case.competency not in scored],
        )


def build_cases(*, score_set: ScoreSet, invitation: Invitation) -> list[Case]:
    """One case a competency, with the turns of its questions. Competencies are one whatever their case."""
    who = Identity(name=invitation.candidate.name, email=invitation.candidate.email)
    turns: dict[UUID | None, list[Turn]] = {}
    said = TranscriptTurn.objects.filter(session__invitation=invitation).order_by("session__number", "seq")
    for turn in said:
        spoken = Turn(id=turn.pk, is_candidate=turn.role == Role.CANDIDATE, text=turn.text, identity=who)
        turns.setdefault(turn.question_id, []).append(spoken)
    groups: dict[str, list[QuestionRubric]] = {}
    for part in score_set.rubric:
        question = QuestionRubric(**part | {"question_id": UUID(part["question_id"])})
        groups.setdefault(question.competency.casefold(), []).append(question)
    return [
        Case(
            competency=questions[0].competency,
            position=position,
            questions=[
                AskedQuestion(text=question.text, levels=question.levels, turns=turns.get(question.question_id, []))
                for question in questions
            ],
        )
        for position, questions in enumerate(groups.values(), start=1)
    ]


def record_score(*, scoring: Scoring, case: Case, verdict: Verdict) -> bool:
    """Keep one competency's score and renew the claim. False when the scoring is no longer this try's.

    What the model took is counted either way.
    """
    with transaction.atomic():
        if verdict.tokens != Tokens():
            ScoringTokens.objects.create(
                prompt_tokens=verdict.tokens.prompt, completion_tokens=verdict.tokens.completion
            )
        if not held(scoring).update(claimed_at=timezone.now()):
            return False
        CompetencyScore.objects.get_or_create(
            score_set_id=scoring.score_set_id,
            competency=case.competency,
            defaults={
                "position": case.position,
                "level": verdict.level,
                "withheld": verdict.withheld,
                "reason": verdict.reason,
                "quotes": verdict.quotes,
            },
        )
        return True


def finish_scoring(*, scoring: Scoring, model: str) -> bool:
    """All competencies have their score: this version is the current one. False when it is no longer this try's."""
    with transaction.atomic():
        score_set = held(scoring).select_related("result").first()
        if score_set is None:
            return False
        score_set.result.score_sets.filter(is_current=True).update(is_current=False)
        ScoreSet.objects.filter(pk=score_set.pk).update(
            status=ScoringStatus.DONE, is_current=True, model=model, error="", finished_at=timezone.now()
        )
        settle_invitation(score_set)
        tell_of_update(score_set)
        return True


def record_failure(*, scoring: Scoring, problem: JudgeUnavailable) -> float | None:
    """Queue the scoring again and return the seconds until then; None when it is given up, or no longer this try's."""
    with transaction.atomic():
        score_set = held(scoring).select_related("result").first()
        if score_set is None:
            return None
        if problem.final or scoring.attempt > len(PAUSES):
            give_up(score_set=score_set, error=str(problem))
            return None
        # A provider may ask for hours; the queue's messages come back after CELERY_VISIBILITY_TIMEOUT.
        pause = max(PAUSES[scoring.attempt - 1], min(problem.wait, PAUSES[-1]))
        ScoreSet.objects.filter(pk=score_set.pk).update(
            status=ScoringStatus.QUEUED, error=str(problem)[:300], due_at=timezone.now() + timedelta(seconds=pause)
        )
        return pause


def give_up(*, score_set: ScoreSet, error: str) -> None:
    """Scores that were made are kept, unshown; the result goes on without, and says why."""
    ScoreSet.objects.filter(pk=score_set.pk).update(
        status=ScoringStatus.FAILED, error=error[:300], finished_at=timezone.now()
    )
    settle_invitation(score_set)


def settle_invitation(score_set: ScoreSet) -> None:
    waiting = Invitation.objects.filter(pk=score_set.result.invitation_id, status=InvitationStatus.PROCESSING)
    if waiting.exists():
        queue.enqueue("complete_invitation", score_set.tenant_id, score_set.result.invitation_id)


def tell_of_update(score_set: ScoreSet) -> None:
    """A result that was ready already has new scores."""
    invitation = Invitation.objects.filter(pk=score_set.result.invitation_id, status=InvitationStatus.COMPLETED)
    if invitation.exists():
        outbox.tell_of_invitation(WebhookEventType.RESULT_UPDATED, invitation_id=score_set.result.invitation_id)


def held(scoring: Scoring) -> Any:
    """The scoring, locked, while this try has it."""
    return ScoreSet.objects.filter(
        pk=scoring.score_set_id, status=ScoringStatus.RUNNING, attempts=scoring.attempt
    ).select_for_update(of=("self",))
