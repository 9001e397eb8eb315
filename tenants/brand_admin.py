"""The brand in the console: one row, with what is hard to read said at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.contrib import admin, messages
from django.db.models import TextField
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from tenants.brand_texts import MAIL_TEXTS, TEXTS, validate_placeholders
from tenants.colours import find_faint, find_unreadable
from tenants.console import TenantAdmin
from tenants.models import Brand
from tenants.models.tenant import list_languages
from tenants.roles import Action
from tenants.translated_form import TranslatedForm, make_field, read_names

#: Every field of the form, as the page groups them.
FIELDSETS = (
    (None, {"fields": ("display_name", "logo", ("primary_colour", "accent_colour"), "font")}),
    (_("Voice"), {"fields": ("interviewer_name",)}),
    (_("E-mail"), {"fields": (("sender_name", "reply_to"),)}),
    (_("Texts"), {"fields": ("language", "welcome_text")}),
    (_("Texts of e-mails"), {"fields": MAIL_TEXTS}),
)


def make_brand_form(brand: Brand) -> type[TranslatedForm]:
    """The form of a brand, with its texts in each further language."""
    fields: dict[str, Any] = {}
    for language in further_languages(brand):
        for name in TEXTS:
            field: Any = Brand._meta.get_field(name)
            fields[f"{name}_{language}"] = make_field(
                label=f"{capfirst(str(field.verbose_name))} ({name_language(language)})",
                language=language,
                widget=UnfoldAdminTextareaWidget,
                max_length=field.max_length,
                validators=[validate_placeholders],
            )
    meta = type("Meta", (), {"model": Brand, "fields": flatten(FIELDSETS)})
    return type("BrandForm", (BrandForm,), fields | {"Meta": meta, "translated": read_names(fields)})


class BrandForm(TranslatedForm):
    def clean(self) -> dict[str, Any]:
        """What was written in a language that is now the brand's own gives way to the brand's own."""
        cleaned = super().clean()
        if cleaned.get("language") != self.initial.get("language"):
            self.instance.translations.pop(cleaned.get("language"), None)
        return cleaned


def further_languages(brand: Brand) -> list[str]:
    return [code for code, _name in list_languages() if code != brand.language]


def name_language(language: str) -> str:
    """In English, as staff read it."""
    return str(get_language_info(language)["name"])


def flatten(fieldsets: Any) -> list[str]:
    """The names of their fields, of which some stand beside each other."""
    names = [name for _title, section in fieldsets for name in section["fields"]]
    return [one for name in names for one in (name if isinstance(name, tuple) else (name,))]


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
    change_form_template = "tenants/brand.html"

    def get_fieldsets(self, request: HttpRequest, obj: Brand | None = None) -> Any:
        """One more section for each further language."""
        further = further_languages(obj) if obj else []
        sections = [
            (
                _("Texts in %s") % name_language(language),
                {"fields": [f"{name}_{language}" for name in TEXTS], "classes": ("collapse",)},
            )
            for language in further
        ]
        return [*FIELDSETS, *sections]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        languages = [(code, name_language(code)) for code, _name in list_languages()]
        return super().change_view(request, object_id, form_url, (extra_context or {}) | {"languages": languages})

    def get_form(self, request: HttpRequest, obj: Brand | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs | ({"form": make_brand_form(obj)} if obj else {}))

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
        for problem in [*find_unreadable(obj.primary_colour), *find_faint(obj.accent_colour)]:
            messages.warning(request, str(problem))
