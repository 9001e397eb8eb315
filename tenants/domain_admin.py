"""A company's own domains in the console: added, proven by a DNS record, removed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from tenants.console import TenantAdmin
from tenants.domain.domains import add_domain, ask_for_check, remove_domain
from tenants.models import Domain, Tenant
from tenants.roles import Action

STATES = {
    "new": _("Waiting for the record"),
    "checking": _("Being checked"),
    "failed": _("Record not found"),
    "verified": _("Verified"),
}
STATE_MARKS = {"new": "info", "checking": "info", "failed": "warning", "verified": "success"}


class AddDomainForm(forms.ModelForm):
    """`tenant` is set on a class of its own for each request."""

    tenant: Tenant

    class Meta:
        model = Domain
        fields = ("host",)

    def clean(self) -> dict[str, Any] | None:
        """The row is made here, so that the domain's refusals show at the form."""
        cleaned = super().clean()
        if not self.errors:
            try:
                self.domain = add_domain(tenant=self.tenant, host=self.cleaned_data["host"])
            except ValidationError as error:
                raise ValidationError({"host": error.messages}) from error
        return cleaned

    def _post_clean(self) -> None:
        """The domain has validated and stored it."""


@admin.register(Domain)
class DomainAdmin(TenantAdmin):
    """Domains are shared rows, so the query asks for the company's own."""

    view_action = add_action = delete_action = Action.MANAGE_TENANT
    domain_records = True
    list_display = ("host", "state_mark", "verified_at", "checked_at")
    fields = ("host",)
    actions = None
    change_form_template = "tenants/domain.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Domain]:
        domains: QuerySet[Domain] = super().get_queryset(request)
        return domains.filter(tenant=request.tenant)  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.look_up))
        return [path("<int:object_id>/check/", view, name="tenants_domain_check"), *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Domain | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = type("AddDomainForm", (AddDomainForm,), {"tenant": request.tenant})  # type: ignore[attr-defined]
        return super().get_form(request, obj, change=change, **kwargs)

    @display(description=_("State"), label=STATE_MARKS)
    def state_mark(self, domain: Domain) -> tuple[str, str]:
        return domain.state, str(STATES[domain.state])

    def look_up(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """POST: the record is looked up in the background; the page shows what came of it."""
        domain = self.get_object(request, str(object_id))
        if domain is None:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        ask_for_check(domain=domain)
        return HttpResponseRedirect(reverse("admin:tenants_domain_change", args=[domain.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        domain = self.get_object(request, object_id)
        context = {
            "domain": domain,
            "state_label": STATES[domain.state] if domain else "",
            "own_host": urlsplit(settings.BASE_URL).hostname,
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Domain:
        domain: Domain = form.domain
        return domain

    def save_model(self, request: HttpRequest, obj: Domain, form: Any, change: bool) -> None:
        """`add_domain` has stored it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A domain has no inlines."""

    def response_add(self, request: HttpRequest, obj: Domain, post_url_continue: str | None = None) -> HttpResponse:
        messages.info(request, gettext("Add the record below at your DNS provider, then check it here."))
        return HttpResponseRedirect(reverse("admin:tenants_domain_change", args=[obj.pk]))

    def delete_model(self, request: HttpRequest, obj: Domain) -> None:
        remove_domain(domain=obj)
