"""What was published: an interview as it stood then, word for word, so that later edits change nothing."""

from __future__ import annotations

import copy
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.models.bank import Question, QuestionBank
from interviews.models.interview import Interview
from tenants.models import TenantModel

#: What candidates meet, and what a version therefore keeps.
INTERVIEW_SNAPSHOT = (
    "title", "languages", "translations", "interviewer_name", "tone", "intro", "disclosure", "consent_text",
    "consent_version", "record", "recording_consent_text", "outro", "next_steps", "total_limit", "retries",
    "typing_allowed", "ask_categories", "tts", "stt", "llm",
)  # fmt: skip
QUESTION_SNAPSHOT = (
    "text", "translations", "competency", "rubric", "max_follow_ups", "follow_up_guidance", "min_words", "time_limit",
    "required",
)  # fmt: skip


class InterviewVersion(TenantModel):
    """`snapshot` is {"interview": {field: value}, "questions": [{"id", "language", field: value}]}; never changed."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="versions", verbose_name=_("interview")
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts from 1 within the interview."))
    snapshot = models.JSONField(_("snapshot"))
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("version of an interview")
        verbose_name_plural = _("versions of an interview")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "number"], name="version_number_once_an_interview"),
        ]

    def __str__(self) -> str:
        return f"{self.interview} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_foreign()
        if not self._state.adding:
            raise TypeError("A published version never changes; publish another one.")
        super().save(*args, **kwargs)

    def restore(self, interview: Interview) -> Interview:
        """`interview` as it was published: to be read, never to be saved."""
        restored = copy.copy(interview)
        for name, value in self.snapshot["interview"].items():
            setattr(restored, name, value)
        restored.questions_as_published = [restore_question(kept) for kept in self.snapshot["questions"]]
        return restored


def restore_question(kept: dict[str, Any]) -> Question:
    fields = {name: value for name, value in kept.items() if name != "language"}
    return Question(bank=QuestionBank(language=kept["language"]), **fields)
