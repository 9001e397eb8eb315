"""Members in the console: how they are invited, what they may do, and that they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from tenants.console import TenantAdmin, ask_first
from tenants.domain.member_invitations import (
    InvitationClosed,
    invite_member,
    resend_member_invitation,
    revoke_member_invitation,
)
from tenants.domain.members import change_role, remove_member
from tenants.enums import Role
from tenants.mail_admin import show_text, show_tries
from tenants.models import MemberInvitation, Membership
from tenants.roles import Action


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
            variant="primary",
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
            variant="danger",
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
        variant: str,
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
                variant=variant,
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
