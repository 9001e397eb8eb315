"""Limits are written as minutes and seconds."""

import pytest
from django.core.exceptions import ValidationError

from interviews.console.durations import DurationField, duration_of
from interviews.models import Interview, Question

FIELD = DurationField(least=5, most=600)


@pytest.mark.parametrize(("written", "seconds"), [("3", 180), ("3:00", 180), (" 0:45 ", 45), ("10:00", 600)])
def test_what_is_written_is_seconds(written: str, seconds: int) -> None:
    assert FIELD.clean(written) == seconds


@pytest.mark.parametrize("seconds", [5, 45, 60, 150, 600])
def test_what_is_stored_is_read_as_it_is_written(seconds: int) -> None:
    shown = FIELD.prepare_value(seconds)
    assert (FIELD.clean(shown), FIELD.has_changed(seconds, shown)) == (seconds, False)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("soon", "such as 2:30"),
        ("2:75", "such as 2:30"),
        ("-1", "such as 2:30"),
        ("1.5", "such as 2:30"),
        ("", "required"),
        ("0:04", "between 0:05 and 10:00"),
        ("180", "between 0:05 and 10:00"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(written: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        FIELD.clean(written)


def test_the_forms_have_the_models_limits() -> None:
    whole, one = (
        duration_of(model._meta.get_field(name))  # type: ignore[arg-type] # a field and no relation
        for model, name in ((Interview, "total_limit"), (Question, "time_limit"))
    )
    assert (whole.least, whole.most, one.least, one.most) == (30, 14400, 5, 600)
