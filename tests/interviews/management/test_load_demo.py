import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from interviews.demo.companies import COMPANIES
from interviews.models import Candidate, Interview, Invitation, OutgoingEmail, Question
from tenants.models import Brand, Membership, Tenant, User
from tenants.scope import tenant_scope

pytestmark = pytest.mark.django_db
PASSWORD = "five-green-herons"


@pytest.fixture(autouse=True)
def demo_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)


def load() -> dict[str, object]:
    out = StringIO()
    call_command("load_demo", stdout=out)
    loaded: dict[str, object] = json.loads(out.getvalue())
    return loaded


def count_rows() -> list[tuple[str, list[int]]]:
    counts = []
    for tenant in Tenant.objects.order_by("slug"):
        with tenant_scope(tenant):
            models = (Brand, Membership, Question, Interview, Candidate, Invitation, OutgoingEmail)
            counts.append((tenant.slug, [model.objects.count() for model in models]))
    return counts


def test_two_companies_are_loaded_with_a_link_each(settings: Settings) -> None:
    loaded = load()

    assert count_rows() == [("fern-and-field", [1, 1, 5, 1, 1, 1, 0]), ("harbour-light", [1, 4, 5, 1, 1, 1, 0])]
    tenants = loaded["tenants"]
    assert isinstance(tenants, list)
    assert [(tenant["slug"], tenant["admin_email"]) for tenant in tenants] == [
        ("harbour-light", "owner@harbour-light.example"),
        ("fern-and-field", "owner@fern-and-field.example"),
    ]
    assert loaded["admin_url"] == f"{settings.BASE_URL}/admin/"
    assert loaded["live_url"] == f"{settings.BASE_URL}/admin/live/"
    assert loaded["api_url"] == f"{settings.BASE_URL}/api/v1"


def test_each_start_has_a_key_of_its_own(client: Client) -> None:
    first, second = load()["tenants"], load()["tenants"]
    assert isinstance(first, list)
    assert isinstance(second, list)
    keys = [first[0]["api_key"], second[0]["api_key"]]
    answers = [client.get("/api/v1/interviews", headers={"Authorization": f"Bearer {key}"}) for key in keys]
    assert [answer.status_code for answer in answers] == [401, 200]
    assert [row["title"] for row in answers[1].json()["data"]] == ["Software engineer"]


def test_each_link_opens_its_own_company(settings: Settings, client: Client) -> None:
    tenants = load()["tenants"]
    assert isinstance(tenants, list)

    for tenant, other in zip(tenants, reversed(tenants), strict=True):
        page = client.get(tenant["candidate_url"].removeprefix(settings.BASE_URL))

        shown = page.content.decode()
        name, other_name = (text["name"].replace("&", "&amp;") for text in (tenant, other))
        assert (page.status_code, name in shown, other_name in shown) == (200, True, False)


def test_the_companies_look_and_ask_differently() -> None:
    load()

    looks = []
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            brand = Brand.objects.get()
            asked = tuple(Question.objects.values_list("text", flat=True))
            looks.append((brand.display_name, brand.primary_colour, brand.accent_colour, brand.logo.read(), asked))
    assert [len(set(kind)) for kind in zip(*looks, strict=True)] == [2, 2, 2, 2, 2]


def test_again_adds_one_fresh_invitation_each_and_nothing_else() -> None:
    first = load()["tenants"]

    second = load()["tenants"]

    assert count_rows() == [("fern-and-field", [1, 1, 5, 1, 1, 2, 0]), ("harbour-light", [1, 4, 5, 1, 1, 2, 0])]
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert len({tenant["candidate_url"] for tenant in first + second}) == 4


def test_every_member_can_log_in_and_a_new_password_replaces_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    members = [member for company in COMPANIES for member in company.members]
    load()
    assert {member.email: User.objects.get(email=member.email).check_password(PASSWORD) for member in members} == {
        member.email: True for member in members
    }

    monkeypatch.setenv("DEMO_PASSWORD", "six-grey-herons")
    load()

    assert [User.objects.get(email=member.email).check_password(PASSWORD) for member in members] == [False] * 5


def test_what_staff_changed_stays_changed() -> None:
    load()
    with tenant_scope(Tenant.objects.get(slug="harbour-light")):
        Brand.objects.update(primary_colour="#101010")

    load()

    with tenant_scope(Tenant.objects.get(slug="harbour-light")):
        assert Brand.objects.get().primary_colour == "#101010"


def test_without_a_password_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_PASSWORD")

    with pytest.raises(CommandError, match="Set DEMO_PASSWORD"):
        load()
