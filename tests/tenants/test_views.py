from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from tenants.models import Brand, Tenant, User
from tenants.scope import tenant_scope

pytestmark = pytest.mark.django_db

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def give_logo(tenant: Tenant, name: str, content: bytes) -> str:
    with tenant_scope(tenant):
        brand = Brand.objects.get()
        brand.logo.save(name, ContentFile(content))
        return brand.logo_url


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("a.svg", "image/svg+xml"), ("a.PNG", "image/png"), ("a.jpg", "image/jpeg"), ("a.webp", "image/webp")],
)
def test_a_logo_is_served_to_anybody_in_a_sandbox(client: Client, acme: Tenant, name: str, content_type: str) -> None:
    answer = client.get(give_logo(acme, name, SVG))
    assert (answer.status_code, answer.content) == (200, SVG)
    headers = ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control")
    assert [answer[header] for header in headers] == [
        content_type,
        "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        "nosniff",
        "public, max-age=31536000, immutable",
    ]


def test_a_new_logo_has_a_new_address(acme: Tenant) -> None:
    addresses = [give_logo(acme, "a.png", b"1"), give_logo(acme, "a.png", b"2")]
    assert addresses[0] != addresses[1]
    assert {address.partition("?")[0] for address in addresses} == {"/brands/acme/logo"}


def test_no_logo_no_address(client: Client, acme: Tenant, globex: Tenant) -> None:
    give_logo(acme, "a.png", b"1")
    with tenant_scope(globex):
        assert Brand.objects.get().logo_url == ""
    assert client.get(reverse("tenants:logo", args=["globex"])).status_code == 404
    assert client.get(reverse("tenants:logo", args=["nobody"])).status_code == 404


def test_a_closed_company_shows_none(client: Client, acme: Tenant) -> None:
    url = give_logo(acme, "a.png", b"1")
    Tenant.objects.update(is_active=False)
    assert client.get(url).status_code == 404


def test_switching_is_for_staff(client: Client, acme: Tenant, owner: User, log_in: Callable[[User], Client]) -> None:
    assert client.get(reverse("tenants:switch")).status_code == 302
    User.objects.update(is_staff=False)
    assert log_in(owner).get(reverse("tenants:switch")).status_code == 302
