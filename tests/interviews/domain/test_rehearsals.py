"""A simulated candidate holds an interview, and what is said is there to read."""

from __future__ import annotations

import pytest

from interviews import tasks
from interviews.domain.plans import PlanError
from interviews.domain.rehearsals import AlreadyRehearsing, claim_simulation, simulate
from interviews.enums import InterviewStatus, SimulationState
from interviews.models import Candidate, Interview, Invitation, Question, Session, Simulation
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory


def make_draft(questions: int = 1) -> Interview:
    interview: Interview = InterviewFactory.create(status=InterviewStatus.DRAFT, questions=questions, title="Pilot")
    return interview


def test_one_at_a_time(in_acme: Tenant) -> None:
    interview = make_draft()
    first = simulate(interview=interview)
    with pytest.raises(AlreadyRehearsing):
        simulate(interview=interview)
    Simulation.objects.update(state=SimulationState.DONE)
    second = simulate(interview=interview)
    assert (first.plan["title"], second.invitation.rehearsal) == ("Pilot", True)
    assert (Candidate.objects.real().count(), Invitation.objects.real().count()) == (0, 0)


def test_without_questions_there_is_nothing_to_hold(in_acme: Tenant) -> None:
    with pytest.raises(PlanError):
        simulate(interview=make_draft(questions=0))
    assert Simulation.objects.count() == 0


def test_it_is_run_once(in_acme: Tenant) -> None:
    simulation = simulate(interview=make_draft())
    claimed = [claim_simulation(simulation_id=simulation.pk) for _ in range(2)]
    assert [one is not None for one in claimed] == [True, False]


def test_the_conversation_is_kept(acme: Tenant) -> None:
    """The real thing: a bot, a sandbox, and a candidate who types."""
    with tenant_scope(acme):
        interview = make_draft()
        Question.objects.update(text="Why do you want to be a pilot?", max_follow_ups=0)
        simulation = simulate(interview=interview)
    tasks.run_simulation(str(acme.pk), str(simulation.pk))
    with tenant_scope(acme):
        simulation.refresh_from_db()
        assert simulation.state == SimulationState.DONE, simulation.output
        assert ("Why do you want to be a pilot?" in simulation.output, "Kept" in simulation.output) == (True, False)
        assert (simulation.ended_at is not None, Session.objects.count()) == (True, 0)
