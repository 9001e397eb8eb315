"""Candidates of one interview side by side, as one reader may know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from interviews.domain.judgements import Reading, list_competencies, read_results
from interviews.models import Answer, CompetencyScore, Interview, Result
from tenants.domain.audit import record
from tenants.models import User

FEWEST, MOST = 2, 5


class CannotCompare(ValueError):
    """These results can't stand side by side; the message says what to choose."""


@dataclass(frozen=True)
class Cell:
    """What one candidate has in the row of a competency: the model's score, and (name, level) of each person."""

    reading: Reading
    score: CompetencyScore | None
    people: list[tuple[str, int]]


@dataclass(frozen=True)
class CompetencyRow:
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class AnswerCell:
    reading: Reading
    answer: Answer | None


@dataclass(frozen=True)
class QuestionRow:
    text: str
    competency: str
    cells: list[AnswerCell]


@dataclass(frozen=True)
class Comparison:
    """One column a candidate, in the same order in every row."""

    interview: Interview
    readings: list[Reading]
    competencies: list[CompetencyRow]
    questions: list[QuestionRow]


def check_comparable(results: Sequence[Result]) -> None:
    """Raises CannotCompare."""
    if not FEWEST <= len(results) <= MOST:
        raise CannotCompare(f"Choose {FEWEST} to {MOST} results to compare; these are {len(results)}.")
    if len({result.invitation.interview_id for result in results}) > 1:
        raise CannotCompare("Choose results of one interview: others were asked other questions.")


def compare(*, results: Sequence[Result], reader: User) -> Comparison:
    """Raises CannotCompare. Each candidate's answers are read by this, and the audit log says so."""
    check_comparable(results)
    readings = read_results(results=results, reader=reader)
    for result in results:
        details = {"compared with": [str(other.pk) for other in results if other is not result]}
        record(actor=reader, verb="viewed the result", target=result, details=details)
    return Comparison(
        interview=results[0].invitation.interview,
        readings=readings,
        competencies=[
            CompetencyRow(name=name, cells=[make_cell(reading, name.casefold()) for reading in readings])
            for name in list_competencies(readings)
        ],
        questions=line_up_answers(readings),
    )


def make_cell(reading: Reading, competency: str) -> Cell:
    people = [
        (review.reviewer_name, given.level)
        for review in reading.reviews
        for given in review.scores.all()
        if given.competency.casefold() == competency
    ]
    return Cell(reading=reading, score=reading.scores.get(competency), people=people)


def line_up_answers(readings: Sequence[Reading]) -> list[QuestionRow]:
    """One row a question, whichever of the candidates was asked it; in the order of the questions."""
    invitations = [reading.result.invitation_id for reading in readings]
    given: dict[UUID, dict[UUID, Answer]] = {}
    for answer in Answer.objects.filter(invitation__in=invitations).order_by("position"):
        given.setdefault(answer.question_id, {})[answer.invitation_id] = answer
    rows = []
    for answers in given.values():
        first = next(iter(answers.values()))
        cells = [AnswerCell(reading=reading, answer=answers.get(reading.result.invitation_id)) for reading in readings]
        rows.append(QuestionRow(text=first.question_text, competency=first.competency, cells=cells))
    return rows
