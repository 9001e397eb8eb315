"""What the API takes, the desk takes, and the other way round: the same lengths and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from rest_framework import serializers

from interviews.api.banks import BankBody, BankPatch, QuestionBody, QuestionPatch
from interviews.api.candidates import CandidateBody
from interviews.api.invitations import CandidateOfInvitation
from interviews.api.webhooks import WebhookEndpointBody
from interviews.console.invitation_form import InvitationForm
from interviews.models import Candidate, Question, QuestionBank, WebhookEndpoint

BODIES = [
    (BankBody, QuestionBank, {"name", "description"}),
    (BankPatch, QuestionBank, {"name", "description"}),
    (
        QuestionBody,
        Question,
        {"text", "competency", "follow_up_guidance", "max_follow_ups", "min_words", "time_limit"},
    ),
    (
        QuestionPatch,
        Question,
        {"text", "competency", "follow_up_guidance", "max_follow_ups", "min_words", "time_limit"},
    ),
    (CandidateBody, Candidate, {"name", "email", "time_zone"}),
    (CandidateOfInvitation, Candidate, {"name", "email"}),
    (WebhookEndpointBody, WebhookEndpoint, {"url", "description"}),
]


def bounds_of_model(field: models.Field[Any, Any]) -> tuple[int | None, int | None]:
    """The least and the most; of a text, of its length."""
    kinds = (MinValueValidator,), (MaxValueValidator, MaxLengthValidator)
    least, most = ([int(check.limit_value) for check in field.validators if isinstance(check, kind)] for kind in kinds)
    return max(least, default=None), min(most, default=None)


def bounds_of_api(field: Any) -> tuple[int | None, int | None]:
    if isinstance(field, serializers.CharField):
        return None, field.max_length
    return field.min_value, field.max_value


@pytest.mark.parametrize(("body", "model", "names"), BODIES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_api_bounds_each_field_as_its_model_does(
    body: type[serializers.Serializer], model: type[models.Model], names: set[str]
) -> None:
    fields = body().fields
    bounded = {name for name, field in fields.items() if type(field) in (serializers.CharField, serializers.EmailField)}
    bounded |= {name for name, field in fields.items() if isinstance(field, serializers.IntegerField)}
    assert bounded == names
    asked: dict[str, Any] = {name: bounds_of_api(fields[name]) for name in names}
    assert asked == {name: bounds_of_model(model._meta.get_field(name)) for name in names}  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["name", "email"])
def test_the_form_that_invites_takes_no_longer_person_than_is_kept(name: str) -> None:
    asked: Any = InvitationForm.base_fields[f"candidate_{name}"]
    kept: Any = Candidate._meta.get_field(name)
    assert asked.max_length == kept.max_length
