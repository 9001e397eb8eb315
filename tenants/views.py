"""The tenant's logo for everybody, and the staff's choice of tenant."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tenants.domain.tenants import enter_tenant
from tenants.logos import LOGO_TYPES
from tenants.middleware import SESSION_KEY
from tenants.models import Brand, Tenant, User
from tenants.platform import memberships_of
from tenants.scope import tenant_scope


@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The logo, in a type that we chose and, because an SVG may hold scripts, in a sandbox of its own."""
    tenant = get_object_or_404(Tenant, slug=slug, is_active=True)
    with tenant_scope(tenant):
        brand = Brand.objects.first()
    if brand is None or not brand.logo.name or not brand.logo.storage.exists(brand.logo.name):
        raise Http404("This company has no logo.")
    suffix = brand.logo.name.rpartition(".")[2].lower()
    with brand.logo.open("rb") as file:
        response = HttpResponse(file.read(), content_type=LOGO_TYPES[suffix])
    # The address carries the file's name (`Brand.logo_url`), so a new logo has a new address.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def switch_tenant(request: HttpRequest) -> HttpResponse:
    """Choose where to work: GET lists the choices, POST `tenant=<id>` goes there. Anything else is a 404."""
    user = request.user
    if not isinstance(user, User) or not user.is_staff:
        raise Http404
    own = {membership.tenant.pk: membership.tenant for membership in memberships_of(user)}
    choices = list(Tenant.objects.filter(is_active=True)) if user.is_platform_staff else list(own.values())
    if request.method != "POST":
        context = admin.site.each_context(request) | {"title": "Choose a company", "choices": choices}
        return render(request, "tenants/switch.html", context | {"current": request.session.get(SESSION_KEY)})

    tenant = next((tenant for tenant in choices if str(tenant.pk) == request.POST.get("tenant")), None)
    if tenant is None:
        raise Http404("There is no such company to choose.")
    if tenant.pk not in own:
        enter_tenant(user=user, tenant=tenant, ip=request.META.get("REMOTE_ADDR"))
    request.session[SESSION_KEY] = str(tenant.pk)
    return redirect("admin:index")
