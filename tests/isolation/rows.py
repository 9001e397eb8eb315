"""Rows of any walled model, made from its fields, so that a model added later is covered without a line here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from tenants.checks import walled_models
from tenants.models import Brand, TenantKey
from tests.factories import UserFactory

_numbers = count(1)

#: Values for fields that can't be guessed from their type: "app.Model.field" -> function.
VALUES: dict[str, Callable[[], Any]] = {"tenants.User": UserFactory}


def make_row(model: type[models.Model]) -> Any:
    """A saved row of `model` in the tenant in scope, with rows for every foreign key that it needs."""
    if model is Brand:
        return Brand.objects.get()  # Each tenant has one from the start.
    return model._default_manager.create(
        **{field.name: _value(field) for field in model._meta.concrete_fields if _is_needed(field)}
    )


def _is_needed(field: models.Field[Any, Any]) -> bool:
    if isinstance(field, TenantKey) or field.has_default() or field.null:
        # Foreign keys are filled even where they may be empty, because they are what has to hold.
        return isinstance(field, models.ForeignKey) and not isinstance(field, TenantKey) and not _is_recursive(field)
    return not (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _is_recursive(field: models.ForeignKey[Any, Any]) -> bool:
    return field.related_model is field.model


def _value(field: models.Field[Any, Any]) -> Any:
    number = next(_numbers)
    label = f"{field.model._meta.label}.{field.name}"
    if label in VALUES:
        return VALUES[label]()
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        if target in walled_models():
            return make_row(target)
        return VALUES[target._meta.label]()
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, models.EmailField):
        return f"row{number}@example.org"
    if isinstance(field, models.FileField):
        return ""
    if isinstance(field, models.CharField | models.TextField):
        return f"{number}"
    if isinstance(field, models.DateTimeField):
        return timezone.now() + timedelta(days=1)
    if isinstance(field, models.DurationField):
        return timedelta(seconds=number)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField | models.FloatField | models.DecimalField):
        return number
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.UUIDField):
        return apps.get_model("tenants.Tenant")().pk
    raise TypeError(f"Say in tests.isolation.rows.VALUES what {label} may hold.")
