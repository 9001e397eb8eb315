"""The tenant's own pages in the console: brand, members, API keys, audit log; and for platform staff the tenants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from tenants.console import TenantAdmin, actor_of
from tenants.domain.keys import issue_api_key, revoke_api_key
from tenants.domain.members import add_member, change_role, remove_member
from tenants.domain.tenants import create_tenant
from tenants.enums import Role
from tenants.models import ApiKey, AuditEntry, Brand, Domain, Membership, Tenant, User
from tenants.roles import Action

admin.site.unregister(Group)


def is_platform_staff(request: HttpRequest) -> bool:
    user = actor_of(request)
    return user is not None and user.is_active and user.is_platform_staff


@admin.register(Brand)
class BrandAdmin(TenantAdmin):
    """One row, made with the tenant."""

    view_action = edit_action = Action.MANAGE_TENANT
    add_action = delete_action = None
    list_display = ("display_name", "interviewer_name", "primary_colour", "accent_colour")
    fieldsets = (
        (None, {"fields": ("display_name", "logo", "primary_colour", "accent_colour", "welcome_text")}),
        (_("Voice"), {"fields": ("interviewer_name",)}),
        (_("E-mail"), {"fields": ("sender_name", "reply_to")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name.endswith("_colour"):
            kwargs["widget"] = UnfoldAdminColorInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class AddMemberForm(forms.ModelForm):
    email = forms.EmailField(label=_("E-mail address"), widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(label=_("Name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = Membership
        fields = ("role",)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if Membership.objects.filter(user__email=email).exists():
            raise ValidationError(_("%(email)s is a member already.") % {"email": email})
        return email


class ChangeMemberForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ("role",)

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        others = Membership.objects.filter(role=Role.OWNER).exclude(pk=self.instance.pk)
        if role != Role.OWNER and self.initial.get("role") == Role.OWNER and not others.exists():
            raise ValidationError(_("A company needs an owner. Make somebody else one first."))
        return role


@admin.register(Membership)
class MembershipAdmin(TenantAdmin):
    view_action = edit_action = Action.MANAGE_TENANT
    list_display = ("user", "email", "role", "created_at")
    list_select_related = ("user",)
    list_filter = ("role",)
    search_fields = ("user__email", "user__name")
    actions = None

    @display(description=_("E-mail address"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        return ["user", "role"] if obj else ["email", "name", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        return ["user"] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        kwargs["form"] = ChangeMemberForm if obj else AddMemberForm
        if not obj:
            kwargs["fields"] = ["role"]
        return super().get_form(request, obj, change=change, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        owners = Membership.objects.filter(role=Role.OWNER)
        is_last_owner = obj is not None and obj.role == Role.OWNER and not owners.exclude(pk=obj.pk).exists()
        return super().has_delete_permission(request, obj) and not is_last_owner

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        acting: dict[str, Any] = {"actor": actor_of(request), "ip": request.META.get("REMOTE_ADDR")}
        if change:
            change_role(membership=obj, role=Role(obj.role), **acting)
            return
        data = form.cleaned_data
        made = add_member(email=data["email"], name=data["name"], role=Role(data["role"]), **acting)
        obj.__dict__.update(made.__dict__)
        text = _("New people set their password with “Forgotten your password?” on the log-in page.")
        messages.info(request, text)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_member(membership=obj, actor=actor_of(request), ip=request.META.get("REMOTE_ADDR"))


@admin.register(ApiKey)
class ApiKeyAdmin(TenantAdmin):
    """A key is issued and revoked, never edited or deleted."""

    view_action = add_action = Action.MANAGE_TENANT
    list_display = ("name", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at")
    fields = ("name", "scopes", "expires_at")
    actions_detail = ("revoke",)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        key, text = issue_api_key(
            name=obj.name,
            scopes=obj.scopes,
            expires_at=obj.expires_at,
            actor=actor_of(request),
            ip=request.META.get("REMOTE_ADDR"),
        )
        obj.__dict__.update(key.__dict__)
        shown = _("Copy the key now; it can't be shown again: {}")
        messages.success(request, format_html(shown, format_html("<code>{}</code>", text)))

    @action(description=_("Revoke"), url_path="revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.get_object(request, object_id)
        if key is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {
                "title": _("Revoke the key “{}”?").format(key),
                "key": key,
            }
            return TemplateResponse(request, "tenants/revoke_key.html", context)
        revoke_api_key(key=key, actor=actor_of(request), ip=request.META.get("REMOTE_ADDR"))
        messages.success(request, _("The key “{}” opens nothing any more.").format(key))
        return self.response_post_save_change(request, key)

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)


@admin.register(AuditEntry)
class AuditEntryAdmin(TenantAdmin):
    view_action = Action.MANAGE_TENANT
    list_display = ("at", "actor", "verb", "object_label", "ip")
    list_filter = ("verb",)
    search_fields = ("actor", "object_label")
    fields = ("at", "actor", "verb", "object_type", "object_id", "object_label", "ip", "details")


class DomainInline(admin.TabularInline):
    model = Domain
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_platform_staff(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


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
        return ["name", "slug", "time_zone"] + (["is_active"] if is_platform_staff(request) and obj else [])

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        return ["slug"] if obj else []

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
        made = create_tenant(name=obj.name, slug=obj.slug, time_zone=obj.time_zone, actor=actor_of(request))
        obj.__dict__.update(made.__dict__)


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
        if not change:
            obj.set_unusable_password()
        obj.save()
