"""Included before the admin's own addresses, which would take all of /admin/."""

from allauth.account.views import reauthenticate
from django.urls import include, path
from django.views.generic import RedirectView

from tenants import joining, own_sessions, passwords, views

tenant_urls = [
    path("brands/<slug:slug>/logo", views.logo, name="logo"),
    path("admin/switch-tenant/", views.switch_tenant, name="switch"),
    path("admin/account/sessions/", own_sessions.own_sessions, name="sessions"),
    path("admin/join/<str:token>/", joining.join, name="join"),
]

# Django's own names: the log-in page offers the reset when `admin_password_reset` exists.
urlpatterns = [
    path("", include((tenant_urls, "tenants"))),
    # allauth's, of which these alone are open; they find each other by these names.
    path("admin/account/login/", RedirectView.as_view(pattern_name="admin:login"), name="account_login"),
    path("admin/account/confirm/", reauthenticate, name="account_reauthenticate"),
    path("admin/account/two-factor/", include("allauth.mfa.urls")),
    path("admin/password_reset/", passwords.AskForReset.as_view(), name="admin_password_reset"),
    path("admin/password_reset/done/", passwords.ResetAsked.as_view(), name="password_reset_done"),
    path("admin/reset/<uidb64>/<token>/", passwords.SetPassword.as_view(), name="password_reset_confirm"),
    path("admin/reset/done/", passwords.PasswordSet.as_view(), name="password_reset_complete"),
]
