from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config.health import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("health", health, name="health"),
    path("i/", include("interviews.candidate.urls")),
    path("", include("tenants.urls")),
    path("admin/live/", include("interviews.console.urls")),
    path("admin/", admin.site.urls),
]
