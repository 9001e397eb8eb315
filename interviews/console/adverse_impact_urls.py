"""Adverse impact, under /admin/adverse-impact/."""

from django.urls import path

from interviews.console import adverse_impact

app_name = "adverse-impact"

urlpatterns = [
    path("", adverse_impact.show, name="show"),
    path("csv", adverse_impact.export_csv, name="csv"),
    path("xlsx", adverse_impact.export_xlsx, name="xlsx"),
]
