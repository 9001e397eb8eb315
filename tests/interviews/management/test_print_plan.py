from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from botrunner.contract import InterviewPlan
from interviews.models import Candidate, Interview, Invitation, Question
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory

TITLE = "Night nurse"


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        made: Interview = InterviewFactory.create(title=TITLE, languages=["en", "de"], questions=1)
        Question.objects.update(text="Why nights?", translations={"de": {"text": "Warum nachts?"}})
    return made


def planned(*arguments: str) -> InterviewPlan:
    out = StringIO()
    call_command("print_plan", *arguments, stdout=out)
    return InterviewPlan.model_validate_json(out.getvalue())


@pytest.mark.parametrize(
    ("arguments", "asked"), [([], "Why nights?"), (["--language", "de"], "Warum nachts?")], ids=["as written", "German"]
)
def test_what_it_prints_is_the_interviews_plan(interview: Interview, arguments: list[str], asked: str) -> None:
    plan = planned("acme", TITLE, *arguments)
    assert (plan.title, [question.text for question in plan.questions]) == (TITLE, [asked])
    with tenant_scope(interview.tenant_id):
        assert (Invitation.objects.count(), Candidate.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody", TITLE], "There is no company “nobody”."),
        (["acme", "Day nurse"], "Acme has no interview “Day nurse”."),
        (["globex", TITLE], "Globex has no interview “Night nurse”."),
    ],
)
def test_what_is_not_there_is_named(interview: Interview, globex: Tenant, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        planned(*arguments)


def test_an_interview_without_questions_says_what_to_do(acme: Tenant) -> None:
    with tenant_scope(acme):
        InterviewFactory.create(title=TITLE, questions=0)
    with pytest.raises(CommandError, match="Add at least one"):
        planned("acme", TITLE)
