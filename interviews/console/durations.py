"""Time limits as staff read and write them: minutes and seconds, 2:30, of what is stored in seconds."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

WRITTEN = re.compile(r"\s*(\d{1,3})(?::([0-5]\d))?\s*")


def show_duration(seconds: float) -> str:
    """`2:30` of 150."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


class DurationField(forms.Field):
    """Whole seconds, written as minutes with or without seconds: 3, 3:00, 0:45."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def prepare_value(self, value: Any) -> Any:
        return show_duration(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        written = WRITTEN.fullmatch(str(value))
        if written is None:
            raise forms.ValidationError(_("Write minutes and seconds, such as 2:30."))
        return int(written[1]) * 60 + int(written[2] or 0)

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is not None and not self.least <= value <= self.most:
            limits = {"least": show_duration(self.least), "most": show_duration(self.most)}
            raise forms.ValidationError(_("Choose between %(least)s and %(most)s, in minutes and seconds.") % limits)


def duration_of(field: models.Field[Any, Any]) -> DurationField:
    """The form's field for a model's, with its limits."""
    checks = field.validators
    return DurationField(
        least=next(int(check.limit_value) for check in checks if isinstance(check, MinValueValidator)),
        most=next(int(check.limit_value) for check in checks if isinstance(check, MaxValueValidator)),
        label=capfirst(str(field.verbose_name)),
        help_text=field.help_text,
        initial=field.default,
    )
