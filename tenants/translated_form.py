"""Forms in which staff write the same texts in several languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget


class TranslatedForm(forms.ModelForm):
    """Keeps the fields named `{text}_{language}` in the row's `translations`; an emptied one is taken out."""

    translated: Mapping[str, tuple[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, (language, text) in self.translated.items():
            self.initial[field] = self.instance.translations.get(language, {}).get(text, "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kept = {language: dict(texts) for language, texts in self.instance.translations.items()}
        for field, (language, text) in self.translated.items():
            kept.setdefault(language, {}).pop(text, None)
            if words := cleaned.get(field, "").strip():
                kept[language][text] = words
        self.instance.translations = {language: texts for language, texts in kept.items() if texts}
        return cleaned


def make_field(*, label: str, language: str, widget: Any, placeholder: str = "", **options: Any) -> forms.CharField:
    attributes: dict[str, Any] = {"lang": language, "placeholder": placeholder}
    if widget is UnfoldAdminTextareaWidget:
        attributes["rows"] = 3
    options = {"max_length": 160 if widget is UnfoldAdminTextInputWidget else None} | options
    return forms.CharField(label=label, required=False, widget=widget(attrs=attributes), **options)


def read_names(fields: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Field name -> (language, text)."""
    parts = {field: field.rpartition("_") for field in fields}
    return {field: (language, text) for field, (text, _underscore, language) in parts.items()}
