"""Logging in with a second factor, with the codes that a phone would show."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
PASSWORD = "correct horse battery"
HOME = reverse("admin:index")
LOGIN = reverse("admin:login")
CODE = reverse("mfa_authenticate")


@pytest.fixture(autouse=True)
def no_counts_of_other_tests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def code_for(secret: str, step: int = 1) -> str:
    """What an authenticator app shows now; other `step`s are the codes before and after, which count as well."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[step]))


def enter(user: User, client: Client | None = None, password: str = PASSWORD, address: str = "") -> Client:
    client = client or Client()
    client.post(LOGIN, {"username": address or user.email, "password": password, "next": HOME})
    return client


def is_inside(client: Client) -> bool:
    return client.get(HOME).status_code == 200


@pytest.fixture
def person(owner: User) -> User:
    owner.set_password(PASSWORD)
    owner.save()
    return owner


def turn_on(client: Client) -> tuple[str, list[str]]:
    """Through the pages; returns the secret and the recovery codes."""
    activate = reverse("mfa_activate_totp")
    asked = client.get(activate)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(asked["Location"]).status_code == 200
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == activate
    page = client.get(activate)
    secret: str = page.context["form"].secret
    assert (page.status_code, secret in page.content.decode(), "data:image/svg+xml" in page.content.decode()) == (
        200,
        True,
        True,
    )
    assert client.post(activate, {"code": "000000"}).status_code == 200
    assert client.post(activate, {"code": code_for(secret, 0)})["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    return secret, codes


@pytest.fixture
def phone(person: User, django_capture_on_commit_callbacks: Any) -> tuple[str, list[str]]:
    with django_capture_on_commit_callbacks(execute=True):
        return turn_on(enter(person))


def test_without_one_the_password_is_enough(person: User) -> None:
    client = enter(person)
    assert is_inside(client)
    assert client.get(LOGIN)["Location"] == HOME
    assert client.get(reverse("mfa_index")).status_code == 200


@pytest.mark.parametrize("url", [LOGIN, reverse("account_login")])
def test_with_one_the_password_alone_lets_nobody_in(person: User, phone: Any, url: str) -> None:
    client = Client()
    form = {"username": person.email, "password": PASSWORD, "next": HOME}
    answer = client.post(url, form)
    if url == LOGIN:
        assert answer["Location"] == CODE
    assert client.get(HOME).status_code == 302
    for page in (reverse("mfa_index"), reverse("tenants:sessions"), reverse("admin:password_change")):
        assert client.get(page).status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_code_lets_in_and_to_where_one_wanted(person: User, phone: tuple[str, list[str]], acme: Tenant) -> None:
    client = Client()
    wanted = reverse("admin:tenants_membership_changelist")
    client.post(LOGIN, {"username": person.email, "password": PASSWORD, "next": wanted})
    assert client.get(CODE).status_code == 200
    wrong = client.post(CODE, {"code": "000000"})
    assert (wrong.status_code, "Incorrect code" in wrong.content.decode(), is_inside(client)) == (200, True, False)
    assert client.post(CODE, {"code": code_for(phone[0])})["Location"] == wanted
    assert is_inside(client)


def test_a_code_works_once(person: User, phone: tuple[str, list[str]]) -> None:
    code = code_for(phone[0])
    first, second = enter(person), enter(person)
    assert first.post(CODE, {"code": code}).status_code == 302
    assert second.post(CODE, {"code": code}).status_code == 200
    assert (is_inside(first), is_inside(second)) == (True, False)


def test_and_so_does_a_recovery_code(person: User, phone: tuple[str, list[str]]) -> None:
    assert len(phone[1]) == 10
    first, second = enter(person), enter(person)
    assert first.post(CODE, {"code": phone[1][0]}).status_code == 302
    assert second.post(CODE, {"code": phone[1][0]}).status_code == 200
    assert (is_inside(first), is_inside(second)) == (True, False)


def test_nobody_skips_the_password(person: User, phone: tuple[str, list[str]]) -> None:
    client = Client()
    assert client.get(CODE)["Location"] == reverse("account_login")
    client.post(CODE, {"code": code_for(phone[0])})
    assert not is_inside(client)


def test_the_secret_is_stored_encrypted(person: User, phone: tuple[str, list[str]]) -> None:
    stored = [str(data) for data in Authenticator.objects.values_list("data", flat=True)]
    assert len(stored) == 2
    assert not any(phone[0] in data or code in data for data in stored for code in phone[1])


def test_an_earlier_key_still_opens_the_secret(person: User, phone: tuple[str, list[str]], settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    totp = Authenticator.objects.get(user=person, type="totp").wrap()
    assert totp.validate_code(code_for(phone[0]))


class TestLockOut:
    """As of passwords: eight wrong ones, and the door stays shut for a while."""

    @pytest.fixture(autouse=True)
    def without_the_other_limit(self, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = False

    def test_wrong_codes_count(self, person: User, phone: tuple[str, list[str]]) -> None:
        client = enter(person)
        answers = [client.post(CODE, {"code": "000000"}).status_code for _ in range(8)]
        assert answers == [200] * 7 + [429]
        assert client.post(CODE, {"code": code_for(phone[0])}).status_code == 429
        assert not is_inside(client)
        assert Client().post(LOGIN, {"username": person.email, "password": PASSWORD}).status_code == 429

    def test_the_right_password_does_not_wipe_the_count(self, person: User, phone: tuple[str, list[str]]) -> None:
        for _ in range(7):
            enter(person).post(CODE, {"code": "000000"})
        client = enter(person)
        assert client.post(CODE, {"code": "000000"}).status_code == 429

    def test_wrong_passwords_count_however_the_address_is_spelled(self, person: User) -> None:
        for number in range(8):
            address = person.email.upper() if number % 2 else f" {person.email}"
            enter(person, password="wrong", address=address)
        assert not is_inside(enter(person))

    def test_so_do_wrong_passwords_when_confirming(self, person: User) -> None:
        client = enter(person)
        confirm = reverse("account_reauthenticate")
        answers = [client.post(confirm, {"password": "wrong"}).status_code for _ in range(8)]
        assert answers == [200] * 7 + [429]


class TestACompanyThatAsksForIt:
    @pytest.fixture(autouse=True)
    def asks(self, acme: Tenant) -> None:
        Tenant.objects.filter(pk=acme.pk).update(requires_second_factor=True)

    def test_leads_members_to_it(self, person: User, viewer: User, log_in: LogIn) -> None:
        for client in (enter(person), log_in(viewer)):
            assert client.get(HOME)["Location"] == reverse("mfa_activate_totp")
            assert client.get(reverse("admin:tenants_brand_changelist")).status_code == 302

    def test_and_then_lets_them_in_but_not_off(self, person: User, phone: tuple[str, list[str]], acme: Tenant) -> None:
        client = enter(person)
        client.post(CODE, {"code": code_for(phone[0])})
        assert is_inside(client)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        off = reverse("mfa_deactivate_totp")
        for answer in (client.get(off), client.post(off)):
            assert (answer.status_code, "Your company asks for" in answer.content.decode()) == (200, True)
        assert Authenticator.objects.filter(user=person, type="totp").exists()

    def test_asks_platform_staff_too(self, acme: Tenant, platform_staff: User, log_in: LogIn) -> None:
        client = log_in(platform_staff)
        client.post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
        assert client.get(HOME)["Location"] == reverse("mfa_activate_totp")


def test_owners_ask_for_it_once_they_have_it(person: User, acme: Tenant, log_in: LogIn, viewer: User) -> None:
    client = enter(person)
    page = reverse("admin:tenants_tenant_change", args=[acme.pk])
    form = {"name": "Acme", "time_zone": "UTC", "requires_second_factor": "on"}
    assert log_in(viewer).post(page, form).status_code == 403
    refused = client.post(page, form)
    assert (refused.status_code, "for yourself first" in refused.content.decode()) == (200, True)
    turn_on(client)
    assert client.post(page, form).status_code == 302
    assert Tenant.objects.get(pk=acme.pk).requires_second_factor


def test_turning_it_on_and_off_is_on_record(
    person: User, phone: tuple[str, list[str]], acme: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    client = enter(person)
    client.post(CODE, {"code": code_for(phone[0])})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    with tenant_scope(acme):
        entries = AuditEntry.objects.filter(verb__contains="two-factor").order_by("at")
        assert list(entries.values_list("actor", "verb", "ip")) == [
            (person.email, "turned on two-factor log-in", "127.0.0.1"),
            (person.email, "turned off two-factor log-in", "127.0.0.1"),
        ]
    assert not Authenticator.objects.filter(user=person).exists()
    assert is_inside(enter(person))


def test_nobody_signs_up_and_no_secret_is_in_the_admin(platform_staff: User, acme: Tenant, log_in: LogIn) -> None:
    client = log_in(platform_staff)
    client.post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
    for path in ("account/signup/", "account/social/", "mfa/authenticator/", "usersessions/usersession/"):
        assert client.get(f"/admin/{path}").status_code == 404


class TestOwnLogIns:
    URL = reverse("tenants:sessions")
    PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"
    DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def test_are_listed_with_device_and_address(self, person: User) -> None:
        desk = enter(person, Client(headers={"user-agent": self.DESK}))
        enter(person, Client(headers={"user-agent": self.PHONE}, REMOTE_ADDR="192.0.2.5"))
        page = desk.get(self.URL).content.decode()
        assert [text in page for text in ("Firefox on Windows", "Safari on iPhone", "192.0.2.5")] == [True] * 3
        assert page.count("This one") == 1

    def test_are_ended_one_by_one_and_all_at_once(self, person: User) -> None:
        desk, phone, third = enter(person), enter(person), enter(person)
        shown = desk.get(self.URL).context["shown"]
        other = next(one["session"] for one in shown if one["session"].session_key == phone.session.session_key)
        assert desk.post(self.URL, {"session": str(other.pk)}).status_code == 302
        assert [is_inside(client) for client in (desk, phone, third)] == [True, False, True]
        assert desk.post(self.URL, {"session": "others"}).status_code == 302
        assert [is_inside(client) for client in (desk, third)] == [True, False]

    def test_are_nobody_elses(self, person: User, acme: Tenant) -> None:
        stranger = UserFactory.create()
        theirs = enter(stranger)
        listed = theirs.get(self.URL).context["shown"][0]["session"]
        mine = enter(person)
        assert mine.post(self.URL, {"session": str(listed.pk)}).status_code == 404
        assert len(mine.get(self.URL).context["shown"]) == 1
        assert theirs.get(self.URL).status_code == 200

    def test_last_seen_is_kept(self, person: User) -> None:
        client = enter(person)
        old = timezone.now() - timedelta(hours=2)
        UserSession.objects.update(last_seen_at=old)
        client.get(HOME, REMOTE_ADDR="192.0.2.6")
        row = UserSession.objects.get()
        assert (row.last_seen_at > old, row.ip) == (True, "192.0.2.6")
