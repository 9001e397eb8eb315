"""What the console's pages let through beside their permissions, which are in tests/permissions."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.interviews.console.conftest import Story


def test_whoever_logs_in_comes_to_the_page_they_asked_for(story: Story, client: Client) -> None:
    path = reverse("live:session", args=[story.session.pk])
    assert client.get(path).headers["Location"] == f"{reverse('admin:login')}?next={path}"


def test_foreign_interviews_cannot_be_chosen(story: Story, foreign_story: Story, by_recruiter: Client) -> None:
    page = by_recruiter.get(reverse("admin:interviews_invitation_add")).content.decode()
    shown = [str(one.interview.pk) in page for one in (story, foreign_story)]
    assert shown == [True, False]


def test_pages_allow_what_the_theme_needs_and_no_inline_script(by_recruiter: Client, story: Story) -> None:
    policy = by_recruiter.get(reverse("admin:index")).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in [part.strip() for part in policy.split(";")]
