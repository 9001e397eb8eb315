"""Which hosts are answered, with what, and to whom; and how a company proves that one is its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from interviews.domain.invitations import mint_link
from interviews.domain.result_links import share_result
from interviews.models import Result
from tenants.domain import domains
from tenants.domain.domains import LookUpFailed, add_domain, link_base
from tenants.hosts import KnownOrigins
from tenants.models import AuditEntry, Domain, Tenant, User
from tenants.scope import tenant_scope
from tenants.tasks import check_domain
from tests.interviews.factories import InvitationFactory

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
HOST = "interviews.acme.example"


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the name servers hold: name -> texts."""
    records: dict[str, list[str]] = {}

    def find(*, name: str) -> list[str]:
        if name not in records:
            raise LookUpFailed(f"There is no TXT record at {name} yet.")
        return records[name]

    monkeypatch.setattr(domains, "find_proofs", find)
    return records


@pytest.fixture
def domain(acme: Tenant, dns: dict[str, list[str]]) -> Domain:
    """Acme's, verified."""
    domain = add_domain(tenant=acme, host=HOST)
    dns[domain.record_name] = ["something else", domain.record_value]
    check_domain(domain.pk)
    domain.refresh_from_db()
    return domain


def link_of(tenant: Tenant) -> str:
    """The path of a candidate's link."""
    with tenant_scope(tenant):
        link = mint_link(invitation=InvitationFactory.create())
    return "/i/" + link.partition("/i/")[2]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "a b", "[::1", "testserver@evil.example"]
)
def test_unknown_hosts_are_refused(client: Client, host: str) -> None:
    paths = ["/", "/health", reverse("admin:login"), "/static/css/tokens.css", "/api/v1/interviews"]
    assert [client.get(path, headers={"host": host}).status_code for path in paths] == [400] * 5


def test_a_forwarded_host_changes_nothing(client: Client) -> None:
    answer = client.get("/health", headers={"host": "testserver", "x-forwarded-host": "evil.example"})
    assert answer.status_code == 200
    answer = client.get("/health", headers={"host": "evil.example", "x-forwarded-host": "testserver"})
    assert answer.status_code == 400


def test_a_domain_is_answered_once_it_is_verified(client: Client, acme: Tenant, dns: dict[str, list[str]]) -> None:
    domain = add_domain(tenant=acme, host=f" {HOST.upper()}. ")
    path = link_of(acme)
    headers = {"host": HOST}
    assert client.get(path, headers=headers).status_code == 400
    dns[domain.record_name] = [domain.record_value]
    check_domain(domain.pk)
    assert client.get(path, headers=headers).status_code == 200
    with tenant_scope(acme):
        verbs = list(
            AuditEntry.objects.filter(object_type="tenants.domain").order_by("at").values_list("verb", flat=True)
        )
    assert verbs == ["added the domain", "verified the domain"]


def test_a_domain_answers_candidates_alone(client: Client, domain: Domain) -> None:
    paths = ["/", "/health", "/admin/", "/admin/login/", "/api/v1/interviews", "/bot/v1/relay", "/mail/events/postmark"]
    assert [client.get(path, headers={"host": HOST}).status_code for path in paths] == [404] * len(paths)


def test_a_domain_answers_its_own_company_alone(client: Client, domain: Domain, globex: Tenant) -> None:
    path = link_of(globex)
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"host": HOST}).status_code == 404
    assert client.get(path + "state", headers={"host": HOST}).status_code == 404
    assert client.get("/i/nonsense/", headers={"host": HOST}).status_code == 404
    assert client.get("/brands/globex/logo", headers={"host": HOST}).status_code == 404


def test_a_domain_answers_results_that_its_company_shares(
    client: Client, domain: Domain, acme: Tenant, globex: Tenant
) -> None:
    Tenant.objects.update(shares_results=True)
    links = []
    for tenant in (acme, globex):
        tenant.refresh_from_db()
        with tenant_scope(tenant):
            result = Result.objects.create(invitation=InvitationFactory.create())
            links.append(share_result(result=result)[1])
    assert links[0].startswith(f"http://{HOST}")
    paths = ["/r/" + link.partition("/r/")[2] for link in links]
    assert [client.get(path, headers={"host": HOST}).status_code for path in paths] == [200, 404]
    gone = client.get("/r/nonsense/", headers={"host": HOST})
    assert (gone.status_code, gone.content) == (404, client.get("/r/nonsense/").content)


def test_a_candidate_can_act_on_a_domain(domain: Domain, acme: Tenant) -> None:
    """Django's CSRF check compares the Origin with the host."""
    client = Client(enforce_csrf_checks=True)
    path = link_of(acme)
    client.get(path, headers={"host": HOST})
    token = client.cookies["csrftoken"].value
    statuses = [
        client.post(
            path + "leave",
            data={},
            content_type="application/json",
            headers={"host": HOST, "x-csrftoken": token, "origin": origin},
        ).status_code
        for origin in ("http://evil.example", f"http://{HOST}")
    ]
    assert statuses == [403, 200]


def test_links_begin_with_the_verified_domain(domain: Domain, acme: Tenant, globex: Tenant, settings: Settings) -> None:
    settings.BASE_URL = "https://vivavoce.example"
    with tenant_scope(acme):
        link = mint_link(invitation=InvitationFactory.create())
    assert link.startswith(f"https://{HOST}/i/")
    assert link_base(tenant_id=globex.pk) == "https://vivavoce.example"
    settings.BASE_URL = "http://localhost:8000"
    assert link_base(tenant_id=acme.pk) == f"http://{HOST}:8000"


def test_a_closed_company_s_domain_is_not_answered(client: Client, domain: Domain, acme: Tenant) -> None:
    path = link_of(acme)
    Tenant.objects.filter(pk=acme.pk).update(is_active=False)
    assert client.get(path, headers={"host": HOST}).status_code == 400


def test_without_the_record_it_says_what_is_missing(acme: Tenant, dns: dict[str, list[str]]) -> None:
    domain = add_domain(tenant=acme, host=HOST)
    check_domain(domain.pk)
    domain.refresh_from_db()
    assert (domain.state, domain.last_error) == ("failed", f"There is no TXT record at _vivavoce.{HOST} yet.")
    dns[domain.record_name] = ["vivavoce-verification=wrong"]
    check_domain(domain.pk)
    domain.refresh_from_db()
    assert domain.last_error == f"The TXT record at _vivavoce.{HOST} holds another value."


def test_a_verified_domain_survives_a_bad_moment(domain: Domain, dns: dict[str, list[str]]) -> None:
    dns.clear()
    check_domain(domain.pk)
    domain.refresh_from_db()
    assert (domain.state, domain.last_error != "") == ("verified", True)


def test_only_one_company_can_have_it(domain: Domain, globex: Tenant, dns: dict[str, list[str]]) -> None:
    claim = add_domain(tenant=globex, host=HOST)
    dns[claim.record_name] = [claim.record_value]
    check_domain(claim.pk)
    claim.refresh_from_db()
    assert (claim.state, claim.verified_at) == ("failed", None)
    assert claim.last_error == "Another company has verified this domain. It must remove it first."


@pytest.mark.parametrize(
    "host",
    ["localhost", "testserver", "app.testserver", "10.0.0.1", "::1", "acme", "a b.example", "acme.example/x",
     "acme.example:443", "-a.example", "*.acme.example", "é.example", "x" * 64 + ".example", ""],
)  # fmt: skip
def test_what_is_no_name_of_theirs_is_refused(acme: Tenant, host: str) -> None:
    with pytest.raises(ValidationError):
        add_domain(tenant=acme, host=host)


def test_a_domain_can_be_added_once(acme: Tenant) -> None:
    add_domain(tenant=acme, host=HOST)
    with pytest.raises(ValidationError, match="in your list already"):
        add_domain(tenant=acme, host=HOST)


def opens(path: str, *origins: str) -> bool:
    """Whether a browser's page of these origins gets to the socket."""
    opened: list[object] = []

    async def application(scope: object, receive: object, send: object) -> None:
        opened.append(scope)

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        assert message["type"] == "websocket.close"
        raise ConnectionAbortedError

    scope = {"type": "websocket", "path": path, "headers": [(b"origin", origin.encode()) for origin in origins]}
    with suppress(ConnectionAbortedError):
        async_to_sync(KnownOrigins(application))(scope, receive, send)
    return bool(opened)


@pytest.mark.django_db(transaction=True)
def test_web_sockets_of_known_pages_alone(domain: Domain, acme: Tenant, globex: Tenant) -> None:
    own, foreign = (link_of(tenant).split("/")[2] for tenant in (acme, globex))
    asked = [
        (f"http://{HOST}", f"/ws/candidate/{own}"),
        ("http://testserver", f"/ws/candidate/{foreign}"),
        ("http://testserver", "/ws/live/"),
        (f"http://{HOST}", f"/ws/candidate/{foreign}"),
        (f"http://{HOST}", "/ws/live/"),
        ("http://evil.example", f"/ws/candidate/{own}"),
        ("null", f"/ws/candidate/{own}"),
        ("http://[", f"/ws/candidate/{own}"),
    ]
    assert [opens(path, origin) for origin, path in asked] == [True] * 3 + [False] * 5


def test_a_web_socket_of_no_origin_or_of_two_is_denied() -> None:
    assert not opens("/ws/live/")
    assert not opens("/ws/live/", "http://testserver", "http://testserver")
    assert opens("/ws/live/", "http://testserver")


# --- The console -----------------------------------------------------------------------------


def url(page: str, *args: object) -> str:
    return reverse(f"admin:tenants_domain_{page}", args=args)


def test_owners_add_prove_and_remove_a_domain(
    acme: Tenant,
    owner: User,
    log_in: LogIn,
    dns: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked: list[tuple[str, list[int]]] = []
    monkeypatch.setattr("tenants.domain.domains.current_app.send_task", lambda name, args: asked.append((name, args)))
    browser = log_in(owner)
    page = browser.post(url("add"), {"host": HOST}, follow=True).content.decode()
    domain = Domain.objects.get(tenant=acme)
    shown = [text in page for text in (domain.record_name, domain.record_value, "Waiting for the record", "localhost")]
    assert shown == [True] * 4
    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post(url("check", domain.pk), follow=True).content.decode()
    assert (asked, "Being checked" in page) == ([("tenants.tasks.check_domain", [domain.pk])], True)
    dns[domain.record_name] = [domain.record_value]
    check_domain(domain.pk)
    assert "Verified" in browser.get(url("changelist")).content.decode()
    assert browser.post(url("delete", domain.pk), {"post": "yes"}).status_code == 302
    assert not Domain.objects.exists()


def test_a_name_that_can_not_be_is_refused_at_the_form(owner: User, log_in: LogIn) -> None:
    page = log_in(owner).post(url("add"), {"host": "10.0.0.1"})
    assert (page.status_code, "not an address" in page.content.decode()) == (200, True)
    assert not Domain.objects.exists()


def test_another_company_s_domain_is_not_there(domain: Domain, outsider: User, log_in: LogIn) -> None:
    browser = log_in(outsider)
    assert HOST not in browser.get(url("changelist")).content.decode()
    assert [browser.get(url(page, domain.pk)).status_code for page in ("change", "delete", "history")] == [
        404,
        404,
        404,
    ]
    assert browser.post(url("check", domain.pk)).status_code == 404


@pytest.mark.parametrize("role", ["recruiter", "reviewer", "viewer"])
def test_domains_are_the_owners_business(
    request: pytest.FixtureRequest, domain: Domain, log_in: LogIn, role: str
) -> None:
    browser = log_in(request.getfixturevalue(role))
    assert [browser.get(url(*page)).status_code for page in (("changelist",), ("add",))] == [403, 403]
    assert browser.get(url("change", domain.pk)).status_code == 403
    assert browser.post(url("check", domain.pk)).status_code == 403
