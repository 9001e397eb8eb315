"""The form of an interview, with its texts in each language that it is offered in."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from interviews.domain.languages import name_language, name_text
from interviews.models import Interview
from interviews.models.languages import INTERVIEW_FIELDS
from interviews.models.texts import SHIPPED
from tenants.models.tenant import list_languages
from tenants.translated_form import TranslatedForm, make_field, read_names


class InterviewForm(TranslatedForm):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=list_languages,
        widget=UnfoldAdminSelectWidget,
        help_text=_("The one the texts below are written in."),
    )
    more_languages = forms.MultipleChoiceField(
        label=_("Also offered in"),
        choices=list_languages,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_(
            "The candidate chooses. Save to get fields for the translations; questions are translated in their bank."
        ),
    )

    class Meta:
        model = Interview
        fields = ()  # The admin names them.

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["language"], *self.initial["more_languages"] = self.instance.languages

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if first := cleaned.get("language"):
            self.instance.languages = list(dict.fromkeys([first, *cleaned.get("more_languages", [])]))
        return cleaned


def make_interview_form(interview: Interview | None) -> type[InterviewForm]:
    """The form of a stored interview, with its texts in each further language."""
    fields: dict[str, Any] = {}
    for language in interview.languages[1:] if interview else []:
        for text in INTERVIEW_FIELDS:
            fields[f"{text}_{language}"] = make_field(
                label=capfirst(f"{name_text(text)} ({name_language(language)})"),
                language=language,
                placeholder=translate_shipped(interview, text, language),
                widget=UnfoldAdminTextInputWidget if text == "title" else UnfoldAdminTextareaWidget,
            )
    return type("InterviewForm", (InterviewForm,), fields | {"translated": read_names(fields)})


def translate_shipped(interview: Interview | None, text: str, language: str) -> str:
    """What is said in `language` while the text is the one shipped; empty for the company's own."""
    if interview is None or SHIPPED.get(text) != getattr(interview, text):
        return ""
    with override(language):
        return gettext(SHIPPED[text])
