"""An interview in several languages, set up as a recruiter does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from interviews.models import Interview, Question, QuestionBank
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.test_set_up import interview_fields, rows_of
from tests.interviews.factories import InterviewFactory


@pytest.fixture
def interview(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        made: Interview = InterviewFactory.create(questions=1, title="Engineer")
        return made


def save(client: Client, interview: Interview, **fields: Any) -> Any:
    with tenant_scope(interview.tenant_id):
        link = interview.interview_questions.get()
    row = {"id": link.pk, "interview": interview.pk, "question": link.question_id, "position": 0}
    path = reverse("admin:interviews_interview_change", args=[interview.pk])
    return client.post(path, interview_fields([row], stored=1) | fields)


def stored(interview: Interview) -> Interview:
    with tenant_scope(interview.tenant_id):
        return Interview.objects.get(pk=interview.pk)


def test_it_is_not_published_in_a_language_its_questions_lack(interview: Interview, by_recruiter: Client) -> None:
    assert save(by_recruiter, interview, more_languages=["de"]).status_code == 302
    page = by_recruiter.post(reverse("admin:interviews_interview_publish", args=[interview.pk]), follow=True)
    *_saved, message = page.context["messages"]
    assert str(message).startswith("It can't be published yet. These questions have no German text: ")
    with tenant_scope(interview.tenant_id):
        assert interview.versions.count() == 0


def test_a_draft_is_offered_first_then_translated_then_published(interview: Interview, by_recruiter: Client) -> None:
    assert save(by_recruiter, interview, more_languages=["de", "hi"]).status_code == 302
    assert stored(interview).languages == ["en", "de", "hi"]

    with tenant_scope(interview.tenant_id):
        question = Question.objects.get()
    row = {
        "id": question.pk, "bank": question.bank_id, "text": question.text, "max_follow_ups": 1, "min_words": 2,
        "time_limit": "3:00", "position": 0, "text_de": "Was reizt Sie?", "text_hi": "आपको क्या आकर्षित करता है?",
    }  # fmt: skip
    path = reverse("admin:interviews_questionbank_change", args=[question.bank_id])
    fields = {"name": "General", "language": "en"} | rows_of("questions", [row], stored=1)
    assert by_recruiter.post(path, fields).status_code == 302
    with tenant_scope(interview.tenant_id):
        assert Question.objects.get().translations == {
            "de": {"text": "Was reizt Sie?"},
            "hi": {"text": "आपको क्या आकर्षित करता है?"},
        }

    texts = {"title_de": "Ingenieurin", "outro_de": "Danke.", "intro_hi": ""}
    assert save(by_recruiter, interview, more_languages=["de", "hi"], **texts).status_code == 302
    by_recruiter.post(reverse("admin:interviews_interview_publish", args=[interview.pk]))
    with tenant_scope(interview.tenant_id):
        version = interview.versions.get()
    assert version.snapshot["interview"]["translations"] == {"de": {"title": "Ingenieurin", "outro": "Danke."}}


def test_emptying_a_translation_takes_it_out(interview: Interview, by_recruiter: Client) -> None:
    with tenant_scope(interview.tenant_id):
        Question.objects.update(translations={"de": {"text": "Was?"}})
        Interview.objects.update(languages=["en", "de"], translations={"de": {"title": "Ingenieurin"}})
    page = by_recruiter.get(reverse("admin:interviews_interview_change", args=[interview.pk])).content.decode()
    assert ('value="Ingenieurin"' in page, "Guten Tag, und vielen Dank" in page) == (True, True)
    assert save(by_recruiter, interview, more_languages=["de"], title_de="").status_code == 302
    assert stored(interview).translations == {}


@pytest.mark.parametrize("fields", [{"language": "tlh"}, {"more_languages": ["tlh"]}])
def test_a_language_there_is_not_is_refused(interview: Interview, by_recruiter: Client, fields: dict[str, Any]) -> None:
    assert save(by_recruiter, interview, **fields).status_code == 200
    assert stored(interview).languages == ["en"]


def test_a_bank_asks_for_the_languages_that_interviews_are_offered_in(
    interview: Interview, by_recruiter: Client
) -> None:
    with tenant_scope(interview.tenant_id):
        bank = QuestionBank.objects.get()
        Interview.objects.update(languages=["en", "fr"])
    page = by_recruiter.get(reverse("admin:interviews_questionbank_change", args=[bank.pk])).content.decode()
    assert ["Question in French" in page, "Question in German" in page, "Question in English" in page] == [
        True,
        False,
        False,
    ]
