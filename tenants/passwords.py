"""Forgotten passwords, and the first password of a new member: Django's four steps in the console's clothes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import forms as auth_forms
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget

from tenants.domain.accounts import record_everywhere
from tenants.domain.password_mails import ask_for_password
from tenants.models import User


class ConsoleContext(auth_views.PasswordContextMixin):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = admin.site.each_context(self.request)  # type: ignore[attr-defined]
        return site | super().get_context_data(**kwargs)


class ResetForm(auth_forms.PasswordResetForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=UnfoldAdminEmailInputWidget)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row that is sent later: no mail server keeps the page waiting, or tells by it who has an account."""
        for user in self.get_users(self.cleaned_data["email"]):
            ask_for_password(user=user)


class SetForm(auth_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})


class AskForReset(ConsoleContext, auth_views.PasswordResetView):
    form_class = ResetForm
    success_url = reverse_lazy("password_reset_done")
    template_name = "tenants/password_form.html"
    title = _("Set a new password")
    extra_context = {
        "explanation": _("We send a link to this address if it belongs to an account."),
        "button": _("Send the link"),
    }


class ResetAsked(ConsoleContext, auth_views.PasswordResetDoneView):
    template_name = "tenants/password_note.html"
    title = _("Look into your mail")
    extra_context = {
        "explanation": _(
            "If the address belongs to an account, a link to set a new password is on its way. Check spam."
        ),
    }


class SetPassword(ConsoleContext, auth_views.PasswordResetConfirmView):
    form_class = SetForm
    success_url = reverse_lazy("password_reset_complete")
    template_name = "tenants/password_form.html"
    title = _("Choose your password")
    extra_context = {"button": _("Set the password")}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if isinstance(form.user, User):
            address = self.request.META.get("REMOTE_ADDR")
            record_everywhere(user=form.user, verb="set a new password by a link in a mail", ip=address)
        return response


def change_password(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
    """The theme's own page; that the password was changed is written down."""
    response = UnfoldAdminSite.password_change(admin.site, request, extra_context)
    if request.method == "POST" and response.status_code == 302 and isinstance(request.user, User):
        record_everywhere(user=request.user, verb="changed their password", ip=request.META.get("REMOTE_ADDR"))
    return response


class PasswordSet(ConsoleContext, auth_views.PasswordResetCompleteView):
    template_name = "tenants/password_note.html"
    title = _("Your password is set")
    extra_context = {"explanation": _("You can log in with it now."), "done": True}
