"""Scoring as the worker does it, against the sandbox: once, however often delivered, and never in a result's way."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from botrunner.contract import Role
from interviews import tasks
from interviews.domain import results, scoring, sweeps
from interviews.domain.judging.judge import Tokens, Verdict
from interviews.enums import InvitationStatus, ScoringStatus, Withheld
from interviews.models import CompetencyScore, Invitation, Question, Result, ScoreSet, ScoringTokens, TranscriptTurn
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.interviews.factories import AnswerFactory, make_invitation, make_session

__all__ = ["sandbox", "sandbox_server"]

SAID = "I moved forty databases in three weeks because the old host was closing. As a result nobody lost an hour."
Sent = list[tuple[str, tuple[str, ...], float]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The tasks that were queued: name, ids, seconds to wait."""
    queued: Sent = []
    monkeypatch.setattr(
        "celery.current_app.send_task", lambda name, args: queued.append((name.split(".")[-1], tuple(args), 0))
    )
    monkeypatch.setattr(
        tasks.score_result,
        "apply_async",
        lambda args, countdown: queued.append(("score_result", tuple(args), countdown)),
    )
    return queued


@pytest.fixture
def invitation(acme: Tenant, settings: Settings, sandbox: Sandbox) -> Invitation:
    """An interview held: two questions on two competencies, the first answered."""
    settings.LLM_PROVIDER = {"SANDBOX_URL": sandbox.url}
    with tenant_scope(acme):
        invitation = make_invitation()
        first, second = Question.objects.order_by("position")
        Question.objects.filter(pk=first.pk).update(competency="Delivery", rubric={"5": "Names an outcome."})
        Question.objects.filter(pk=second.pk).update(competency="Teamwork")
        session = make_session(invitation=invitation)
        at = timezone.now()
        for seq, (role, text) in enumerate(((Role.BOT, first.text), (Role.CANDIDATE, SAID)), start=1):
            TranscriptTurn.objects.create(
                session=session,
                seq=seq,
                role=role,
                text=text,
                modality="text",
                question_id=first.pk,
                started_at=at,
                ended_at=at,
            )
        AnswerFactory.create(invitation=invitation, session=session, question_id=first.pk, text=SAID)
        Invitation.objects.filter(pk=invitation.pk).update(status=InvitationStatus.PROCESSING)
        return invitation


def begin(invitation: Invitation) -> ScoreSet:
    with tenant_scope(invitation.tenant_id):
        assert results.complete_invitation(invitation_id=invitation.pk) is False
        return ScoreSet.objects.get()


def score(score_set: ScoreSet) -> ScoreSet:
    tasks.score_result(str(score_set.tenant_id), str(score_set.pk))
    with tenant_scope(score_set.tenant_id):
        return ScoreSet.objects.get(pk=score_set.pk)


def scores_of(score_set: ScoreSet) -> list[tuple[str, int | None, str]]:
    with tenant_scope(score_set.tenant_id):
        return [(score.competency, score.level, score.withheld) for score in score_set.scores.all()]


def status_of(invitation: Invitation) -> str:
    with tenant_scope(invitation.tenant_id):
        return Invitation.objects.get(pk=invitation.pk).status


@pytest.mark.django_db(transaction=True)
def test_completion_waits_for_the_scores(invitation: Invitation, sent: Sent) -> None:
    score_set = begin(invitation)
    assert sent == [("score_result", (str(invitation.tenant_id), str(score_set.pk)), 0)]
    assert status_of(invitation) == InvitationStatus.PROCESSING
    done = score(score_set)
    assert (done.status, done.is_current, done.model, done.attempts) == (ScoringStatus.DONE, True, "Sandbox", 1)
    assert scores_of(done) == [("Delivery", 5, ""), ("Teamwork", None, Withheld.NO_ANSWER)]
    assert sent[1:] == [("complete_invitation", (str(invitation.tenant_id), str(invitation.pk)), 0)]
    tasks.complete_invitation(str(invitation.tenant_id), str(invitation.pk))
    assert status_of(invitation) == InvitationStatus.COMPLETED


@pytest.mark.django_db(transaction=True)
def test_quotes_lead_to_the_turn(invitation: Invitation, sent: Sent) -> None:
    done = score(begin(invitation))
    with tenant_scope(invitation.tenant_id):
        turn = TranscriptTurn.objects.get(role=Role.CANDIDATE)
        quotes = done.scores.get(competency="Delivery").quotes
    assert [quote["turn"] for quote in quotes] == [str(turn.pk)] * 2
    assert [turn.text[quote["start"] : quote["end"]] for quote in quotes] == [quote["text"] for quote in quotes]
    assert quotes[0]["text"] == "I moved forty databases in three weeks because the old host was closing."


@pytest.mark.django_db(transaction=True)
def test_delivered_twice_it_is_scored_once(invitation: Invitation, sent: Sent, sandbox: Sandbox) -> None:
    score_set = begin(invitation)
    begin(invitation)
    score(score_set)
    again = score(score_set)
    assert (again.attempts, len(sandbox.log("openai")), len(scores_of(again))) == (1, 1, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_that_passes_is_tried_again_with_growing_pauses(
    invitation: Invitation, sent: Sent, sandbox: Sandbox, status: int
) -> None:
    sandbox.fail("openai", "status", status=status, count=2)
    score_set = begin(invitation)
    waiting = score(score_set)
    assert (waiting.status, waiting.error) == (
        ScoringStatus.QUEUED,
        f"The language model is busy or failing (HTTP {status}).",
    )
    assert score(score_set).attempts == 1  # Not due yet.
    for _ in range(2):
        make_due(score_set)
        score(score_set)
    assert [wait for name, _ids, wait in sent if name == "score_result"] == [0, 5, 20]
    assert scores_of(score_set) == [("Delivery", 5, ""), ("Teamwork", None, Withheld.NO_ANSWER)]


@pytest.mark.django_db(transaction=True)
def test_given_up_it_lets_the_result_go_on_and_says_why(invitation: Invitation, sent: Sent, sandbox: Sandbox) -> None:
    sandbox.fail("openai", "status", status=503, count=None)
    score_set = begin(invitation)
    for _ in range(len(scoring.PAUSES) + 1):
        make_due(score_set)
        failed = score(score_set)
    assert (failed.status, failed.is_current) == (ScoringStatus.FAILED, False)
    tasks.complete_invitation(str(invitation.tenant_id), str(invitation.pk))
    assert status_of(invitation) == InvitationStatus.COMPLETED


@pytest.mark.django_db(transaction=True)
def test_what_no_retry_can_help_is_given_up_at_once(invitation: Invitation, sent: Sent, settings: Settings) -> None:
    settings.LLM_PROVIDER = {}
    failed = score(begin(invitation))
    assert (failed.status, failed.attempts, failed.error) == (
        ScoringStatus.FAILED,
        1,
        "Set AZURE_OPENAI_API_KEY, or SANDBOX_URL to use the local sandbox.",
    )


@pytest.mark.django_db(transaction=True)
def test_a_dead_worker_is_followed_by_one_that_goes_on(invitation: Invitation, sent: Sent, sandbox: Sandbox) -> None:
    score_set = begin(invitation)
    with tenant_scope(invitation.tenant_id):
        lost = scoring.claim_scoring(score_set_id=score_set.pk)
        assert lost is not None
        CompetencyScore.objects.create(score_set=score_set, position=1, competency="Delivery", level=2)
        ScoreSet.objects.update(claimed_at=timezone.now() - scoring.CLAIM_LIMIT - timedelta(seconds=1))
    assert sweeps.scorings_to_run() == [(invitation.tenant_id, score_set.pk)]
    score(score_set)
    assert scores_of(score_set) == [("Delivery", 2, ""), ("Teamwork", None, Withheld.NO_ANSWER)]
    with tenant_scope(invitation.tenant_id):
        assert scoring.finish_scoring(scoring=lost, model="late") is False
    assert sandbox.log("openai") == []


@pytest.mark.django_db(transaction=True)
def test_what_the_model_took_is_counted_whatever_becomes_of_its_score(
    invitation: Invitation, sent: Sent, sandbox: Sandbox
) -> None:
    score_set = begin(invitation)
    with tenant_scope(invitation.tenant_id):
        late = scoring.claim_scoring(score_set_id=score_set.pk)
        assert late is not None
        ScoreSet.objects.update(claimed_at=timezone.now() - scoring.CLAIM_LIMIT - timedelta(seconds=1))
    score(score_set)
    with tenant_scope(invitation.tenant_id):
        (counted,) = ScoringTokens.objects.all()  # Nothing was asked about the question without an answer.
        verdict = Verdict(level=2, tokens=Tokens(prompt=70, completion=8))
        assert scoring.record_score(scoring=late, case=late.cases[0], verdict=verdict) is False
        spent = set(ScoringTokens.objects.values_list("prompt_tokens", "completion_tokens"))
    assert spent == {(counted.prompt_tokens, counted.completion_tokens), (70, 8)}
    assert counted.prompt_tokens > 200


@pytest.mark.django_db(transaction=True)
def test_the_sweep_completes_what_is_not_being_scored(invitation: Invitation, sent: Sent) -> None:
    assert sweeps.invitations_to_complete() == [(invitation.tenant_id, invitation.pk)]
    score_set = begin(invitation)
    assert sweeps.invitations_to_complete() == []
    with tenant_scope(invitation.tenant_id):
        ScoreSet.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert sweeps.scorings_to_run() == [(invitation.tenant_id, score_set.pk)]
    score(score_set)
    assert (sweeps.scorings_to_run(), sweeps.invitations_to_complete()) == (
        [],
        [(invitation.tenant_id, invitation.pk)],
    )


@pytest.mark.django_db(transaction=True)
def test_scored_again_the_old_version_stays(invitation: Invitation, sent: Sent, recruiter: User) -> None:
    first = score(begin(invitation))
    with tenant_scope(invitation.tenant_id):
        second = scoring.score_again(result=Result.objects.get(), actor=recruiter)
        assert second is not None
        with pytest.raises(scoring.ScoringUnderWay):
            scoring.score_again(result=Result.objects.get(), actor=recruiter)
    score(second)
    with tenant_scope(invitation.tenant_id):
        versions = ScoreSet.objects.order_by("number").values_list("number", "is_current", "rubric_version")
        assert list(versions) == [(1, False, first.rubric_version), (2, True, first.rubric_version)]
        assert CompetencyScore.objects.count() == 4
        assert AuditEntry.objects.get(verb="asked for a new scoring").actor == recruiter.email


@pytest.mark.django_db(transaction=True)
def test_without_a_competency_there_is_nothing_to_wait_for(invitation: Invitation, sent: Sent, acme: Tenant) -> None:
    with tenant_scope(acme):
        invitation.sessions.update(rubric={})
        assert results.complete_invitation(invitation_id=invitation.pk) is True
        assert ScoreSet.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_competencies_are_one_whatever_their_case(invitation: Invitation, sent: Sent, acme: Tenant) -> None:
    with tenant_scope(acme):
        session = invitation.sessions.get()
        for part in session.rubric.values():
            part["competency"] = "TEAMWORK" if part["competency"] == "Teamwork" else "teamwork"
        session.save()
    done = score(begin(invitation))
    assert scores_of(done) == [("teamwork", 5, "")]


def make_due(score_set: ScoreSet) -> None:
    with tenant_scope(score_set.tenant_id):
        ScoreSet.objects.update(due_at=timezone.now() - timedelta(seconds=1))
