import re

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.test import Client, RequestFactory
from django.urls import reverse

from tenants.auth import EmailBackend
from tenants.domain.password_mails import send_password_mail
from tenants.models import PasswordMail, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("address", ["kim@example.org", "Kim@Example.ORG", " kim@example.org "])
def test_the_address_is_compared_without_case(address: str) -> None:
    user = UserFactory.create(email="Kim@example.org")
    request = RequestFactory().post("/")
    assert authenticate(request, username=address, password=PASSWORD) == user
    assert EmailBackend().authenticate(None, email=address, password=PASSWORD) == user


@pytest.mark.parametrize(
    ("address", "password"),
    [
        ("kim@example.org", "wrong"),
        ("kim@example.org", None),
        ("other@example.org", PASSWORD),
        ("", PASSWORD),
        (None, ""),
    ],
)
def test_nothing_else_opens(address: str | None, password: str | None) -> None:
    UserFactory.create(email="kim@example.org")
    assert EmailBackend().authenticate(None, username=address, password=password) is None


def test_who_is_inactive_stays_outside() -> None:
    user = UserFactory.create(email="kim@example.org", is_active=False)
    assert EmailBackend().authenticate(None, username="kim@example.org", password=PASSWORD) is None
    assert EmailBackend().get_user(user.pk) is None


def test_an_address_is_taken_whatever_its_case() -> None:
    UserFactory.create(email="kim@example.org")
    with pytest.raises(ValidationError, match="already exists"):
        User(email="KIM@example.org", password=PASSWORD).full_clean()


def test_superusers_are_platform_staff() -> None:
    user = User.objects.create_superuser("Ops@platform.example", PASSWORD)
    assert (user.email, user.is_platform_staff, user.is_staff) == ("ops@platform.example", True, True)
    assert (user.has_perm("axes.view_accesslog"), user.has_module_perms("axes")) == (True, True)


def test_members_have_no_permission_of_djangos(owner: User) -> None:
    assert (owner.has_perm("axes.view_accesslog"), owner.has_module_perms("axes")) == (False, False)


def test_the_log_in_page_takes_the_address_and_offers_the_reset(client: Client, owner: User) -> None:
    owner.set_password(PASSWORD)
    owner.save()
    assert reverse("admin_password_reset") in client.get(reverse("admin:login")).content.decode()
    answer = client.post(reverse("admin:login"), {"username": "OWNER@acme.example", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))
    assert client.session["_auth_user_id"] == str(owner.pk)


def test_a_new_member_can_set_a_password_by_mail(client: Client, owner: User, mailoutbox: list[EmailMessage]) -> None:
    answer = client.post(reverse("admin_password_reset"), {"email": owner.email}, follow=True)
    send_password_mail(mail_id=PasswordMail.objects.get().pk)
    assert (answer.status_code, [mail.to for mail in mailoutbox]) == (200, [[owner.email]])
    link = re.search(r"/admin/reset/\S+", str(mailoutbox[0].body))
    assert link is not None
    form = client.get(link.group(), follow=True)
    new = {"new_password1": "staple battery horse", "new_password2": "staple battery horse"}
    assert client.post(form.request["PATH_INFO"], new, follow=True).status_code == 200
    owner.refresh_from_db()
    assert owner.check_password("staple battery horse")
    assert "Ask for a new one" in client.get(link.group(), follow=True).content.decode()
