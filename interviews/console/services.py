"""Voice and services: what a company's bots use where an interview does not say otherwise."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from botrunner.contract import SERVICES
from interviews.console.base import ConsoleAdmin
from interviews.domain.languages import name_language
from interviews.models import CompanyServices
from tenants.roles import Action

FIELDS = ("tts", "stt", "llm")


def explain_choice(db_field: "Field[Any, Any]", formfield: Any, *, label: Any) -> Any:
    """The empty choice of a service says whose choice it then is, and the help what comes with which service."""
    if formfield is not None and db_field.name in SERVICES:
        formfield.choices = [("", label), *((name, text) for name, text in formfield.choices if name)]
        formfield.help_text = " ".join(filter(None, [str(formfield.help_text), *describe_offers(db_field.name)]))
    return formfield


def describe_offers(kind: str) -> Iterator[str]:
    for offer in SERVICES[kind].values():
        if offer.languages:
            yield f"{offer.label} knows {', '.join(sorted(map(name_language, offer.languages)))}."
        if offer.note:
            yield offer.note


@admin.register(CompanyServices)
class CompanyServicesAdmin(ConsoleAdmin):
    """One row at most."""

    edit_action = Action.MANAGE_TENANT
    delete_action = None
    list_display = ("__str__", *FIELDS)
    fieldsets = ((None, {"fields": FIELDS}),)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_add_permission(request, obj) and not CompanyServices.objects.exists()

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        return explain_choice(db_field, field, label=_("As this installation"))
