"""Console requests run inside the tenant that the person works in."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from tenants.domain.audit import acting
from tenants.domain.members import find_place
from tenants.enums import Role
from tenants.models import Membership, Tenant
from tenants.own_sessions import note_seen
from tenants.scope import tenant_scope
from tenants.second_factor import lacks_second_factor

#: Where the session keeps the id of the tenant that the person chose.
SESSION_KEY = "tenant_id"

#: Open to everybody: they lead in.
OPEN_VIEWS = frozenset(
    {
        "admin:login",
        "account_login",
        "mfa_authenticate",
        "tenants:join",
        "admin_password_reset",
        "password_reset_done",
        "password_reset_confirm",
        "password_reset_complete",
    }
)
#: For staff, in no tenant.
TENANTLESS_VIEWS = frozenset(
    {"admin:logout", "admin:password_change", "admin:password_change_done", "admin:jsi18n", "tenants:switch"}
)
#: One's own account: the second factor and the list of log-ins.
ACCOUNT_VIEWS = ("mfa_", "account_", "tenants:sessions")
#: The platform's own pages. For platform staff they are in no tenant, so that nothing of one shows up in another.
PLATFORM_VIEWS = (
    "admin:tenants_tenant_",
    "admin:tenants_user_",
    "admin:tenants_passwordmail_",
    "admin:tenants_platformentry_",
    "admin:axes_",
    "usage:all",
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

    Comes last, and being synchronous it makes all before it so: one change of threads a request, where each of them
    would have two.
    """

    async_capable = False

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not request.path.startswith(reverse("admin:index")) or name in OPEN_VIEWS:
            return None
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        ip = request.META.get("REMOTE_ADDR")
        note_seen(session_key=request.session.session_key, ip=ip)
        if name in TENANTLESS_VIEWS or name.startswith(ACCOUNT_VIEWS):
            return None
        if user.is_platform_staff and name.startswith(PLATFORM_VIEWS):
            return None
        if iscoroutinefunction(view):
            raise TypeError(f"{name} is asynchronous, but a tenant's scope needs a synchronous view.")

        chosen = request.session.get(SESSION_KEY)
        place = find_place(user=user, tenant_id=UUID(chosen) if chosen else None)
        if place is None:
            if not user.is_platform_staff:
                return render(request, "tenants/no_tenant.html", admin.site.each_context(request), status=403)
            return redirect("tenants:switch")
        if lacks_second_factor(user, tenant=place.tenant):
            text = _("%(company)s asks for two-factor log-in. Turn it on to go on.") % {"company": place.tenant.name}
            messages.warning(request, text)
            return redirect("mfa_activate_totp")
        if chosen != str(place.tenant.pk):
            request.session[SESSION_KEY] = str(place.tenant.pk)

        caller = acting(actor=user, ip=ip)
        with tenant_scope(place.tenant), timezone.override(place.tenant.time_zone), caller:
            for attribute in ("tenant", "membership", "role"):
                setattr(request, attribute, getattr(place, attribute))
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and callable(response.render):
                response = response.render()
            return response
