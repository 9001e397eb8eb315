"""An owner connects an ATS in the console, tests it, and looks at what was called."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interviews.domain.ats_connections import find_connection, log_call
from interviews.enums import AtsDirection
from interviews.models import AtsCallback, AtsConnection
from tenants.domain.vault import unseal
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story, live_through

pytestmark = pytest.mark.django_db

LIST, ADD = reverse("admin:interviews_atsconnection_changelist"), reverse("admin:interviews_atsconnection_add")


def url(name: str, row: AtsConnection) -> str:
    return reverse(f"admin:interviews_atsconnection_{name}", args=[row.pk])


def install(client: Client, **fields: str) -> str:
    """The page that is shown once."""
    given = {"system": "ashby", "name": "Our Ashby", "their_key": "theirs-7f3a", "account": ""} | fields
    answer = client.post(ADD, given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_key_and_the_addresses_are_shown_once(acme: Tenant, by_owner: Client) -> None:
    page = install(by_owner)
    found = re.search(r"<code[^>]*>(vv_ats_[\w-]+)</code>", page)
    assert found is not None
    assert "/ats/ashby</code>" in page
    with tenant_scope(acme):
        made = find_connection(system="ashby", key=found[1])
        assert made is not None
        assert (made.name, unseal(made.credential)) == ("Our Ashby", "theirs-7f3a")
    again = by_owner.get(url("change", made)).content.decode()
    assert ("vv_ats_" in again, "theirs-7f3a" in again, "/ats/ashby</code>" in again) == (False, False, True)


def test_greenhouse_gets_four_addresses(acme: Tenant, by_owner: Client) -> None:
    page = install(by_owner, system="greenhouse", their_key="")
    assert re.findall(r"/ats/greenhouse/(\w+)</code>", page) == [
        "list_tests",
        "send_test",
        "test_status",
        "response_error",
    ]


def test_recruitee_needs_its_code_name(acme: Tenant, by_owner: Client) -> None:
    for account in ("", "../c"):
        assert "Enter it as Recruitee has it" in install(by_owner, system="recruitee", account=account)
    install(by_owner, system="recruitee", account="vivavoce")
    with tenant_scope(acme):
        assert AtsConnection.objects.get().account == "vivavoce"


def test_an_empty_key_of_theirs_leaves_the_present_one(acme: Tenant, by_owner: Client) -> None:
    install(by_owner)
    with tenant_scope(acme):
        made = AtsConnection.objects.get()
    for entered, kept in (("", "theirs-7f3a"), ("new", "new")):
        by_owner.post(url("change", made), {"name": "Renamed", "their_key": entered, "account": ""})
        with tenant_scope(acme):
            made.refresh_from_db()
        assert (made.name, made.system, unseal(made.credential)) == ("Renamed", "ashby", kept)
    with tenant_scope(acme):
        assert "theirs" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_steps_ask_first(acme: Tenant, by_owner: Client) -> None:
    install(by_owner)
    with tenant_scope(acme):
        made = AtsConnection.objects.get()
    before = made.digest
    for name in ("switch", "replace_key", "run_test"):
        assert by_owner.get(url(name, made)).status_code == 200
    with tenant_scope(acme):
        made.refresh_from_db()
    assert (made.enabled, made.digest) == (True, before)
    by_owner.post(url("switch", made))
    page = by_owner.post(url("replace_key", made), follow=True).content.decode()
    with tenant_scope(acme):
        made.refresh_from_db()
    assert (made.enabled, made.digest == before, "vv_ats_" in page) == (False, False, True)
    assert by_owner.post(url("run_test", made)).status_code == 302


def test_a_failed_call_back_is_shown_and_sent_again(story: Story, acme: Tenant, by_owner: Client) -> None:
    with tenant_scope(acme):
        AtsCallback.objects.update(status="failed", last_error="<b>503</b> busy")
    page = by_owner.get(reverse("admin:interviews_atscallback_change", args=[story.ats_callback.pk])).content.decode()
    assert ("&lt;b&gt;503&lt;/b&gt; busy" in page, "<b>503" in page) == (True, False)
    chosen = {"action": "send_again", "_selected_action": [str(story.ats_callback.pk)]}
    by_owner.post(reverse("admin:interviews_atscallback_changelist"), chosen)
    with tenant_scope(acme):
        assert AtsCallback.objects.values_list("status", "tries", "last_error").get() == ("pending", 0, "")


def test_the_log_shows_calls_both_ways(story: Story, acme: Tenant, by_owner: Client) -> None:
    with tenant_scope(acme):
        log_call(
            connection_id=story.ats.pk,
            direction=AtsDirection.IN,
            name="send_test",
            status=422,
            seconds=0.1,
            note="<i>No.</i>",
        )
    page = by_owner.get(reverse("admin:interviews_atscall_changelist")).content.decode()
    assert ("send_test" in page, "PATCH" in page, "&lt;i&gt;No.&lt;/i&gt;" in page) == (True, True, True)


@pytest.mark.parametrize("model", ["atsconnection", "atscallback", "atscall"])
def test_three_rows_cost_what_one_costs(story: Story, acme: Tenant, by_owner: Client, model: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert by_owner.get(reverse(f"admin:interviews_{model}_changelist")).status_code == 200
        return len(queries)

    count()  # Fills what is read once a process.
    one = count()
    live_through(acme)
    live_through(acme)
    assert count() == one


@pytest.mark.parametrize(
    ("part", "route"),
    [
        ("ats", "atsconnection"),
        ("ats_callback", "atscallback"),
        ("webhook", "webhookendpoint"),
        ("delivery", "webhookdelivery"),
        ("email", "outgoingemail"),
    ],
)
def test_a_rows_page_says_its_state_in_words(story: Story, by_owner: Client, part: str, route: str) -> None:
    """What a list shows as a label is a pair of values, which a row's page would print as it is."""
    page = by_owner.get(reverse(f"admin:interviews_{route}_change", args=[getattr(story, part).pk])).content.decode()
    assert "(&#x27;" not in page
