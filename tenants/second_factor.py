"""Two-factor log-in by allauth: time-based codes of an app, and recovery codes. Locked like passwords are, by axes."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from axes.handlers.proxy import AxesProxyHandler
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from tenants.domain.accounts import record_everywhere
from tenants.models import Tenant, User
from tenants.platform import memberships_of


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def lacks_second_factor(user: User, *, tenant: Tenant) -> bool:
    """Whether this company lets the person in only once two-factor log-in is on."""
    return tenant.requires_second_factor and not has_second_factor(user)


def must_have_second_factor(user: User) -> bool:
    """Whether a company that the person belongs to asks for it. Looks across tenants, so outside any scope."""
    return any(membership.tenant.requires_second_factor for membership in memberships_of(user))


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are encrypted with a key derived from SECRET_KEY; SECRET_KEY_FALLBACKS still open them."""

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Vivavoce"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not must_have_second_factor(authenticator.user)

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your company asks for two-factor log-in, so it can't be turned off.")
    }


def cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"vivavoce second factor " + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


# --- The forms ----------------------------------------------------------------------------------


class CodeForm(forms.Form):
    """The console's look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {
            "autocomplete": "one-time-code",
            "autofocus": True,
            "autocapitalize": "off",
            "spellcheck": "false",
        }
        self.fields["code"].widget = UnfoldAdminTextInputWidget(attrs=attributes)


class LockedCodeForm(CodeForm):
    """No code is looked at for somebody who is locked out."""

    user: User

    def clean_code(self) -> str:
        if not AxesProxyHandler.is_allowed(context.request, {"username": self.user.email}):
            context.request.axes_locked_out = True
            raise ValidationError(_("Too many failed log-ins. Try again later."))
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class LogInCodeForm(LockedCodeForm, AuthenticateForm):
    pass


class ConfirmCodeForm(LockedCodeForm, ReauthenticateForm):
    pass


class ActivateForm(CodeForm, ActivateTOTPForm):
    pass


# --- What follows from it -----------------------------------------------------------------------


@receiver(signals.authentication_failed, dispatch_uid="count_wrong_code")
def count_wrong_code(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A wrong code counts as a wrong password does."""
    user_login_failed.send(sender=__name__, credentials={"username": user.email}, request=request)


@receiver(signals.authenticator_added, dispatch_uid="record_added")
def record_added(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        record_everywhere(user=user, verb="turned on two-factor log-in", ip=request.META.get("REMOTE_ADDR"))


@receiver(signals.authenticator_removed, dispatch_uid="record_removed")
def record_removed(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        record_everywhere(user=user, verb="turned off two-factor log-in", ip=request.META.get("REMOTE_ADDR"))


@receiver(signals.authenticator_reset, dispatch_uid="record_reset")
def record_reset(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    record_everywhere(user=user, verb="made new recovery codes", ip=request.META.get("REMOTE_ADDR"))


def console_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: allauth's pages are in the console's look."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    return admin.site.each_context(request) if name.startswith(("mfa_", "account_")) else {}
