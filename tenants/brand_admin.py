"""The brand in the console: one row, with what is hard to read said at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.contrib import admin, messages
from django.db.models import TextField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from tenants.colours import find_unreadable
from tenants.console import TenantAdmin
from tenants.models import Brand
from tenants.roles import Action

#: Every field of the form, as the page groups them.
FIELDSETS = (
    (None, {"fields": ("display_name", "logo", ("primary_colour", "accent_colour"), "font")}),
    (_("Lobby"), {"fields": ("welcome_text",)}),
    (_("Voice"), {"fields": ("interviewer_name",)}),
    (_("E-mail"), {"fields": (("sender_name", "reply_to"), "invitation_text", "closing_text")}),
)


class LogoWidget(UnfoldAdminFileFieldWidget):
    """Shows the logo from where it is served, and not its path in the storage."""

    template_name = "tenants/logo_input.html"

    def format_value(self, value: Any) -> Any:
        return SimpleNamespace(url=value.instance.logo_url) if self.is_initial(value) else None


@admin.register(Brand)
class BrandAdmin(TenantAdmin):
    """One row, made with the tenant."""

    view_action = edit_action = Action.MANAGE_TENANT
    add_action = delete_action = None
    list_display = ("display_name", "interviewer_name", "primary_colour", "accent_colour")
    fieldsets = FIELDSETS
    change_form_template = "tenants/brand.html"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, TextField):
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        if db_field.name == "logo":
            kwargs["widget"] = LogoWidget
        if db_field.name.endswith("_colour"):
            kwargs["widget"] = UnfoldAdminColorInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for problem in find_unreadable(obj.primary_colour):
            messages.warning(request, str(problem))
