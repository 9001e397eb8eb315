"""Logging in to the console: the admin's own page, with django-allauth's steps behind it.

Whoever has a second factor is asked for it before Django's session is theirs; until then the person is anonymous.
Every way in (the admin's log-in, a member's invitation) goes through `log_in`.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.login import perform_login, perform_password_login
from allauth.account.models import Login
from django.contrib import admin
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminPasswordWidget

from tenants.models import User

BACKEND = "tenants.auth.EmailBackend"


class AccountAdapter(DefaultAccountAdapter):
    """allauth keeps no addresses of its own here: an account's address is the user's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        found = authenticate(self.request, username=user.get_username(), password=password)
        return found is not None and found.pk == user.pk

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the server has it, which knows the proxies that it trusts."""
        address: str = request.META.get("REMOTE_ADDR", "")
        if not address:
            raise PermissionDenied("The client's address is not known.")
        return address


class ConfirmPasswordForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"})
        self.fields["password"].help_text = ""


class ConsoleLogin(LoginView):
    """Django's page and form; a right password leads to the next step and not yet into the console."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        login = Login(user=user, email=user.get_username(), redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"email": user.get_username()}, login)


def show_login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
    """Stands in for `AdminSite.login`, in its look."""
    site = admin.site
    if request.method == "GET" and site.has_permission(request):
        return redirect("admin:index")
    context = {
        **site.each_context(request),
        "title": _("Log in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
    }
    return ConsoleLogin.as_view(
        authentication_form=site.login_form,
        template_name="admin/login.html",
        next_page="admin:index",
        extra_context=context | (extra_context or {}),
    )(request)


def log_in(request: HttpRequest, user: User) -> HttpResponse:
    """Log in somebody who has just proven who they are, by a link in a mail, and lead them to the first page."""
    user.backend = BACKEND
    return perform_login(request, Login(user=user, email=user.email))
