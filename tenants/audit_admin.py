"""Who did what, in the console: a company's log for its owners, and the platform's own for its staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from tenants.console import TenantAdmin, is_platform_staff
from tenants.distinct import DistinctValuesFilter, ModelFilter, name_of_model
from tenants.models import AuditEntry, PlatformEntry
from tenants.roles import Action


@admin.register(AuditEntry)
class AuditEntryAdmin(TenantAdmin):
    """Read by owners, and written by `record` alone."""

    view_action = Action.MANAGE_TENANT
    list_display = ("at", "actor", "verb", "object_label", "changed_fields", "ip")
    list_filter = (
        ("at", RangeDateFilter),
        *((name, DistinctValuesFilter) for name in ("actor", "verb")),
        ("object_type", ModelFilter),
    )
    list_filter_submit = True
    list_per_page = 50
    search_fields = ("actor", "verb", "object_label", "object_id", "ip__startswith")
    search_help_text = _("Who, what, a row's id, or the beginning of an address")
    fields = ("at", "actor", "verb", "kind_of_row", "object_id", "object_label", "ip", "changes", "other_details")
    readonly_fields = ("kind_of_row", "changes", "other_details")

    @display(description=_("To what"))
    def kind_of_row(self, entry: AuditEntry) -> str:
        return name_of_model(entry.object_type)

    @display(description=_("Changed"))
    def changed_fields(self, entry: AuditEntry) -> str:
        return ", ".join(entry.changes)

    @display(description=_("Changed"))
    def changes(self, entry: AuditEntry) -> str:
        rows = ((field, old, new) for field, (old, new) in entry.changes.items())
        return format_html_join(mark_safe("<br>"), "{}: {} → {}", rows)

    @display(description=_("Details"))
    def other_details(self, entry: AuditEntry) -> str:
        rows = ((name, value) for name, value in entry.details.items() if name != "changes")
        return format_html_join(mark_safe("<br>"), "{}: {}", rows)


@admin.register(PlatformEntry)
class PlatformEntryAdmin(TenantAdmin):
    """Read by the platform's staff, and written by `record` and `record_for_platform` alone."""

    list_display = ("at", "actor", "verb", "company", "object_type", "ip")
    list_filter = (("at", RangeDateFilter), "actor", "verb", "company")
    list_filter_submit = True
    list_per_page = 50
    search_fields = ("actor", "verb", "company", "object_id")
    fields = ("at", "actor", "verb", "company", "object_type", "object_id", "changed", "ip")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request)
