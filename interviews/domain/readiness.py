"""What an interview still lacks before candidates may meet it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from botrunner.contract import SERVICES
from interviews.domain.languages import describe_missing, name_language
from interviews.models import CompanyServices, Interview, Question
from tenants.models import Brand

#: A minute for the welcome and the goodbye.
FRAME_SECONDS = 60


@dataclass(frozen=True)
class Gap:
    """One sentence that says what to do. What does not block is advice."""

    text: str
    blocks: bool = True


def find_gaps(*, interview: Interview) -> list[Gap]:
    """What is missing first, then advice; empty when there is nothing to say."""
    questions = interview.asked_questions()
    gaps = [*find_missing(interview, questions), *advise(interview, questions)]
    return sorted(gaps, key=lambda gap: not gap.blocks)


def find_missing(interview: Interview, questions: list[Question]) -> Iterator[Gap]:
    if not questions:
        yield Gap("The interview has no questions. Choose at least one.")
    if archived := [f"“{question}”" for question in questions if question.archived_at or question.bank.archived_at]:
        yield Gap(f"These questions are archived: {', '.join(archived)}. Restore them, or take them out.")
    if missing := describe_missing(interview=interview, questions=questions):
        yield Gap(missing)
    if not interview.disclosure.strip():
        yield Gap("The AI disclosure is empty. Candidates must be told that they talk to an AI.")
    if not interview.consent_text.strip():
        yield Gap("The consent is empty. Write what candidates agree to.")
    if interview.record and not interview.recording_consent_text.strip():
        yield Gap("The consent to the recording is empty. Write it, or do not record.")
    if not interview.intro.strip():
        yield Gap("The introduction is empty. Write what the interviewer says first.")
    if not interview.outro.strip():
        yield Gap("The closing words are empty. Write what the interviewer says at the end.")


def advise(interview: Interview, questions: list[Question]) -> Iterator[Gap]:
    needed = sum(question.time_limit for question in questions) + FRAME_SECONDS
    if questions and needed > interview.total_limit:
        yield Gap(
            f"All answers together may take {minutes(needed)}, the interview {minutes(interview.total_limit)}. "
            "Whoever uses the whole time for each question does not reach the last one.",
            blocks=False,
        )
    yield from advise_on_services(interview)
    brand = Brand.objects.first()
    if brand is None or not brand.logo:
        yield Gap("The brand has no logo yet.", blocks=False)
    if brand is not None and not brand.reply_to:
        yield Gap("The brand has no reply-to address, so candidates can't answer an e-mail.", blocks=False)
    if not interview.result_recipients.filter(Q(member__isnull=False) | ~Q(email="")).exists():
        yield Gap("Nobody is told when a result is ready. Choose who is.", blocks=False)


def advise_on_services(interview: Interview) -> Iterator[Gap]:
    """A chosen voice, ear or mind that does not know one of the languages is not used for it."""
    company = CompanyServices.objects.first()
    for kind, offers in SERVICES.items():
        offer = offers.get(getattr(interview, kind) or getattr(company, kind, ""))
        unknown = [name_language(code) for code in interview.languages if offer and not offer.knows(code)]
        if offer and unknown:
            text = f"{offer.label} does not know {', '.join(unknown)}; there the installation's own service is used."
            yield Gap(text, blocks=False)


def minutes(seconds: int) -> str:
    whole = -(-seconds // 60)
    return f"{whole} minute" if whole == 1 else f"{whole} minutes"
