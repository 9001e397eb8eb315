"""WebSockets that browsers open, under `/ws/`."""

from django.urls import path

from interviews.live.candidate import CandidateConsumer
from interviews.live.staff import LiveListConsumer, LiveSessionConsumer

browser_routes = [
    path("candidate/<str:token>", CandidateConsumer.as_asgi()),
    path("live/", LiveListConsumer.as_asgi()),
    path("live/<uuid:session_id>/", LiveSessionConsumer.as_asgi()),
]
