"""Question banks, and the interviews made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from interviews.domain.versions import publish
from interviews.models import Interview, InterviewQuestion, Question, QuestionBank
from tenants.domain.audit import record


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """What is asked, and what the answer shows. `translations` has the text by language, `rubric` one by level."""

    text: str
    competency: str
    rubric: Mapping[str, str] = field(default_factory=dict)
    follow_up_guidance: str = "Ask for one concrete example when the answer has none."
    max_follow_ups: int = 1
    min_words: int = 2
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
            rubric=dict(draft.rubric),
            follow_up_guidance=draft.follow_up_guidance,
            max_follow_ups=draft.max_follow_ups,
            min_words=draft.min_words,
            time_limit=draft.time_limit,
        )
    return bank


def archive_bank(*, bank: QuestionBank) -> None:
    """Its questions are offered to no interview any more; published versions go on asking them."""
    QuestionBank.objects.filter(pk=bank.pk, archived_at=None).update(archived_at=timezone.now(), is_default=False)
    bank.refresh_from_db()


def restore_bank(*, bank: QuestionBank) -> None:
    QuestionBank.objects.filter(pk=bank.pk).update(archived_at=None)
    bank.refresh_from_db()


def create_default_bank() -> QuestionBank:
    """The five general questions that every company starts with."""
    return create_bank(name=DEFAULT_BANK_NAME, questions=DEFAULT_QUESTIONS, is_default=True)


@transaction.atomic
def create_interview_from_bank(*, title: str, bank: QuestionBank, **settings: object) -> Interview:
    """A published interview that asks the bank's questions in order; `settings` are further fields of Interview.

    Raises NotReady.
    """
    interview = draft_interview_from_bank(title=title, bank=bank, **settings)
    publish(interview=interview)
    return interview


@transaction.atomic
def draft_interview_from_bank(*, title: str, bank: QuestionBank, **settings: object) -> Interview:
    """As `create_interview_from_bank`, and not published yet."""
    interview = Interview.objects.create(title=title, **settings)
    for position, question in enumerate(bank.questions.filter(archived_at=None), start=1):
        InterviewQuestion.objects.create(interview=interview, question=question, position=position)
    return interview


# --- Step by step, as other systems do it ---------------------------------------------------------


class BankExists(ValueError):
    """There is a bank of this name."""


class BankInUse(ValueError):
    """An interview asks what was to be deleted."""


def add_bank(*, name: str, questions: Sequence[Mapping[str, Any]] = (), **fields: Any) -> QuestionBank:
    """A bank, with questions as their fields. Raises BankExists."""
    try:
        with transaction.atomic():
            bank = QuestionBank.objects.create(name=name.strip(), **fields)
            for question in questions:
                add_question(bank=bank, **question)
    except IntegrityError:
        raise BankExists("There is a question bank of this name already.") from None
    record(verb="added the question bank", target=bank)
    return bank


def change_bank(*, bank: QuestionBank, is_archived: bool | None = None, **fields: Any) -> None:
    """Raises BankExists."""
    try:
        with transaction.atomic():
            for name, value in fields.items():
                setattr(bank, name, value)
            bank.save(update_fields=list(fields))
            record(verb="changed the question bank", target=bank)
    except IntegrityError:
        raise BankExists("There is a question bank of this name already.") from None
    if is_archived is not None:
        (archive_bank if is_archived else restore_bank)(bank=bank)


def delete_bank(*, bank: QuestionBank) -> None:
    """Raises BankInUse."""
    if InterviewQuestion.objects.filter(question__bank=bank).exists():
        raise BankInUse("Interviews ask questions of this bank. Archive it instead.")
    with transaction.atomic():
        record(verb="deleted the question bank", target=bank)
        bank.delete()


def add_question(*, bank: QuestionBank, **fields: Any) -> Question:
    """It goes last."""
    last = bank.questions.aggregate(last=Max("position"))["last"] or 0
    return Question.objects.create(bank=bank, position=last + 1, **fields)


def change_question(*, question: Question, is_archived: bool | None = None, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(question, name, value)
    if is_archived is not None:
        question.archived_at = timezone.now() if is_archived else None
    with transaction.atomic():
        question.save()
        record(verb="changed the question", target=question)


def delete_question(*, question: Question) -> None:
    """Raises BankInUse."""
    if question.interview_questions.exists():
        raise BankInUse("An interview asks this question. Archive it instead.")
    with transaction.atomic():
        record(verb="deleted the question", target=question)
        question.delete()
