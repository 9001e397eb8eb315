"""What the console shows of the tenancy: a module for each thing, registered by being imported here."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from tenants import (  # noqa: F401 (register their pages)
    audit_admin,
    brand_admin,
    company_admin,
    domain_admin,
    key_admin,
    mail_admin,
    member_admin,
    user_admin,
)
from tenants.log_in import show_login
from tenants.passwords import change_password

admin.site.unregister((Group, EmailAddress, Authenticator, UserSession))
# Every log-in goes through allauth's steps, and so asks for the second factor.
admin.site.login = show_login  # type: ignore[method-assign, assignment]
admin.site.password_change = change_password  # type: ignore[method-assign, assignment]
