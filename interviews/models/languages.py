"""What is stored about languages, and what of it is refused."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.models.texts import SHIPPED

#: What a company may write in each language; a title is left as it is where it has no translation.
INTERVIEW_FIELDS = ("title", *SHIPPED)
QUESTION_FIELDS = ("text",)


def default_languages() -> list[str]:
    return [settings.LANGUAGE_CODE]


def validate_languages(value: Any) -> None:
    """A list of at least one known language, none twice."""
    known = dict(settings.LANGUAGES)
    if (
        not isinstance(value, list)
        or not value
        or any(not isinstance(code, str) or code not in known for code in value)
    ):
        raise ValidationError(_("Choose among these languages: %s.") % ", ".join(known))
    if len(set(value)) != len(value):
        raise ValidationError(_("Name each language once."))


def validate_language(value: str) -> None:
    validate_languages([value])


def validate_interview_translations(value: Any) -> None:
    _validate_translations(value, fields=INTERVIEW_FIELDS)


def validate_question_translations(value: Any) -> None:
    _validate_translations(value, fields=QUESTION_FIELDS)


def _validate_translations(value: Any, *, fields: tuple[str, ...]) -> None:
    """An object of language -> {field -> text}."""
    if not isinstance(value, dict):
        raise ValidationError(_("Give the translations as an object with a language for each key."))
    for language, texts in value.items():
        validate_language(language)
        if not isinstance(texts, dict) or not all(
            name in fields and isinstance(text, str) and text.strip() for name, text in texts.items()
        ):
            raise ValidationError(_("A translation takes only these texts: %s.") % ", ".join(fields))
        if len(texts.get("title", "")) > 160:
            raise ValidationError(_("A title has at most 160 characters."))
