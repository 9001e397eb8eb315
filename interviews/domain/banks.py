"""Question banks, and the interviews made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from interviews.enums import InterviewStatus
from interviews.models import Interview, InterviewQuestion, Question, QuestionBank


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """What is asked, and what the answer shows. `translations` has the text by language."""

    text: str
    competency: str
    follow_up_guidance: str = "Ask for one concrete example when the answer has none."
    max_follow_ups: int = 1
    time_limit: int = 180
    translations: Mapping[str, str] = field(default_factory=dict)


DEFAULT_BANK_NAME = "General questions"
#: The bot asks the same ones when it is tried alone.
DEFAULT_QUESTIONS = (
    QuestionDraft(
        text="To begin, would you tell me a little about yourself and what you do?", competency="introduction"
    ),
    QuestionDraft(
        text="Which strength of yours are you proudest of, and where has it shown?", competency="self-knowledge"
    ),
    QuestionDraft(
        text="Tell me about a hard problem you solved. What made it hard, and what did you do?",
        competency="problem solving",
    ),
    QuestionDraft(
        text="Describe a time you worked closely with other people. What was your part?", competency="collaboration"
    ),
    QuestionDraft(text="What draws you to this role?", competency="motivation"),
)


@transaction.atomic
def create_bank(
    *, name: str, questions: Sequence[QuestionDraft], description: str = "", is_default: bool = False
) -> QuestionBank:
    """A bank with its questions in the given order."""
    bank = QuestionBank.objects.create(name=name, description=description, is_default=is_default)
    for position, draft in enumerate(questions, start=1):
        Question.objects.create(
            bank=bank,
            position=position,
            text=draft.text,
            translations={language: {"text": text} for language, text in draft.translations.items()},
            competency=draft.competency,
            follow_up_guidance=draft.follow_up_guidance,
            max_follow_ups=draft.max_follow_ups,
            time_limit=draft.time_limit,
        )
    return bank


def create_default_bank() -> QuestionBank:
    """The five general questions that every company starts with."""
    return create_bank(name=DEFAULT_BANK_NAME, questions=DEFAULT_QUESTIONS, is_default=True)


@transaction.atomic
def create_interview_from_bank(*, title: str, bank: QuestionBank, **settings: object) -> Interview:
    """A published interview that asks the bank's questions in order; `settings` are further fields of Interview."""
    interview = Interview.objects.create(title=title, status=InterviewStatus.PUBLISHED, **settings)
    for position, question in enumerate(bank.questions.filter(archived_at=None), start=1):
        InterviewQuestion.objects.create(interview=interview, question=question, position=position)
    return interview
