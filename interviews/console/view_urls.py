"""Saved views, under /admin/views/."""

from django.urls import path

from interviews.console import views

app_name = "views"

urlpatterns = [
    path("save", views.save, name="save"),
    path("<uuid:view_id>/delete", views.delete, name="delete"),
]
