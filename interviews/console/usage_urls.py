"""Usage, under /admin/usage/. Of `PLATFORM_VIEWS` in the tenancy's middleware, those that begin with "all"."""

from django.urls import path

from interviews.console import usage

app_name = "usage"

urlpatterns = [
    path("", usage.show_own, name="own"),
    path("csv", usage.export_own, name="own-csv"),
    path("all/", usage.show_all, name="all"),
    path("all/csv", usage.export_all, name="all-csv"),
]
