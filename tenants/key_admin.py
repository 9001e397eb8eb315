"""API keys in the console: issued, rotated and revoked; never edited or deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from tenants.console import TenantAdmin, actor_of, ask_first
from tenants.domain.keys import issue_api_key, revoke_api_key, rotate_api_key
from tenants.enums import Scope
from tenants.models import ApiKey
from tenants.roles import Action


class KeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("May be used to"),
        choices=Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("As little as the other side needs."),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "expires_at", "networks")


def show_once(request: HttpRequest, text: str) -> None:
    shown = gettext("Copy the key now; it can't be shown again: {}")
    messages.success(request, format_html(shown, format_html("<code>{}</code>", text)))


@admin.register(ApiKey)
class ApiKeyAdmin(TenantAdmin):
    view_action = add_action = Action.MANAGE_TENANT
    domain_records = True
    list_display = ("name", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at")
    fields = ("name", "scopes", "expires_at", "networks")
    actions_detail = ("rotate", "revoke")

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        return super().get_form(request, obj, change=change, **kwargs | {"form": KeyForm})

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        key, text = issue_api_key(
            name=obj.name,
            scopes=obj.scopes,
            expires_at=obj.expires_at,
            networks=obj.networks,
            actor=actor_of(request),
            ip=request.META.get("REMOTE_ADDR"),
        )
        obj.__dict__.update(key.__dict__)
        show_once(request, text)

    @action(description=_("Rotate"), url_path="rotate", permissions=["revoke"])
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.find_usable(request, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=_("Rotate the key “{}”?").format(key),
                explanation=_("You get a new key that may do the same. The present one works for another 7 days."),
                button=_("Rotate the key"),
                variant="primary",
            )
        new, text = rotate_api_key(key=key, actor=actor_of(request), ip=request.META.get("REMOTE_ADDR"))
        show_once(request, text)
        return self.response_post_save_change(request, new)

    @action(description=_("Revoke"), url_path="revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.find_usable(request, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=_("Revoke the key “{}”?").format(key),
                explanation=_("Whatever uses this key stops working at once, for good."),
                button=_("Revoke the key"),
                variant="danger",
            )
        revoke_api_key(key=key, actor=actor_of(request), ip=request.META.get("REMOTE_ADDR"))
        messages.success(request, _("The key “{}” opens nothing any more.").format(key))
        return self.response_post_save_change(request, key)

    def find_usable(self, request: HttpRequest, object_id: str) -> ApiKey:
        """Raises Http404 for one that is not there, or opens nothing any more."""
        key: ApiKey | None = self.get_object(request, object_id)
        if key is None or not key.is_usable:
            raise Http404(_("There is no such key, or it opens nothing any more."))
        return key

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)
