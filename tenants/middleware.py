"""Console requests run inside the tenant that the person works in."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from tenants.domain.members import find_place
from tenants.enums import Role
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope

#: Where the session keeps the id of the tenant that the person chose.
SESSION_KEY = "tenant_id"

#: Open to everybody: they lead in.
OPEN_VIEWS = frozenset(
    {"admin:login", "admin_password_reset", "password_reset_done", "password_reset_confirm", "password_reset_complete"}
)
#: For staff, in no tenant.
TENANTLESS_VIEWS = frozenset(
    {"admin:logout", "admin:password_change", "admin:password_change_done", "admin:jsi18n", "tenants:switch"}
)
#: What platform staff needs before there is a tenant to enter.
PLATFORM_VIEWS = frozenset(
    f"admin:tenants_{model}_{view}" for model in ("tenant", "user") for view in ("changelist", "add")
)


class StaffRequest(HttpRequest):
    """What a view behind the middleware gets."""

    tenant: Tenant
    membership: Membership | None
    role: Role


def role_of(request: HttpRequest) -> Role | None:
    """The role in the tenant of this request; None outside any."""
    return getattr(request, "role", None)


class StaffTenantMiddleware(MiddlewareMixin):
    """For everything under /admin/: staff only, and inside the scope of one tenant, response rendered.

    Times are shown and entered in the tenant's time zone. The scope is one transaction, which an exception in the view
    rolls back. It belongs to the thread of a synchronous view; a streaming response must not query while it streams.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not request.path.startswith(reverse("admin:index")) or name in OPEN_VIEWS:
            return None
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if name in TENANTLESS_VIEWS:
            return None
        if iscoroutinefunction(view):
            raise TypeError(f"{name} is asynchronous, but a tenant's scope needs a synchronous view.")

        chosen = request.session.get(SESSION_KEY)
        place = find_place(user=user, tenant_id=UUID(chosen) if chosen else None)
        if place is None:
            if not user.is_platform_staff:
                return render(request, "tenants/no_tenant.html", admin.site.each_context(request), status=403)
            return None if name in PLATFORM_VIEWS else redirect("tenants:switch")
        if chosen != str(place.tenant.pk):
            request.session[SESSION_KEY] = str(place.tenant.pk)

        with tenant_scope(place.tenant), timezone.override(place.tenant.time_zone):
            for attribute in ("tenant", "membership", "role"):
                setattr(request, attribute, getattr(place, attribute))
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and callable(response.render):
                response = response.render()
            return response
