"""Voice and services: what a company's bots use where an interview does not say otherwise."""

from typing import Any

from django.contrib import admin
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from botrunner.contract import SERVICES
from interviews.console.base import ConsoleAdmin
from interviews.models import CompanyServices
from tenants.roles import Action

FIELDS = ("tts", "stt", "llm")


def name_the_default(db_field: "Field[Any, Any]", formfield: Any, *, label: Any) -> Any:
    """The empty choice of a service says whose choice it then is."""
    if formfield is not None and db_field.name in SERVICES:
        formfield.choices = [("", label), *((name, text) for name, text in formfield.choices if name)]
    return formfield


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
        return name_the_default(db_field, field, label=_("As this installation"))
