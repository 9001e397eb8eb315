"""The tenant's own pages in the console: members, audit log; and for platform staff the tenants."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from tenants import brand_admin, domain_admin, key_admin, mail_admin  # noqa: F401 (register their pages)
from tenants.console import TenantAdmin, actor_of, ask_first, is_platform_staff
from tenants.distinct import DistinctValuesFilter, ModelFilter, name_of_model
from tenants.domain.member_invitations import (
    InvitationClosed,
    invite_member,
    resend_member_invitation,
    revoke_member_invitation,
)
from tenants.domain.members import change_role, remove_member
from tenants.domain.tenants import create_tenant
from tenants.enums import Role
from tenants.log_in import show_login
from tenants.mail_admin import show_text, show_tries
from tenants.models import AuditEntry, Domain, MemberInvitation, Membership, PlatformEntry, Tenant, User
from tenants.passwords import change_password
from tenants.roles import Action
from tenants.second_factor import has_second_factor

admin.site.unregister((Group, EmailAddress, Authenticator, UserSession))
# Every log-in goes through allauth's steps, and so asks for the second factor.
admin.site.login = show_login  # type: ignore[method-assign, assignment]
admin.site.password_change = change_password  # type: ignore[method-assign, assignment]


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
    """People join by invitation (MemberInvitationAdmin); here roles are changed, and places taken away."""

    add_action = None
    view_action = edit_action = Action.MANAGE_TENANT
    domain_records = True
    list_display = ("user", "email", "role", "created_at")
    list_select_related = ("user",)
    list_filter = ("role",)
    search_fields = ("user__email", "user__name")
    fields = ("user", "role")
    readonly_fields = ("user",)
    actions = None

    @display(description=_("E-mail address"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    def get_form(
        self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        return super().get_form(request, obj, change=change, form=ChangeMemberForm, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        owners = Membership.objects.filter(role=Role.OWNER)
        is_last_owner = obj is not None and obj.role == Role.OWNER and not owners.exclude(pk=obj.pk).exists()
        return super().has_delete_permission(request, obj) and not is_last_owner

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        change_role(membership=obj, role=Role(obj.role))

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_member(membership=obj)


class InviteMemberForm(forms.ModelForm):
    class Meta:
        model = MemberInvitation
        fields = ("email", "name", "role")

    def clean(self) -> dict[str, Any] | None:
        """The row is made here, so that the domain's refusals show at the form."""
        cleaned = super().clean()
        if not self.errors:
            data = self.cleaned_data
            self.invitation = invite_member(email=data["email"], name=data["name"], role=Role(data["role"]))
        return cleaned

    def _post_clean(self) -> None:
        """The domain has validated and stored it."""


STATES = {
    "queued": _("Mail on its way"),
    "invited": _("Invited"),
    "failed": _("Mail failed"),
    "expired": _("Expired"),
    "joined": _("Joined"),
    "revoked": _("Revoked"),
}
STATE_MARKS = {
    "queued": "info",
    "invited": "info",
    "failed": "danger",
    "expired": "warning",
    "joined": "success",
    "revoked": "danger",
}


ENDS = ("accepted_at", "revoked_at")


def state_of(invitation: MemberInvitation) -> str:
    if invitation.accepted_at:
        return "joined"
    if invitation.revoked_at:
        return "revoked"
    if not invitation.is_open:
        return "expired"
    if invitation.last_error:
        return "failed"
    return "invited" if invitation.sent_at else "queued"


@admin.register(MemberInvitation)
class MemberInvitationAdmin(TenantAdmin):
    """An invitation is sent, sent again and revoked, never edited or deleted."""

    view_action = add_action = Action.MANAGE_TENANT
    domain_records = True
    form = InviteMemberForm
    list_display = ("email", "name", "role", "state_mark", "invited_by", "created_at", "expires_at")
    list_filter = ("role",)
    search_fields = ("email", "name")
    actions_detail = ("resend", "revoke")

    @display(description=_("State"), label=STATE_MARKS)
    def state_mark(self, invitation: MemberInvitation) -> tuple[str, str]:
        state = state_of(invitation)
        return state, str(STATES[state])

    @display(description=_("State"))
    def state(self, invitation: MemberInvitation) -> str:
        return str(STATES[state_of(invitation)])

    def get_fields(self, request: HttpRequest, obj: MemberInvitation | None = None) -> tuple[Any, ...]:
        if obj is None:
            return ("email", "name", "role")
        mail = ("subject", "text", ("attempts", "last_error"), "history", "sent_at")
        return ("email", "name", "role", "state", "invited_by", "created_at", "expires_at", *mail, *ENDS)

    def get_readonly_fields(self, request: HttpRequest, obj: MemberInvitation | None = None) -> tuple[str, ...]:
        return ("state", "text", "history") if obj else ()

    @display(description=_("Text"))
    def text(self, invitation: MemberInvitation) -> str:
        return show_text(invitation)

    @display(description=_("What became of it"))
    def history(self, invitation: MemberInvitation) -> str:
        return show_tries(invitation)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> MemberInvitation:
        invitation: MemberInvitation = form.invitation
        return invitation

    def save_model(self, request: HttpRequest, obj: MemberInvitation, form: Any, change: bool) -> None:
        """The domain has stored it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """An invitation has no inlines."""

    def response_add(
        self, request: HttpRequest, obj: MemberInvitation, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, gettext("An invitation is on its way to %s.") % obj.email)
        return self.response_post_save_add(request, obj)

    @action(description=_("Send again"), url_path="resend", permissions=["manage"])
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.take_step(
            request,
            object_id,
            step=resend_member_invitation,
            title=_("Send the invitation of {} again?"),
            explanation=_("A new mail goes out; the link of the one before opens nothing any more."),
            button=_("Send it again"),
            done=_("A new mail is on its way to {}."),
        )

    @action(description=_("Revoke"), url_path="revoke", permissions=["manage"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.take_step(
            request,
            object_id,
            step=revoke_member_invitation,
            title=_("Revoke the invitation of {}?"),
            explanation=_("Its link opens nothing any more. You can invite the person again."),
            button=_("Revoke it"),
            done=_("The invitation of {} is revoked."),
        )

    def take_step(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        step: Callable[..., None],
        title: Any,
        explanation: Any,
        button: Any,
        done: Any,
    ) -> HttpResponse:
        """GET asks, POST does."""
        invitation = self.get_object(request, object_id)
        if invitation is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=title.format(invitation.email),
                explanation=explanation,
                button=button,
                variant="primary" if step is resend_member_invitation else "danger",
            )
        try:
            step(invitation=invitation)
        except InvitationClosed as closed:
            messages.error(request, str(closed))
        else:
            messages.success(request, done.format(invitation.email))
        return self.response_post_save_change(request, invitation)

    def has_manage_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)


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
