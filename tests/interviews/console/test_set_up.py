"""Question banks and interviews, filled in as a recruiter does."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interviews.domain.invitations import create_invitation
from interviews.models import Candidate, Interview, InterviewQuestion, Question, QuestionBank
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story
from tests.interviews.factories import CandidateFactory, InterviewFactory


def rows_of(prefix: str, rows: list[dict[str, Any]], *, stored: int = 0) -> dict[str, str]:
    """The fields of a formset; of a row that is stored, `id` and the rest."""
    fields = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": str(stored)}
    for number, row in enumerate(rows):
        fields |= {f"{prefix}-{number}-{name}": str(value) for name, value in row.items()}
    return fields


def interview_fields(questions: list[dict[str, Any]], *, stored: int = 0) -> dict[str, str]:
    with_defaults = Interview(title="Engineer")
    names = [
        "title", "language", "tone", "intro", "disclosure", "consent_text",
        "recording_consent_text", "outro", "next_steps", "total_limit", "retries", "window_days",
    ]  # fmt: skip
    own = {name: str(getattr(with_defaults, name)) for name in names} | {"total_limit": "30:00"}
    return own | rows_of("interview_questions", questions, stored=stored) | rows_of("result_recipients", [])


def asked(interview: Interview) -> list[str]:
    return list(interview.interview_questions.values_list("question__text", flat=True))


def test_a_bank_keeps_its_questions_in_the_order_they_were_typed(acme: Tenant, by_recruiter: Client) -> None:
    texts = ["First?", "Second?", "Third?"]
    limits = {"max_follow_ups": 1, "min_words": 2, "time_limit": "3:00", "position": 0}
    rows = [{"text": text, **limits} for text in texts]
    fields = {"name": "General", "language": "en"} | rows_of("questions", rows)
    assert by_recruiter.post(reverse("admin:interviews_questionbank_add"), fields).status_code == 302
    with tenant_scope(acme):
        assert list(QuestionBank.objects.get().questions.values_list("text", flat=True)) == texts


def test_a_name_that_a_bank_has_is_refused_in_a_sentence(acme: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        QuestionBank.objects.create(name="General")
    answer = by_recruiter.post(
        reverse("admin:interviews_questionbank_add"), {"name": "General", "language": "en"} | rows_of("questions", [])
    )
    assert answer.context["adminform"].form.errors == {
        "name": ["There is a question bank of this name already. Choose another name."]
    }


def test_a_candidates_address_is_kept_as_it_is_looked_up(acme: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        kim, sam = CandidateFactory.create(), CandidateFactory.create(email="sam@example.org")
    path = reverse("admin:interviews_candidate_change", args=[kim.pk])
    fields = {"name": kim.name, "locale": "", "time_zone": "UTC"}
    taken = by_recruiter.post(path, fields | {"email": "Sam@Example.org"})
    assert taken.context["adminform"].form.errors == {"email": ["Another candidate has this e-mail address already."]}
    assert by_recruiter.post(path, fields | {"email": " Kim@Example.org "}).status_code == 302
    with tenant_scope(acme):
        assert sorted(Candidate.objects.values_list("email", flat=True)) == ["kim@example.org", sam.email]
        again = create_invitation(
            interview=InterviewFactory.create(), candidate_name="Kim", candidate_email="KIM@example.org"
        )
        assert again.candidate_id == kim.pk


def test_an_interview_asks_in_the_chosen_order_and_new_questions_go_last(acme: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        bank = QuestionBank.objects.create(name="General")
        a, b, c = (Question.objects.create(bank=bank, text=text) for text in ("A?", "B?", "C?"))
    path = reverse("admin:interviews_interview_add")
    chosen = [{"question": question.pk, "position": 0} for question in (c, a)]
    assert by_recruiter.post(path, interview_fields(chosen)).status_code == 302
    with tenant_scope(acme):
        interview = Interview.objects.get()
        assert asked(interview) == ["C?", "A?"]
        links = list(interview.interview_questions.all())

    stored = [
        {"id": link.pk, "interview": interview.pk, "question": link.question_id, "position": position}
        for link, position in zip(links, (1, 0), strict=True)  # Dragged.
    ]
    added = {"interview": interview.pk, "question": b.pk, "position": 0}
    path = reverse("admin:interviews_interview_change", args=[interview.pk])
    assert by_recruiter.post(path, interview_fields([*stored, added], stored=2)).status_code == 302
    with tenant_scope(acme):
        assert asked(interview) == ["A?", "C?", "B?"]


def test_another_companys_question_is_neither_offered_nor_taken(
    acme: Tenant, foreign_story: Story, by_recruiter: Client
) -> None:
    foreign = foreign_story.session.plan["questions"][0]["id"]
    path = reverse("admin:interviews_interview_add")
    assert foreign not in by_recruiter.get(path).content.decode()
    response = by_recruiter.post(path, interview_fields([{"question": foreign, "position": 0}]))
    formset = response.context["inline_admin_formsets"][0]
    assert list(formset.formset.errors[0]) == ["question"]
    with tenant_scope(acme):
        assert (Interview.objects.count(), InterviewQuestion.objects.count()) == (0, 0)


def test_a_question_that_is_asked_stays_in_its_bank(story: Story, acme: Tenant, by_recruiter: Client) -> None:
    with tenant_scope(acme):
        question = story.bank.questions.all()[0]
    row = {
        "id": question.pk, "bank": story.bank.pk, "text": question.text, "max_follow_ups": 1,
        "min_words": 2, "time_limit": "3:00", "position": 0, "DELETE": "on",
    }  # fmt: skip
    fields = {"name": story.bank.name, "language": "en"} | rows_of("questions", [row], stored=1)
    path = reverse("admin:interviews_questionbank_change", args=[story.bank.pk])
    assert by_recruiter.post(path, fields).status_code == 200
    with tenant_scope(acme):
        assert Question.objects.filter(pk=question.pk).exists()


def test_an_interviews_page_costs_the_same_with_more_questions(acme: Tenant, by_recruiter: Client) -> None:
    def count(questions: int) -> int:
        with tenant_scope(acme):
            made: Any = InterviewFactory(questions=questions)
        with CaptureQueriesContext(connection) as queries:
            by_recruiter.get(reverse("admin:interviews_interview_change", args=[made.pk]))
        return len(queries)

    count(1)  # Fills what is read once a process.
    assert count(3) == count(1)
