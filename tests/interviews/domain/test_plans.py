"""The plan that one candidate's session keeps."""

from __future__ import annotations

import pytest

from botrunner.contract import InterviewPlan
from interviews.domain.plans import compile_plan
from interviews.models import Question
from tenants.models import Tenant
from tests.interviews.factories import InterviewFactory, make_invitation


def test_a_plan_asks_for_as_many_words_as_its_questions_do(in_acme: Tenant) -> None:
    interview = InterviewFactory.create()
    Question.objects.update(min_words=12)
    plan = compile_plan(invitation=make_invitation(interview=interview))
    assert [question.min_words for question in plan.questions] == [12, 12]


@pytest.mark.parametrize(
    ("factor", "answer", "whole"),
    [(1.0, 600, 14400), (1.5, 900, 21600), (2.0, 1200, 28800), (4.0, 2400, 57600)],
)
def test_extra_time_lengthens_the_longest_limits_too(
    in_acme: Tenant, factor: float, answer: float, whole: float
) -> None:
    interview = InterviewFactory.create(total_limit=14400)
    Question.objects.update(time_limit=600)
    plan = compile_plan(invitation=make_invitation(interview=interview, extra_time=factor))
    assert [question.time_limit for question in plan.questions] == [answer, answer]
    assert (plan.total_limit, plan.extra_time) == (whole, factor)
    assert InterviewPlan.model_validate_json(plan.model_dump_json()) == plan
