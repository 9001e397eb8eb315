"""A candidate's link and what its page talks to. Everything hangs on the token in the path."""

from django.urls import path

from interviews.candidate import about_you, choices, offer, views

app_name = "candidate"

urlpatterns = [
    path("<str:token>/", views.interview, name="interview"),
    path("<str:token>/state", views.state, name="state"),
    path("<str:token>/start", views.start, name="start"),
    path("<str:token>/leave", views.leave, name="leave"),
    path("<str:token>/plan", choices.plan, name="plan"),
    path("<str:token>/ask", choices.ask, name="ask"),
    path("<str:token>/decline", choices.decline, name="decline"),
    path("<str:token>/about-you", about_you.about_you, name="about_you"),
    path("<str:token>/sessions/<uuid:session_id>/offer", offer.offer, name="offer"),
]
