"""`python -m bench.admin_lists`: how long the console's lists and figures take with very many rows.

Two companies, one of them with 100,000 invitations and all that comes with them; its owner opens each list as it
comes, filtered, searched, sorted and at its last page, and the pages with figures. Time is measured inside the server's
process, from the request to the rendered page; the network and the browser come on top.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.latency import percentile
from bench.servers import django_servers

if TYPE_CHECKING:
    from django.test import Client

    from tenants.models import Tenant

RUNNING = 12

#: Model -> how its list is asked for, beside as it comes and at its last page.
LISTS: dict[str, dict[str, str]] = {
    "interviews.invitation": {
        "open": "status__exact=invited",
        "expiring": "note=expiring",
        "bounced": "note=bounced",
        "of a day": "created_at__gte=2026-11-01+00:00:00Z&created_at__lt=2026-11-02+00:00:00Z",
        "searched, many found": "q=silva",
        "searched, one found": "q=zoe.zhou.4999@mail.example",
        "searched, none found": "q=nobody+at+all",
        "by candidate": "o=1",
        "by status": "o=3",
        "by deadline": "o=5",
    },
    "interviews.candidate": {"searched, many found": "q=silva", "by e-mail": "o=1", "by invitations": "o=-2"},
    "interviews.session": {
        "ended": "status__exact=ended",
        "searched, many found": "q=silva",
        "by candidate": "o=0",
        "by end": "o=6",
    },
    "interviews.result": {
        "waiting": "judging=waiting",
        "decided": "decision=advance",
        "with a level": "level=4",
        "searched, many found": "q=silva",
        "by candidate": "o=1",
        "by answers": "o=-5",
    },
    "interviews.outgoingemail": {"bounced": "status__exact=bounced", "searched, one found": "q=zoe.zhou.4999@"},
    "interviews.webhookdelivery": {"failed": "status__exact=failed"},
    "interviews.atscall": {"of a name": "name=send_test"},
    "interviews.invitationbatch": {},
    "interviews.interview": {},
    "interviews.questionbank": {},
    "tenants.auditentry": {"of an actor": "actor=system", "searched": "q=exported"},
    "tenants.membership": {},
}


@dataclass(frozen=True)
class Measured:
    page: str
    seconds: list[float]
    busy: list[float]
    queries: list[dict[str, Any]]


def list_pages(tenant: Tenant) -> Iterator[tuple[str, str]]:
    """What is opened: its name and its address."""
    from django.apps import apps
    from django.contrib import admin
    from django.urls import reverse

    from interviews.models import Interview, Result
    from tenants.scope import tenant_scope

    for label, asked in LISTS.items():
        model = apps.get_model(label)
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        name = str(model._meta.verbose_name_plural)
        with tenant_scope(tenant):
            every: Any = model._default_manager.all()
            rows = every.real().count() if hasattr(every, "real") else every.count()
        last = math.ceil(rows / admin.site.get_model_admin(model).list_per_page)
        yield f"{name} ({rows:,})", address
        for how, query in asked.items():
            yield f"{name}, {how}", f"{address}?{query}"
        if last > 1:
            yield f"{name}, last page", f"{address}?p={last}"

    with tenant_scope(tenant):
        interview = Interview.objects.earliest("created_at")
        results = Result.objects.real().filter(invitation__interview=interview).values_list("pk", flat=True)[:5]
        compared = "&".join(f"id={pk}" for pk in results)
    yield "overview", reverse("admin:index")
    yield "live interviews", reverse("live:list")
    yield "live interviews, data", reverse("live:list-data")
    yield "charts of an interview", reverse("admin:interviews_interview_charts", args=[interview.pk])
    yield "five results side by side", f"{reverse('admin:interviews_result_compare')}?{compared}"
    yield "usage", reverse("usage:own")


def open_page(browser: Client, address: str) -> tuple[float, float]:
    """Seconds, and how many of them a core was busy here: Python's share, whatever else the machine does."""
    began, busy = time.perf_counter(), time.process_time()
    response = browser.get(address)
    taken = time.perf_counter() - began, time.process_time() - busy
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return taken


def measure(browser: Client, name: str, address: str, *, times: int) -> Measured:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    open_page(browser, address)
    with CaptureQueriesContext(connection) as captured:
        open_page(browser, address)
    queries = list(captured.captured_queries)  # The next request forgets them.
    seconds, busy = zip(*(open_page(browser, address) for _ in range(times)), strict=True)
    return Measured(name, list(seconds), list(busy), queries)


def describe(measured: Measured) -> str:
    in_database = 1000 * sum(float(query["time"]) for query in measured.queries)
    seconds = (median(measured.seconds), percentile(measured.seconds, 0.95), median(measured.busy))
    figures = (*(1000 * one for one in seconds), in_database)
    return f"| {measured.page} | {len(measured.queries)} | " + " | ".join(f"{figure:.0f}" for figure in figures) + " |"


def explain(tenant: Tenant, measured: Measured, *, from_ms: float) -> None:
    """The plans of what takes long, as the application's role gets them."""
    from django.db import connection

    from tenants.scope import tenant_scope

    for query in measured.queries:
        if 1000 * float(query["time"]) < from_ms or not query["sql"].startswith("SELECT"):
            continue
        with tenant_scope(tenant), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        print(f"\n--- {measured.page}\n{query['sql']}\n{plan}")


def prepare(count: int) -> Tenant:
    """The companies, filled unless they are; the one that is looked at."""
    from bench import company
    from interviews.domain import relay
    from tests.interviews.console.conftest import tell
    from tests.interviews.factories import open_relay

    tenant, beside = company.found_companies()
    if company.count_invitations(tenant) < count:
        company.fill(beside, count // 5)
        company.fill(tenant, count)
        for _ in range(RUNNING):
            session, job = company.begin_interview(tenant)
            relay.store_frames(lease=open_relay(job), frames=tell(session)[:12])
    return tenant


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.admin_lists", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--invitations", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20, help="how often each page is opened")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--explain", type=float, metavar="MS", help="also the plans of queries that take longer")
    arguments = parser.parse_args()
    folder = Path("var/bench/admin_lists")
    load = os.getloadavg()[0]
    with django_servers(folder):
        from django.test import Client

        from bench.company import log_in

        tenant = prepare(arguments.invitations)
        browser = Client(headers={"host": "localhost", "cookie": log_in("owner@harbour-light.example")})
        print("| page | queries | p50, ms | p95, ms | Python, ms | database, ms |\n| --- |" + " ---: |" * 5)
        for name, address in list_pages(tenant):
            if arguments.only in name:
                measured = measure(browser, name, address, times=arguments.times)
                print(describe(measured), flush=True)
                if arguments.explain is not None:
                    explain(tenant, measured, from_ms=arguments.explain)
    print(f"\nLoad of the machine, 1 min: {load:.1f} before, {os.getloadavg()[0]:.1f} after; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
