"""What an interview still lacks, in sentences that say what to do."""

from __future__ import annotations

import pytest
from django.utils import timezone

from interviews.domain.readiness import find_gaps
from interviews.models import CompanyServices, Interview, Question, QuestionBank, ResultRecipient
from tenants.models import Brand, Tenant
from tests.interviews.factories import InterviewFactory


@pytest.fixture
def interview(in_acme: Tenant) -> Interview:
    """One that lacks nothing."""
    made: Interview = InterviewFactory.create(questions=1)
    ResultRecipient.objects.create(interview=made, email="hiring@example.org")
    Brand.objects.update(reply_to="jobs@example.org", logo="logo.png")
    Question.objects.update(text="Why?")
    return made


def blocking(interview: Interview) -> list[str]:
    return [gap.text for gap in find_gaps(interview=interview) if gap.blocks]


def advice(interview: Interview) -> list[str]:
    return [gap.text for gap in find_gaps(interview=interview) if not gap.blocks]


def test_nothing_is_missing(interview: Interview) -> None:
    assert find_gaps(interview=interview) == []


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"disclosure": ""}, "The AI disclosure is empty. Candidates must be told that they talk to an AI."),
        ({"consent_text": " "}, "The consent is empty. Write what candidates agree to."),
        (
            {"record": True, "recording_consent_text": ""},
            "The consent to the recording is empty. Write it, or do not record.",
        ),
        ({"intro": ""}, "The introduction is empty. Write what the interviewer says first."),
        ({"outro": ""}, "The closing words are empty. Write what the interviewer says at the end."),
        (
            {"languages": ["en", "de"]},
            "These questions have no German text: “Why?”. Translate them in their question bank, or do not offer"
            " German.",
        ),
    ],
)
def test_what_must_be_there(interview: Interview, edit: dict[str, object], sentence: str) -> None:
    for name, value in edit.items():
        setattr(interview, name, value)
    assert blocking(interview) == [sentence]


@pytest.mark.parametrize("model", [Question, QuestionBank])
def test_archived_questions_are_not_asked(interview: Interview, model: type[Question]) -> None:
    model.objects.update(archived_at=timezone.now())
    assert blocking(interview) == ["These questions are archived: “Why?”. Restore them, or take them out."]


def test_advice_does_not_block(interview: Interview) -> None:
    Brand.objects.update(reply_to="", logo="")
    ResultRecipient.objects.all().delete()
    CompanyServices.objects.create(tts="deepgram-aura")
    Question.objects.update(time_limit=600, translations={"hi": {"text": "क्यों?"}})
    interview.total_limit, interview.languages = 300, ["en", "hi"]
    assert blocking(interview) == []
    assert advice(interview) == [
        "All answers together may take 11 minutes, the interview 5 minutes. "
        "Whoever uses the whole time for each question does not reach the last one.",
        "Deepgram Aura does not know Hindi; there the installation's own service is used.",
        "The brand has no logo yet.",
        "The brand has no reply-to address, so candidates can't answer an e-mail.",
        "Nobody is told when a result is ready. Choose who is.",
    ]
