"""What every adapter refuses: strangers, other companies' keys and ids, hostile addresses, broken and huge bodies."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from interviews.ats.hosts import check_host
from interviews.domain import ats_connections
from interviews.domain.outbound import AddressRefused
from interviews.models import Order
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.ats.conftest import Ats
from tests.interviews.ats.test_ashby import order as ashby_order
from tests.interviews.ats.test_ashby import start
from tests.interviews.ats.test_greenhouse import order as greenhouse_order
from tests.interviews.ats.test_workable import order as workable_order
from tests.interviews.factories import InterviewFactory

pytestmark = pytest.mark.django_db

LISTS = {
    "greenhouse": ("GET", "list_tests"),
    "ashby": ("POST", "assessment.list"),
    "workable": ("GET", "tests"),
    "recruitee": ("GET", "tests"),
}
SYSTEMS = list(LISTS)
UNKNOWN = "This key is not known, or the connection is switched off. Look at it in Vivavoce's admin."
REFUSALS = {
    "greenhouse": {"errors": [UNKNOWN]},
    "ashby": {"success": False, "message": UNKNOWN, "errors": [UNKNOWN]},
    "workable": {"status": 401, "message": UNKNOWN},
    "recruitee": {"error": UNKNOWN, "message": UNKNOWN},
}
Make = Callable[..., Ats]


BROKEN = "Something went wrong on our side. Send it again in a while."
BREAKAGES = {
    "greenhouse": {"errors": [BROKEN]},
    "ashby": {"success": False, "message": BROKEN, "errors": [BROKEN]},
    "workable": {"status": 500, "message": BROKEN},
    "recruitee": {"error": BROKEN, "message": BROKEN},
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_fault_of_ours_is_told_in_the_ats_s_own_words_and_logged(
    acme: Tenant, make_ats: Make, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    def fail() -> None:
        raise RuntimeError("SELECT secret")

    ats = make_ats(acme, system)
    ats.client = Client(raise_request_exception=False)
    monkeypatch.setattr(f"interviews.ats.{system}.views.list_offers", fail)
    method, path = LISTS[system]
    assert ats.call(method, path, {} if method == "POST" else None) == (500, BREAKAGES[system])
    [(direction, _name, status, note)] = ats.calls()
    assert (direction, status, note) == ("in", 500, BROKEN)


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer nonsense", "Bearer ä", "Basic !!!", basic("nonsense:"), basic(":vv_ats_x"), "Basic 4pi6"],
)
def test_a_stranger_is_refused_in_the_ats_own_words(acme: Tenant, make_ats: Make, system: str, shown: str) -> None:
    ats = make_ats(acme, system)
    method, path = LISTS[system]
    assert ats.call(method, path, Authorization=shown) == (401, REFUSALS[system])
    assert ats.calls() == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_key_of_another_kind_of_ats_opens_nothing(acme: Tenant, make_ats: Make, system: str) -> None:
    method, path = LISTS[system]
    ats, other = make_ats(acme, system), make_ats(acme, "ashby" if system == "greenhouse" else "greenhouse")
    ats.key = other.key
    assert ats.call(method, path)[0] == 401


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_old_key_and_a_connection_switched_off_open_nothing(acme: Tenant, make_ats: Make, system: str) -> None:
    method, path = LISTS[system]
    ats = make_ats(acme, system)
    with tenant_scope(acme):
        new = ats_connections.replace_key(connection=ats.connection)
    assert ats.call(method, path)[0] == 401
    ats.key = new
    assert ats.call(method, path)[0] == 200
    with tenant_scope(acme):
        ats_connections.switch_connection(connection=ats.connection, enabled=False)
    assert ats.call(method, path)[0] == 401
    with tenant_scope(acme):
        ats_connections.switch_connection(connection=ats.connection, enabled=True)
        ats_connections.remove_connection(connection=ats.connection)
    assert ats.call(method, path)[0] == 401


def test_another_companys_ids_do_not_exist(acme: Tenant, globex: Tenant, make_ats: Make) -> None:
    ours, theirs = make_ats(acme, "greenhouse"), make_ats(globex, "greenhouse")
    id_ = ours.call("POST", "send_test", greenhouse_order(ours))[1]["partner_interview_id"]
    asked = f"test_status?partner_interview_id={id_}"
    assert (ours.call("GET", asked)[0], theirs.call("GET", asked)[0]) == (200, 404)
    assert theirs.call("POST", "send_test", greenhouse_order(ours))[0] == 404
    assert [test["partner_test_id"] for test in theirs.call("GET", "list_tests")[1]] == [theirs.offer]

    ashby, rival = make_ats(acme, "ashby"), make_ats(globex, "ashby")
    assert rival.call("POST", "assessment.cancel", {"assessment_id": start(ashby)})[0] == 422
    assert [invitation.status for invitation in ashby.invitations()] == ["created", "created"]
    assert theirs.invitations() == []


def test_one_ats_does_not_see_what_another_has_ordered(acme: Tenant, make_ats: Make) -> None:
    greenhouse, ashby = make_ats(acme, "greenhouse"), make_ats(acme, "ashby")
    assert greenhouse.call("GET", f"test_status?partner_interview_id={start(ashby)}")[0] == 404


def test_an_order_of_the_api_is_none_of_the_adapters(acme: Tenant, make_ats: Make) -> None:
    """Whoever has an API key may name any system; that opens nothing here."""
    greenhouse = make_ats(acme, "greenhouse")
    id_ = greenhouse.call("POST", "send_test", greenhouse_order(greenhouse))[1]["partner_interview_id"]
    with tenant_scope(acme):
        Order.objects.update(by_adapter=False)
    assert greenhouse.call("GET", f"test_status?partner_interview_id={id_}")[0] == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://api.greenhouse.io/x",
        "https://evil.example/x",
        "https://greenhouse.io.evil.example/x",
        "https://evilgreenhouse.io/x",
        "https://api.greenhouse.io@evil.example/x",
        "https://evil.example\\.greenhouse.io/x",
        "https://evil.example%2f.greenhouse.io/x",
        "https://evil.example#.greenhouse.io/",
        "https://api.greenhouse.io:8443/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://app.workable.com/x",
        "https://\u0430pi.greenhouse.io/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "nonsense",
        "https://",
        "https://api.greenhouse.io/\r\nHost: evil.example",
        f"https://api.greenhouse.io/{2000 * 'x'}",
    ],
)
def test_a_hostile_address_is_refused_before_anything_is_ordered(acme: Tenant, make_ats: Make, url: str) -> None:
    ats = make_ats(acme, "greenhouse")
    status, said = ats.call("POST", "send_test", greenhouse_order(ats, url=url))
    assert (status, said["errors"][0][:20], ats.invitations()) == (422, "Nothing was ordered.", [])


def test_workable_refuses_in_its_own_words(acme: Tenant, make_ats: Make) -> None:
    ats = make_ats(acme, "workable")
    assert ats.call("POST", "assessments", workable_order(ats, callback_url="https://api.greenhouse.io/x")) == (
        422,
        {"status": 422, "message": "Nothing was ordered. This is not an address of Workable."},
    )


@pytest.mark.parametrize(
    ("system", "url"),
    [
        ("greenhouse", "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/12345"),
        ("greenhouse", "https://api.greenhouse.io/x"),
        ("ashby", "https://api.ashbyhq.com/assessment.update"),
        ("workable", "https://acme.workable.com/assessments/1"),
        ("recruitee", "https://integrations.recruitee.com/api/p/x/reports/1"),
    ],
)
def test_the_vendors_own_addresses_are_taken(system: str, url: str) -> None:
    check_host(system=system, url=url)


def test_a_host_that_is_not_allowed_any_more_gets_no_key(acme: Tenant, make_ats: Make, settings: Settings) -> None:
    ats = make_ats(acme, "greenhouse")
    ats.hold(ats.call("POST", "send_test", greenhouse_order(ats))[1]["partner_interview_id"])
    settings.ATS_HOSTS_ALLOWED = []
    assert ats.send_due() == [("result.ready", "failed", 0)]
    assert ats.taken() == []
    with pytest.raises(AddressRefused):
        check_host(system="greenhouse", url=ats.receiver.url)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"\xff", 400),
        (b'{"url": "\\ud800"}', 400),
        (b'{"url": "\\u0000"}', 400),
        (b'{"url": "https://app.greenhouse.io/a", "url": "https://evil.example/"}', 400),
        (b"[" * 100_000, 400),
        (b'{"n": ' + b"9" * 5000 + b"}", 400),
        (b'{"url": {"a": 1}, "partner_test_id": [], "candidate": "me"}', 400),
        (b'{"x": "' + b"y" * 200_000 + b'"}', 413),
    ],
)
def test_broken_and_huge_bodies(acme: Tenant, make_ats: Make, body: bytes, status: int) -> None:
    ats = make_ats(acme, "greenhouse")
    answer = ats.call("POST", "send_test", body)
    assert (answer[0], list(answer[1]), ats.invitations()) == (status, ["errors"], [])
    assert ats.calls()[-1][:3] == ("in", "send_test", status)


def test_hostile_names_are_kept_as_text_and_cut(acme: Tenant, make_ats: Make) -> None:
    ats = make_ats(acme, "ashby")
    name = "<script>alert(1)</script>\r\nBcc: all@example.org" + 300 * "x"
    who = {"first_name": name, "last_name": None, "email": "ana@example.org"}
    assert ats.call("POST", "assessment.start", ashby_order(ats, candidate=who))[0] == 200
    assert ats.invitations()[0].candidate.name == name[:160]


def test_a_wrong_method_is_refused(acme: Tenant, make_ats: Make) -> None:
    ats = make_ats(acme, "greenhouse")
    assert ats.call("POST", "list_tests") == (405, {"errors": ["Use GET."]})


def test_keys_are_kept_as_hashes_and_sealed(acme: Tenant, make_ats: Make) -> None:
    greenhouse, ashby = make_ats(acme, "greenhouse"), make_ats(acme, "ashby")
    assert len(greenhouse.key) < 171  # Greenhouse's limit
    for ats in (greenhouse, ashby):
        kept = json.dumps({name: str(value) for name, value in ats.connection.__dict__.items()})
        assert (ats.key in kept, "theirs-7f3a" in kept) == (False, False)
    assert (greenhouse.connection.key > "", ashby.connection.key) == (True, "")


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_list_of_three_costs_what_one_costs(acme: Tenant, make_ats: Make, system: str) -> None:
    ats = make_ats(acme, system)
    method, path = LISTS[system]

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ats.call(method, path)[0] == 200
        return len(queries)

    one = count()
    with tenant_scope(acme):
        InterviewFactory.create_batch(2)
        InterviewFactory.create(status="draft")
    assert count() == one
    assert len(str(ats.call(method, path)[1]).split("int_")) == 4


def test_cross_site_protection_is_not_asked_of_machines(acme: Tenant, make_ats: Make) -> None:
    ats = make_ats(acme, "ashby")
    ats.client = Client(enforce_csrf_checks=True)
    assert ats.call("POST", "assessment.list", {})[0] == 200
