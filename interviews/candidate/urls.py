"""A candidate's link and what its page talks to. Everything hangs on the token in the path."""

from django.urls import path

from interviews.candidate import offer, views

app_name = "candidate"

urlpatterns = [
    path("<str:token>/", views.interview, name="interview"),
    path("<str:token>/state", views.state, name="state"),
    path("<str:token>/start", views.start, name="start"),
    path("<str:token>/leave", views.leave, name="leave"),
    path("<str:token>/decline", views.decline, name="decline"),
    path("<str:token>/sessions/<uuid:session_id>/offer", offer.offer, name="offer"),
]
