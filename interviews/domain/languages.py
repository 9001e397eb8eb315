"""Which language an interview is held in, and its texts in that language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language_info, gettext, override

from interviews.enums import SessionStatus
from interviews.models import Interview, Invitation, Question
from interviews.models.texts import SHIPPED

LISTED = 3


@dataclass(frozen=True)
class InterviewTexts:
    """What the candidate reads and hears, all in `language`."""

    language: str
    title: str
    intro: str
    disclosure: str
    consent_text: str
    recording_consent_text: str
    outro: str
    next_steps: str


def match_language(tag: str, offered: Sequence[str]) -> str | None:
    """The offered language a BCP 47 tag means: itself, else its base language; None for anything else."""
    lowered = tag.strip().lower().replace("_", "-")
    by_name = {language.lower(): language for language in offered}
    return by_name.get(lowered) or by_name.get(lowered.split("-")[0])


def read_language(text: str, offered: Sequence[str]) -> str | None:
    """The offered language that somebody wrote: as `match_language` reads it, or its name in English or its own."""
    written = text.strip().casefold()
    names = {name(language).casefold(): language for language in offered for name in (name_language, name_natively)}
    return match_language(text, offered) or names.get(written)


def name_language(language: str) -> str:
    """In English, as staff read it."""
    return str(get_language_info(language)["name"])


def name_natively(language: str) -> str:
    """As its speakers write it, with a capital where their script has any."""
    name = str(get_language_info(language)["name_local"])
    return name[:1].upper() + name[1:]


def is_settled(*, invitation: Invitation) -> bool:
    """Whether the interview has begun: from then on it stays in its language."""
    begun = Q(started_at__isnull=False) | ~Q(status=SessionStatus.ENDED)
    return bool(invitation.language) and invitation.sessions.filter(begun).exists()


def choose_language(*, invitation: Invitation, asked: str = "", browser: Iterable[str] = ()) -> str:
    """The language for this candidate now: what they ask for, have chosen, are known to speak, or their browser does.

    Always one that the interview offers, its first if none fits; once begun, the one it was begun in.
    """
    if is_settled(invitation=invitation):
        return invitation.language
    offered = invitation.offered.languages
    wishes = (asked, invitation.language, invitation.candidate.locale, *browser)
    return next((found for wish in wishes if (found := match_language(wish, offered))), offered[0])


def choices_for(*, invitation: Invitation) -> list[str]:
    """The languages this candidate can still choose among."""
    return [invitation.language] if is_settled(invitation=invitation) else list(invitation.offered.languages)


def interview_texts(*, interview: Interview, language: str) -> InterviewTexts:
    """An interview's texts. One that has no version in `language` is given as it was written."""
    texts = {name: find_text(interview, name, language) or getattr(interview, name) for name in SHIPPED}
    title = interview.translations.get(language, {}).get("title") or interview.title
    return InterviewTexts(language=language, title=title, **texts)


def find_text(interview: Interview, name: str, language: str) -> str | None:
    """A text's version in `language`: the company's own, else the shipped one's translation; None without either."""
    written: str = getattr(interview, name)
    if own := interview.translations.get(language, {}).get(name):
        return str(own)
    if written == SHIPPED[name]:
        with override(language):
            return gettext(SHIPPED[name])
    return written if language == interview.language or not written.strip() else None


def name_text(name: str) -> str:
    """What the console calls a text of an interview."""
    field: Any = Interview._meta.get_field(name)
    return str(field.verbose_name)


def question_text(*, question: Question, language: str) -> str | None:
    """A question in `language`; None where it has not been translated. A bank's texts are in the bank's language."""
    if own := question.translations.get(language, {}).get("text"):
        return str(own)
    return question.text if language == question.bank.language else None


def describe_missing(*, interview: Interview, questions: Iterable[Question]) -> str:
    """One sentence for staff that names what has no text in one of the interview's languages; empty if all is there."""
    asked = list(questions)
    for language in interview.languages:
        named = name_language(language)
        lacking = [f"“{question}”" for question in asked if not question_text(question=question, language=language)]
        if lacking:
            more = f" and {len(lacking) - LISTED} more" if len(lacking) > LISTED else ""
            return (
                f"These questions have no {named} text: {', '.join(lacking[:LISTED])}{more}. "
                f"Translate them in their question bank, or do not offer {named}."
            )
        fields = [name_text(name) for name in SHIPPED if find_text(interview, name, language) is None]
        if fields:
            return f"These texts have no {named} version: {', '.join(fields)}. Add it, or do not offer {named}."
    return ""
