"""The base of every model's page in the console: permissions by role, and an audit entry for each act."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from tenants.domain.audit import record_act
from tenants.middleware import role_of
from tenants.models import AuditEntry, User
from tenants.roles import Action, may
from tenants.scope import tenant_id_in_scope


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


class TenantInline(RolePermissions, TabularInline):
    extra = 0


class TenantStackedInline(RolePermissions, StackedInline):
    extra = 0


class TenantAdmin(RolePermissions, ModelAdmin):
    """Django's own log is shared between tenants, so it stays empty; the audit log, which is walled, takes its place.

    The managers and row security are the wall; the querysets here need no further filter.
    """

    object_history_template = "tenants/object_history.html"

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        return self._record(request, obj, "added", message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        return self._record(request, obj, "changed", message)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> list[LogEntry]:
        return [self._record(request, obj, "deleted", "") for obj in queryset]

    def _record(self, request: HttpRequest, obj: models.Model, verb: str, message: Any) -> LogEntry:
        """An audit entry in the tenant of the request. Returns, for Django, an entry that is never saved."""
        if tenant_id_in_scope() is not None:
            record_act(
                actor=actor_of(request),
                verb=verb,
                target=obj,
                ip=request.META.get("REMOTE_ADDR"),
                details={"changes": message} if message else {},
            )
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
        entries = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
        context = self.admin_site.each_context(request) | {
            "title": _("History: %s") % obj,
            "subtitle": None,
            "entries": entries[:200],
            "opts": self.opts,
            "object": obj,
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
        }
        return TemplateResponse(request, self.object_history_template, context | (extra_context or {}))


def actor_of(request: HttpRequest) -> User | None:
    """The logged-in person, as the audit log names them."""
    return request.user if isinstance(request.user, User) else None
