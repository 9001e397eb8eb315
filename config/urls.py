from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config.health import health
from config.mail_events import take_mail_events
from interviews.api.base import NothingHere
from interviews.candidate.shared_result import shared_result
from interviews.console.brand_preview import preview
from interviews.console.recording import serve_recording
from interviews.live.recordings import take_chunk

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("health", health, name="health"),
    path("mail/events/<str:provider>", take_mail_events, name="mail-events"),
    path("i/", include("interviews.candidate.urls")),
    path("r/<str:token>/", shared_result, name="shared-result"),
    path("", include("tenants.urls")),
    path("api/v1/", include("interviews.api.urls")),
    path("api", NothingHere.as_view(), name="no-api"),
    re_path("^api/", NothingHere.as_view(), name="no-api-version"),
    path("ats/", include("interviews.ats.urls")),
    path("bot/v1/recordings/<uuid:session_id>/chunks/<int:number>", take_chunk, name="recording-chunk"),
    path("admin/recordings/<uuid:session_id>", serve_recording, name="recording"),
    path("admin/brand-preview/<str:kind>", preview, name="brand-preview"),
    path("admin/views/", include("interviews.console.view_urls")),
    path("admin/adverse-impact/", include("interviews.console.adverse_impact_urls")),
    path("admin/usage/", include("interviews.console.usage_urls")),
    path("admin/live/", include("interviews.console.urls")),
    path("admin/", admin.site.urls),
]
