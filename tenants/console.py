"""The base of every model's page in the console: permissions by role, and an audit entry for each act."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, NoReturn

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from tenants.domain.audit import record, record_for_platform
from tenants.middleware import role_of
from tenants.models import AuditEntry, Tenant, User
from tenants.rls import is_walled
from tenants.roles import Action, may
from tenants.scope import tenant_id_in_scope, tenant_scope


class RolePermissions:
    """`view_action` and `edit_action` say which roles may look and change; None means nobody.

    `add_action`, `change_action` and `delete_action` are as `edit_action` unless given.
    """

    view_action: Action | None = Action.VIEW
    edit_action: Action | None = None
    add_action: Action | None
    change_action: Action | None
    delete_action: Action | None

    def allows(self, request: HttpRequest, verb: str) -> bool:
        action: Action | None = getattr(self, f"{verb}_action", self.edit_action)
        return action is not None and may(role_of(request), action)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.allows(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.allows(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.allows(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.allows(request, "delete")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class LeanPaginator(Paginator):
    """Finds the ids of a page first and then fetches these rows, a query more than Django's: what rows show is joined,
    counted and carried for one page, where OFFSET and sorting would have it for all rows before it."""

    object_list: models.QuerySet[Any]

    def page(self, number: int | str) -> Page:
        page: Any = super().page(number)
        page.object_list = self.object_list.filter(pk__in=list(page.object_list.values_list("pk", flat=True)))
        return page


class TenantInline(RolePermissions, TabularInline):
    extra = 0


class TenantStackedInline(RolePermissions, StackedInline):
    extra = 0


class TenantAdmin(RolePermissions, ModelAdmin):
    """Django's own log is shared between tenants, so it stays empty; the audit log, which is walled, takes its place.

    The managers and row security are the wall; the querysets here need no further filter. With a `view_verb`, such as
    "viewed the result", opening a row's page is recorded too. `domain_records` says that the domain functions that the
    page calls write the entries themselves.
    """

    object_history_template = "tenants/object_history.html"
    paginator = LeanPaginator
    show_full_result_count = False  # It would count all rows once more, to say how many are filtered away.
    view_verb = ""
    domain_records = False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        if self.view_verb and request.method == "GET" and response.status_code == 200:
            record(
                actor=actor_of(request),
                verb=self.view_verb,
                target=self.get_object(request, object_id),
                ip=request.META.get("REMOTE_ADDR"),
            )
        return response

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What `log_change` writes down: {field: (old, new)}, rows of inlines as "question #3: text"."""
        changes = {} if add else read_changes(form)
        for formset in formsets or []:
            name = formset.model._meta.verbose_name
            for row in formset.deleted_objects:
                changes[f"{name}: {row}"] = (str(row), None)
            for row_form in getattr(formset, "forms", []):
                if row_form.instance in formset.new_objects:
                    changes[f"{name}: {row_form.instance}"] = (None, str(row_form.instance))
                elif any(row_form.instance == row for row, _fields in formset.changed_objects):
                    rows = read_changes(row_form)
                    changes |= {f"{name} {row_form.instance}: {field}": values for field, values in rows.items()}
        return changes

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        return self._record(request, obj, "added", message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        """`message` is what `construct_change_message` made of a form, or a verb of its own."""
        return self._record(request, obj, "changed", message)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> list[LogEntry]:
        return [self._record(request, obj, "deleted", {}) for obj in queryset]

    def _record(self, request: HttpRequest, obj: models.Model, verb: str, message: Any) -> LogEntry:
        """An audit entry in the tenant of the row. Returns, for Django, an entry that is never saved.

        What is no tenant's, such as a user, is in no tenant's log either: it goes to the platform's own.
        """
        if not self.domain_records:
            if isinstance(message, str) and message:
                verb = message
            changes = message if isinstance(message, dict) else {}
            acting: dict[str, Any] = {"actor": actor_of(request), "ip": request.META.get("REMOTE_ADDR")}
            if isinstance(obj, Tenant) or is_walled(type(obj)):
                with tenant_scope(obj if isinstance(obj, Tenant) else obj.tenant_id):  # type: ignore[attr-defined]
                    record(verb=verb, target=obj, changes=changes, **acting)
            elif acting["actor"] is not None:
                record_for_platform(verb=verb, target=obj, changed=changes, **acting)
        return LogEntry(content_type=get_content_type_for_model(obj), object_id=obj.pk, object_repr=str(obj))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        """A missing row, and so another tenant's, is a 404, where Django would redirect."""
        raise Http404(f"There is no {opts.verbose_name} {object_id}.")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        with tenant_scope(obj) if isinstance(obj, Tenant) else nullcontext():
            entries = (
                list(AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))[:200])
                if tenant_id_in_scope()
                else []
            )
        context = self.admin_site.each_context(request) | {
            "title": _("History: %s") % obj,
            "subtitle": None,
            "entries": entries,
            "opts": self.opts,
            "object": obj,
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
        }
        return TemplateResponse(request, self.object_history_template, context | (extra_context or {}))


def read_changes(form: Any) -> dict[str, tuple[Any, Any]]:
    """(old, new) of each field that the form changed, rows by their names and files by theirs."""
    return {
        name: (_readable(form, name, form.get_initial_for_field(form.fields[name], name)), _readable(form, name, new))
        for name, new in ((name, form.cleaned_data.get(name)) for name in form.changed_data if name in form.fields)
    }


def _readable(form: Any, name: str, value: Any) -> Any:
    if isinstance(value, models.QuerySet | list | tuple):
        return ", ".join(str(_readable(form, name, one)) for one in value)
    queryset = getattr(form.fields[name], "queryset", None)
    if queryset is not None and value and not isinstance(value, models.Model):
        value = queryset.filter(pk=value).first() or value
    return str(value) if isinstance(value, models.Model) else value


def actor_of(request: HttpRequest) -> User | None:
    """The logged-in person, as the audit log names them."""
    return request.user if isinstance(request.user, User) else None


def is_platform_staff(request: HttpRequest) -> bool:
    user = actor_of(request)
    return user is not None and user.is_active and user.is_platform_staff


def ask_first(request: HttpRequest, page: TenantAdmin, **context: Any) -> HttpResponse:
    """The page that a step's GET answers with: `title`, `explanation`, `button`."""
    back = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    site = page.admin_site.each_context(request)
    return TemplateResponse(request, "tenants/confirm.html", site | {"back": back} | context)
