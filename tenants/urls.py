"""Included before the admin's own addresses, which would take all of /admin/."""

from django.urls import include, path

from tenants import passwords, views

tenant_urls = [
    path("brands/<slug:slug>/logo", views.logo, name="logo"),
    path("admin/switch-tenant/", views.switch_tenant, name="switch"),
]

# Django's own names: the log-in page offers the reset when `admin_password_reset` exists.
urlpatterns = [
    path("", include((tenant_urls, "tenants"))),
    path("admin/password_reset/", passwords.AskForReset.as_view(), name="admin_password_reset"),
    path("admin/password_reset/done/", passwords.ResetAsked.as_view(), name="password_reset_done"),
    path("admin/reset/<uidb64>/<token>/", passwords.SetPassword.as_view(), name="password_reset_confirm"),
    path("admin/reset/done/", passwords.PasswordSet.as_view(), name="password_reset_complete"),
]
