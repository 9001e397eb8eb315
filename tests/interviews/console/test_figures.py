"""The figures on the pages of a session and of a result."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from interviews.domain import figures
from interviews.models import SessionFigures
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story

FACT = re.compile(r"<dt>([^<]+)</dt><dd class=\"vv-num\">([^<]+)</dd>")
SHOWN = {
    "Replies": "2",
    "Median": "0.43 s",
    "95 %": "0.44 s",
    "Slowest": "0.44 s",
    "Hearing, median": "0.21 s",
    "Model, median": "0.35 s",
    "Voice, median": "0.30 s",
    "Length": "96 s",
    "Audio transcribed": "41 s",
    "Tokens to the model": "1310",
    "Tokens from the model": "77",
    "Characters synthesised": "512",
}


@pytest.fixture
def measured(story: Story, acme: Tenant) -> Story:
    with tenant_scope(acme):
        SessionFigures.objects.filter(session=story.session).update(
            seconds=95.6,
            heard_seconds=41.2,
            prompt_tokens=1310,
            completion_tokens=77,
            spoken_characters=512,
            ttfb={"stt": [0.21], "llm": [0.35, 0.35], "tts": [0.3]},
        )
        assert figures.put_together(sessions=[story.session]) is not None
    return story


def facts_of(page: str) -> dict[str, str]:
    return {name: value for name, value in FACT.findall(page) if name in SHOWN}


def test_a_session_shows_what_it_used(measured: Story, by_recruiter: Client) -> None:
    page = by_recruiter.get(reverse("admin:interviews_session_change", args=[measured.session.pk]))
    assert facts_of(page.content.decode()) == SHOWN


def test_a_result_shows_what_its_sessions_used(measured: Story, by_recruiter: Client) -> None:
    page = by_recruiter.get(reverse("admin:interviews_result_change", args=[measured.result.pk]))
    assert facts_of(page.content.decode()) == SHOWN
