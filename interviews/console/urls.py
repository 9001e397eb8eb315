"""The live pages, under /admin/live/, before the admin's own addresses."""

from django.urls import path

from interviews.console import live

app_name = "live"

urlpatterns = [
    path("", live.show_list, name="list"),
    path("list", live.send_list, name="list-data"),
    path("<uuid:session_id>/", live.show_session, name="session"),
    path("<uuid:session_id>/command", live.take_command, name="command"),
]
