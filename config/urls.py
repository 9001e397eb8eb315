from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config.health import health
from interviews.console.recording import serve_recording
from interviews.live.recordings import take_chunk

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("health", health, name="health"),
    path("i/", include("interviews.candidate.urls")),
    path("", include("tenants.urls")),
    path("bot/v1/recordings/<uuid:session_id>/chunks/<int:number>", take_chunk, name="recording-chunk"),
    path("admin/recordings/<uuid:session_id>", serve_recording, name="recording"),
    path("admin/live/", include("interviews.console.urls")),
    path("admin/", admin.site.urls),
]
