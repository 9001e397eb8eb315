"""People in the console, whatever companies they belong to; for platform staff."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenants.console import TenantAdmin, is_platform_staff
from tenants.models import User


@admin.register(User)
class UserAdmin(TenantAdmin):
    """For platform staff alone: a user is no tenant's. Members are added on the members' page."""

    list_display = ("email", "name", "is_active", "is_platform_staff", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_platform_staff", "last_login", "created_at")
    readonly_fields = ("last_login", "created_at")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """As with a new member, the password is one that nobody knows: a reset mail goes to no account without any."""
        if not change:
            obj.set_password(secrets.token_urlsafe(32))
            messages.info(request, _("They choose their password by “Forgotten your password?” on the log-in page."))
        obj.save()
