"""A bank looked over: which interviews ask each question, what is nearly the same, and what should not be asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from interviews.domain.duplicates import find_same, find_similar, know
from interviews.domain.lawful import find_unlawful_topics
from interviews.models import Interview, InterviewQuestion, Question, QuestionBank


@dataclass
class Reviewed:
    question: Question
    interviews: list[Interview] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def review_bank(*, bank: QuestionBank) -> list[Reviewed]:
    """Its questions in order. Compared are those of all banks that are not archived; three queries."""
    asked: dict[object, list[Interview]] = defaultdict(list)
    for link in InterviewQuestion.objects.filter(question__bank=bank).select_related("interview"):
        asked[link.question_id].append(link.interview)
    everywhere = Question.objects.filter(archived_at=None, bank__archived_at=None).select_related("bank")
    known = {question.pk: know(name_question(question, bank=bank), question.text) for question in everywhere}
    reviewed = []
    for question in bank.questions.all():
        one = Reviewed(question=question, interviews=asked[question.pk])
        others = [other for pk, other in known.items() if pk != question.pk]
        mine = know("", question.text)
        if same := find_same(mine, others):
            one.notes.append(f"The same as {same.name}.")
        elif similar := find_similar(mine, others):
            one.notes.append(f"Nearly the same as {similar.name}.")
        one.notes += concerns_of(question=question, bank=bank)
        reviewed.append(one)
    return reviewed


def name_question(question: Question, *, bank: QuestionBank) -> str:
    return f"“{question}”" + ("" if question.bank_id == bank.pk else f" in {question.bank}")


def concerns_of(*, question: Question, bank: QuestionBank) -> list[str]:
    """What the question may ask that it should not, in any of its languages."""
    texts = {bank.language: question.text}
    texts |= {language: words["text"] for language, words in question.translations.items() if "text" in words}
    return [str(found) for code, text in texts.items() for found in find_unlawful_topics(text=text, language=code)]
