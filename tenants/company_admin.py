"""Companies in the console: platform staff founds them and sets their limits, owners see and edit their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from tenants.console import TenantAdmin, actor_of, is_platform_staff
from tenants.domain.tenants import create_tenant
from tenants.models import Domain, Tenant, User
from tenants.roles import Action
from tenants.second_factor import has_second_factor


class FoundingForm(forms.ModelForm):
    """A company and its owner at once."""

    owner_email = forms.EmailField(
        label=_("Owner's e-mail address"),
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("Gets a mail with a link to set a password and begin."),
    )
    owner_name = forms.CharField(
        label=_("Owner's name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Tenant
        fields = ("name", "slug", "time_zone")


#: What platform staff sets, and owners see.
LIMITS = ("max_concurrent_sessions", "max_monthly_minutes", "max_hourly_invitations")


class TenantForm(forms.ModelForm):
    """With `asking`, the person whose own second factor comes first."""

    asking: User | None = None

    class Meta:
        model = Tenant
        fields = ("name", "time_zone", "requires_second_factor", "shares_results", *LIMITS, "is_active")

    def clean_requires_second_factor(self) -> bool:
        required: bool = self.cleaned_data["requires_second_factor"]
        if required and not self.instance.requires_second_factor and self.asking and not has_second_factor(self.asking):
            raise ValidationError(_("Turn on two-factor log-in for yourself first; your own menu leads to it."))
        return required


class DomainInline(admin.TabularInline):
    """Read here; the company adds and proves its domains itself."""

    model = Domain
    extra = 0
    fields = readonly_fields = ("host", "verified_at")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Tenant)
class TenantsAdmin(TenantAdmin):
    """Owners see and edit their own row; platform staff founds tenants and sees all."""

    view_action = edit_action = Action.MANAGE_TENANT
    add_action = delete_action = None
    list_display = ("name", "slug", "time_zone", "is_active", "created_at")
    inlines = (DomainInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        tenants: QuerySet[Tenant] = super().get_queryset(request)
        return tenants if is_platform_staff(request) else tenants.filter(pk=request.tenant.pk)  # type: ignore[attr-defined]

    def get_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        if obj is None:
            return ["name", "slug", "time_zone", "owner_email", "owner_name"]
        return ["name", "slug", "time_zone", "requires_second_factor", "shares_results", *LIMITS, "is_active"]

    def get_form(
        self, request: HttpRequest, obj: Tenant | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            kwargs |= {"form": FoundingForm, "fields": FoundingForm.Meta.fields}
        else:
            kwargs["form"] = type("TenantForm", (TenantForm,), {"asking": actor_of(request)})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Tenant | None) -> Any:
        return self.inlines if obj else ()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """`create_tenant` has begun the company's log."""

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        if obj is None:
            return []
        return ["slug"] if is_platform_staff(request) else ["slug", *LIMITS, "is_active"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request) or super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        if change:
            obj.save()
            return
        data = form.cleaned_data
        made = create_tenant(
            **{name: data[name] for name in ("name", "slug", "time_zone", "owner_email", "owner_name")},
            actor=actor_of(request),
            ip=request.META.get("REMOTE_ADDR"),
        )
        obj.__dict__.update(made.__dict__)
        messages.success(request, gettext("%s is asked by mail to join as owner.") % data["owner_email"])
