from botrunner.default_plan import default_plan
from interviews.domain.banks import (
    DEFAULT_QUESTIONS,
    QuestionDraft,
    create_bank,
    create_default_bank,
    create_interview_from_bank,
)
from interviews.enums import InterviewStatus
from interviews.models import QuestionBank
from tenants.models import Tenant

TWO = (
    QuestionDraft(text="First?", competency="one", time_limit=60),
    QuestionDraft(text="Second?", competency="two", max_follow_ups=0),
)


def test_a_bank_keeps_its_questions_in_order(in_acme: Tenant) -> None:
    bank = create_bank(name="Two", questions=TWO)

    stored = bank.questions.values_list("position", "text", "competency", "time_limit", "max_follow_ups")
    assert list(stored) == [(1, "First?", "one", 60, 1), (2, "Second?", "two", 180, 0)]


def test_the_default_bank_has_five_general_questions(in_acme: Tenant) -> None:
    create_default_bank()

    bank = QuestionBank.objects.get(is_default=True)
    assert list(bank.questions.values_list("competency", flat=True)) == [
        "introduction",
        "self-knowledge",
        "problem solving",
        "collaboration",
        "motivation",
    ]


def test_the_bot_tried_alone_asks_the_default_bank() -> None:
    planned = [(question.text, question.competency) for question in default_plan().questions]

    assert planned == [(draft.text, draft.competency) for draft in DEFAULT_QUESTIONS]


def test_an_interview_asks_what_its_bank_asks_today(in_acme: Tenant) -> None:
    bank = create_bank(name="Two", questions=TWO)
    bank.questions.filter(text="First?").update(archived_at="2026-01-01T00:00Z")

    interview = create_interview_from_bank(title="Baker", bank=bank, intro="Hello.")

    asked = interview.interview_questions.values_list("position", "question__text")
    assert (list(asked), interview.status, interview.intro) == ([(1, "Second?")], InterviewStatus.PUBLISHED, "Hello.")
