"""Draft, published, archived: publishing keeps the interview as it stands, and candidates meet what was published."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction

from interviews.domain.readiness import Gap, find_gaps
from interviews.enums import InterviewStatus
from interviews.models import Interview, InterviewVersion, Question
from interviews.models.version import INTERVIEW_SNAPSHOT, QUESTION_SNAPSHOT
from tenants.models import User

#: What candidates agree to; other words for any of these are another consent.
CONSENT_TEXTS = ("disclosure", "consent_text", "recording_consent_text")


class NotReady(ValueError):
    """The interview can't be published yet; the message says what is missing, `gaps` one by one."""

    def __init__(self, gaps: list[Gap]) -> None:
        super().__init__(" ".join(gap.text for gap in gaps))
        self.gaps = gaps


def publish(*, interview: Interview, by: User | None = None) -> InterviewVersion:
    """Publish the interview as it stands: a new version, or the last one where nothing has changed since.

    Other words of the consent than the last version's give the consent a new version too. Raises NotReady.
    """
    with transaction.atomic():
        locked = Interview.objects.select_for_update().get(pk=interview.pk)
        if missing := [gap for gap in find_gaps(interview=locked) if gap.blocks]:
            raise NotReady(missing)
        last = locked.versions.first()
        if last and consent_changed(interview=locked, since=last):
            locked.consent_version = next_consent_version(last.snapshot["interview"]["consent_version"])
        if last is None or has_changed(interview=locked, since=last):
            number = last.number + 1 if last else 1
            last = InterviewVersion.objects.create(
                interview=locked, number=number, snapshot=take_snapshot(interview=locked), published_by=by
            )
        locked.status = InterviewStatus.PUBLISHED
        locked.save(update_fields=["status", "consent_version"])
    reread(interview)
    return last


def archive(*, interview: Interview) -> None:
    """From now on nobody is invited to it. Invitations that are out stay good."""
    set_status(interview=interview, status=InterviewStatus.ARCHIVED)


def restore(*, interview: Interview) -> None:
    """Bring an archived interview back: as it was published last, or as the draft it was."""
    published = interview.versions.exists()
    set_status(interview=interview, status=InterviewStatus.PUBLISHED if published else InterviewStatus.DRAFT)


def set_status(*, interview: Interview, status: InterviewStatus) -> None:
    Interview.objects.filter(pk=interview.pk).update(status=status)
    reread(interview)


def reread(interview: Interview) -> None:
    interview.__dict__.pop("published", None)
    interview.refresh_from_db()


def take_snapshot(*, interview: Interview) -> dict[str, Any]:
    """The `snapshot` of InterviewVersion for the interview as it stands now."""
    return {
        "interview": {name: getattr(interview, name) for name in INTERVIEW_SNAPSHOT},
        "questions": [keep_question(question) for question in interview.asked_questions()],
    }


def keep_question(question: Question) -> dict[str, Any]:
    kept = {name: getattr(question, name) for name in QUESTION_SNAPSHOT}
    return {"id": str(question.pk), "language": question.bank.language, **kept}


def has_changed(*, interview: Interview, since: InterviewVersion) -> bool:
    return take_snapshot(interview=interview) != since.snapshot


def consent_changed(*, interview: Interview, since: InterviewVersion) -> bool:
    """Whether candidates would agree to other words, in any language, while the consent's version is the same."""
    before = since.restore(interview)
    same_name = interview.consent_version == before.consent_version
    return same_name and consent_words(interview) != consent_words(before)


def consent_words(interview: Interview) -> list[Any]:
    """In all languages. The sentence about recordings counts where recordings are made."""
    names = [name for name in CONSENT_TEXTS if interview.record or name != "recording_consent_text"]
    translated = {
        language: {name: texts[name] for name in names if name in texts}
        for language, texts in interview.translations.items()
        if language in interview.languages
    }
    return [[getattr(interview, name) for name in names], {key: texts for key, texts in translated.items() if texts}]


def next_consent_version(current: str) -> str:
    """The last number in it plus one, so "1" is followed by "2" and "2026-v1" by "2026-v2"; without any, "-2"."""
    match = re.search(r"\d+\Z", current)
    if match is None:
        return f"{current[:18]}-2"
    return current[: match.start()] + str(int(match[0]) + 1)
