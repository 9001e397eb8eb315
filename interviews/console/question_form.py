"""The form of one question in its bank: tags by comma, a rubric by level, archived by a tick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from interviews.domain.languages import name_language
from interviews.models import Question
from interviews.models.languages import QUESTION_FIELDS
from interviews.models.rubric import GENERAL_RUBRIC, LEVEL_LENGTH, LEVELS
from tenants.translated_form import TranslatedForm, make_field, read_names

RUBRIC_FIELDS = tuple(f"rubric_{level}" for level in LEVELS)


class QuestionForm(TranslatedForm):
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Separated by commas. Questions are found by them when an interview is put together."),
    )
    archived = forms.BooleanField(
        label=_("Archived"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Not offered to interviews any more; those that ask it go on with their published version."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags"] = ", ".join(self.instance.tags)
        self.initial["archived"] = self.instance.archived_at is not None
        for level, field in zip(LEVELS, RUBRIC_FIELDS, strict=True):
            self.initial[field] = self.instance.rubric.get(level, "")

    def clean_tags(self) -> list[str]:
        return [tag for part in self.cleaned_data["tags"].split(",") if (tag := part.strip())]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        written = {level: cleaned.get(f"rubric_{level}", "").strip() for level in LEVELS}
        self.instance.rubric = {level: text for level, text in written.items() if text}
        if not cleaned.get("archived"):
            self.instance.archived_at = None
        elif self.instance.archived_at is None:
            self.instance.archived_at = timezone.now()
        return cleaned


def make_question_form(languages: Iterable[str]) -> type[QuestionForm]:
    """The form of a question, with its text in these languages too."""
    texts = {
        f"{text}_{language}": make_field(
            label=_("Question in %s") % name_language(language), language=language, widget=UnfoldAdminTextareaWidget
        )
        for language in languages
        for text in QUESTION_FIELDS
    }
    levels = {
        f"rubric_{level}": forms.CharField(
            label=_("Level %s sounds like") % level,
            required=False,
            max_length=LEVEL_LENGTH,
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "placeholder": GENERAL_RUBRIC[level]}),
        )
        for level in LEVELS
    }
    meta = type("Meta", (), {"model": Question, "fields": ()})
    return type("QuestionForm", (QuestionForm,), texts | levels | {"Meta": meta, "translated": read_names(texts)})
