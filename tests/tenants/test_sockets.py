"""Whose log-in a WebSocket comes with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from tenants.models import Tenant, User
from tenants.sockets import LogIn, find_log_in

IP = "192.0.2.8"


@pytest.fixture
def key(owner: User, log_in: Callable[[User], Client]) -> str:
    """Of a browser in which Acme's owner is logged in and has opened a page."""
    browser = log_in(owner)
    browser.get(reverse("live:list-data"))
    return browser.session.session_key or ""


def test_the_person_and_the_company_they_work_for(acme: Tenant, owner: User, key: str) -> None:
    assert find_log_in(key=key, ip=IP) == LogIn(owner, acme.pk)


def test_who_has_opened_no_page_is_in_no_company(owner: User, log_in: Callable[[User], Client]) -> None:
    assert find_log_in(key=log_in(owner).session.session_key, ip=IP) == LogIn(owner, None)


@pytest.mark.parametrize("key", [None, "", "x", "a" * 32])
def test_a_key_of_no_log_in_is_nobodys(db: None, key: str | None) -> None:
    assert find_log_in(key=key, ip=IP) is None


def test_a_session_in_which_nobody_is_logged_in_is_nobodys(db: None) -> None:
    session = Client().session
    session["anything"] = "else"
    session.save()
    assert find_log_in(key=session.session_key, ip=IP) is None


def test_who_was_locked_out_is_nobody(owner: User, key: str) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert find_log_in(key=key, ip=IP) is None


def test_a_new_password_ends_what_was_begun_with_the_old_one(owner: User, key: str) -> None:
    owner.set_password("another one, which is long enough")
    owner.save()
    assert find_log_in(key=key, ip=IP) is None


def test_a_log_in_of_an_older_secret_is_good_and_stays_as_it_is(
    acme: Tenant, owner: User, key: str, settings: Settings
) -> None:
    before = Session.objects.values().get(pk=key)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a newer secret"
    assert find_log_in(key=key, ip=IP) == LogIn(owner, acme.pk)
    assert list(Session.objects.values()) == [before]
    settings.SECRET_KEY_FALLBACKS = []
    assert find_log_in(key=key, ip=IP) is None


def test_it_has_been_seen(owner: User, key: str) -> None:
    old = timezone.now() - timedelta(hours=2)
    UserSession.objects.create(user=owner, session_key=key, ip="192.0.2.1", created_at=old, last_seen_at=old)
    find_log_in(key=key, ip=IP)
    row = UserSession.objects.get()
    assert (row.last_seen_at > old, row.ip) == (True, IP)
