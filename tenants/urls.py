"""Included before the admin's own addresses, which would take all of /admin/."""

from django.contrib.auth import views as auth_views
from django.urls import include, path, reverse_lazy

from tenants import views

tenant_urls = [
    path("brands/<slug:slug>/logo", views.logo, name="logo"),
    path("admin/switch-tenant/", views.switch_tenant, name="switch"),
]

# Django's own names: the log-in page offers the reset when `admin_password_reset` exists.
urlpatterns = [
    path("", include((tenant_urls, "tenants"))),
    path(
        "admin/password_reset/",
        auth_views.PasswordResetView.as_view(success_url=reverse_lazy("password_reset_done")),
        name="admin_password_reset",
    ),
    path("admin/password_reset/done/", auth_views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "admin/reset/<uidb64>/<token>/",
        auth_views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path("admin/reset/done/", auth_views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
