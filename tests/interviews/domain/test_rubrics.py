"""Rubrics are checked when written, frozen when a session begins, and kept from the bot."""

import json

import pytest
from django.core.exceptions import ValidationError

from interviews.domain.rubrics import QuestionRubric, freeze_rubric, rubric_of, version_of
from interviews.domain.sessions import end_session
from interviews.enums import EndReason
from interviews.models import Question
from interviews.models.rubric import GENERAL_RUBRIC, validate_rubric
from tenants.models import Tenant
from tests.interviews.factories import AnswerFactory, launch_session, make_invitation, make_session

LEVELS = {level: f"Sounds like {level}, confidentially." for level in "12345"}


@pytest.mark.parametrize("rubric", [{}, LEVELS, {"1": "Vague.", "5": "Concrete."}])
def test_a_rubric_may_say_all_some_or_none_of_the_levels(rubric: dict[str, str]) -> None:
    validate_rubric(rubric)


@pytest.mark.parametrize("rubric", [[], "5", {"0": "No."}, {"6": "Six."}, {"3": " "}, {"3": 3}, {"3": "a" * 601}])
def test_anything_else_is_refused(rubric: object) -> None:
    with pytest.raises(ValidationError):
        validate_rubric(rubric)


def test_a_session_keeps_the_rubric_it_began_with(in_acme: Tenant) -> None:
    invitation = make_invitation()
    first, second = Question.objects.order_by("position")
    Question.objects.filter(pk=first.pk).update(competency="  Problem\nsolving ", rubric=LEVELS)
    Question.objects.filter(pk=second.pk).update(competency="Teamwork")
    session = make_session(invitation=invitation)
    Question.objects.update(rubric={"1": "Rewritten."}, competency="Other")
    session.refresh_from_db()
    assert rubric_of(invitation=invitation) == [
        QuestionRubric(first.pk, first.text, "Problem solving", LEVELS),
        QuestionRubric(second.pk, second.text, "Teamwork", GENERAL_RUBRIC),
    ]


def test_a_question_without_a_competency_is_not_judged(in_acme: Tenant) -> None:
    assert freeze_rubric(interview=make_invitation().interview) == {}


def test_an_answer_is_judged_on_the_rubric_of_its_own_session(in_acme: Tenant) -> None:
    invitation = make_invitation()
    first = Question.objects.order_by("position")[0]
    Question.objects.update(competency="Teamwork", rubric=LEVELS)
    earlier = make_session(invitation=invitation)
    AnswerFactory.create(invitation=invitation, session=earlier, question_id=first.pk)
    end_session(session=earlier, reason=EndReason.BOT_LOST)
    Question.objects.update(rubric={"1": "Rewritten."})
    make_session(invitation=invitation)
    assert [part.levels for part in rubric_of(invitation=invitation)] == [LEVELS, {"1": "Rewritten."}]


def test_the_version_is_of_the_content(in_acme: Tenant) -> None:
    question_id = make_invitation().interview.questions.first().pk  # type: ignore[union-attr]
    one = [QuestionRubric(question_id, "What?", "Teamwork", LEVELS)]
    same = [QuestionRubric(question_id, "What?", "Teamwork", dict(reversed(LEVELS.items())))]
    other = [QuestionRubric(question_id, "What?", "Teamwork", LEVELS | {"3": "Else."})]
    assert (version_of(one) == version_of(same), version_of(one) == version_of(other)) == (True, False)


def test_the_bot_is_never_told(in_acme: Tenant) -> None:
    invitation = make_invitation()
    Question.objects.update(competency="Teamwork", rubric=LEVELS)
    job = launch_session(make_session(invitation=invitation))
    assert "confidentially" not in json.dumps(job.model_dump(mode="json"))
