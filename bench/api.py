"""`python -m bench.api`: lists and details of the native API over a million invitations, at 100 requests a second.

A company with 1,000,000 completed invitations and their results, and another one beside it; a key of the first; the web
server as the image starts it, with `--workers` processes. Requests begin at their appointed moments, whether or not
those before have been answered, so what waits in a queue counts. The client shares the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx

from bench.latency import percentile
from bench.servers import django_servers, web_server

if TYPE_CHECKING:
    from tenants.models import Tenant

#: Seconds; what takes longer counts as long as this, and as failed.
PATIENCE = 20.0

Ask = Callable[[], str]


def prepare(count: int) -> Tenant:
    """The companies, filled unless they are; the one that is read."""
    from bench import company

    tenant, beside = company.found_companies()
    if company.count_invitations(tenant) < count:
        company.fill(beside, count // 10, held=100, with_records=False)
        company.fill(tenant, count, held=100, with_records=False)
    return tenant


def issue_key(tenant: Tenant) -> str:
    from tenants.domain.keys import issue_api_key
    from tenants.enums import Scope
    from tenants.scope import tenant_scope

    with tenant_scope(tenant):
        return issue_api_key(name="Benchmark", scopes=list(Scope.values))[1]


def list_requests(tenant: Tenant) -> dict[str, Ask]:
    """What is asked for, by name: paths, each time of other rows."""
    from bench.company import sample_invitations
    from interviews.api.ids import write_id
    from interviews.api.paging import write_cursor

    rows = sample_invitations(tenant)
    oldest = min(rows, key=lambda row: row.created_at)

    def page(query: str = "") -> Ask:
        return lambda: f"invitations?{query}"

    def invitation(rest: str = "") -> Ask:
        return lambda: f"invitations/{write_id('invitation', random.choice(rows).pk)}{rest}"  # noqa: S311

    def deep() -> str:
        row = random.choice(rows)  # noqa: S311
        return f"invitations?cursor={write_cursor(row.created_at, row.pk)}"

    return {
        "list, first page": page(),
        "list, a page in the middle": deep,
        "list, last page": page(f"cursor={write_cursor(oldest.created_at, oldest.pk)}"),
        "list, completed, with candidate and interview": page("status=completed&expand=candidate,interview"),
        "list, of one order": lambda: f"invitations?external_order_id=order-{3 * random.randrange(1, 1000)}",  # noqa: S311
        "detail": invitation(),
        "result": invitation("/result"),
    }


def count_queries(key: str, asked: dict[str, Ask]) -> dict[str, tuple[int, int]]:
    """For one row, and for the default page of many."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost", "authorization": f"Bearer {key}"})

    def count(path: str) -> int:
        client.get(f"/api/v1/{path}")
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/api/v1/{path}")
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
        return len(captured)

    return {name: (count(one_row(ask())), count(ask())) for name, ask in asked.items()}


def one_row(path: str) -> str:
    return f"{path}&limit=1" if "?" in path else path


async def load(
    base_url: str, key: str, asked: dict[str, Ask], *, rate: float, seconds: float
) -> tuple[dict[str, list[float]], int]:
    """Seconds from a request's appointed moment to the whole answer, by name, and how many failed."""
    taken: dict[str, list[float]] = defaultdict(list)
    failures = 0
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=f"{base_url}/api/v1/", headers=headers, limits=limits, timeout=PATIENCE, trust_env=False
    ) as client:

        async def ask(name: str, path: str, due: float) -> None:
            nonlocal failures
            await asyncio.sleep(due - time.monotonic())
            try:
                answer = await client.get(path)
                failures += answer.status_code != 200
            except httpx.HTTPError:
                failures += 1
            taken[name].append(time.monotonic() - due)

        begin = time.monotonic() + 0.5
        names = list(asked)
        async with asyncio.TaskGroup() as group:
            for number in range(int(rate * seconds)):
                name = names[number % len(names)]
                group.create_task(ask(name, asked[name](), begin + number / rate))
    return taken, failures


def describe(taken: dict[str, list[float]], queries: dict[str, tuple[int, int]]) -> list[str]:
    lines = ["| request | n | p50, ms | p95, ms | p99, ms | queries at 1 row, at a page |", "| --- |" + " ---: |" * 5]
    every = [one for seconds in taken.values() for one in seconds]
    for name, seconds in [*taken.items(), ("all", every)]:
        figures: Any = (median(seconds), percentile(seconds, 0.95), percentile(seconds, 0.99))
        shown = " | ".join(f"{1000 * figure:,.0f}" for figure in figures)
        lines.append(
            f"| {name} | {len(seconds):,} | {shown} | {'{}, {}'.format(*queries[name]) if name in queries else ''} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.api", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--invitations", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, nargs="+", default=[100.0], help="requests a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of the web server")
    arguments = parser.parse_args()
    folder = Path("var/bench/api")
    before = os.getloadavg()[0]
    with django_servers(folder) as servers:
        tenant = prepare(arguments.invitations)
        key, asked = issue_key(tenant), list_requests(tenant)
        queries = count_queries(key, asked)
        environment = {"API_RATE_LIMIT": "1000000/minute", "WEB_CONCURRENCY": str(arguments.workers)}
        with web_server(folder, servers, **environment) as base_url:
            asyncio.run(load(base_url, key, asked, rate=20, seconds=5))  # connections, plans and caches
            for rate in arguments.rate:
                taken, failures = asyncio.run(load(base_url, key, asked, rate=rate, seconds=arguments.seconds))
                print(f"\n{rate:g} requests a second, {failures} failed\n")
                print("\n".join(describe(taken, queries)), flush=True)
    print(
        f"\nLoad of the machine, 1 min: {before:.1f} before; {os.cpu_count()} cores, {arguments.workers} web processes"
    )


if __name__ == "__main__":
    main()
