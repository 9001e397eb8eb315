"""`python -m bench.outbox`: whether every event arrives though workers and broker are killed, and how soon.

First events come one after the other at a steady rate and nothing is broken: the time runs from the commit to the
receiver. Then 10,000 events, nine tenths of them as they stand after an outage and the rest told meanwhile, while both
workers are killed in turn and the broker once, with all that was queued in it. The receiver shares the machine.
"""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections import Counter
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from bench.latency import percentile
from bench.servers import django_servers


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.outbox", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--steady", type=int, default=600, help="events of the first part")
    parser.add_argument("--rate", type=float, default=10.0, help="of them a second")
    arguments = parser.parse_args()
    folder = Path("var/bench/outbox")
    before = os.getloadavg()[0]
    with django_servers(folder):
        run(folder, events=arguments.events, steady=arguments.steady, rate=arguments.rate)
    print(f"Load of the machine, 1 min: {before:.1f} before; {os.cpu_count()} cores, two workers of 8 threads")


def run(folder: Path, *, events: int, steady: int, rate: float) -> None:
    from django.test import override_settings

    from tenants.domain.tenants import create_tenant
    from tests.workers.crew import hired
    from tests.workers.inbox import receiving
    from tests.workers.outbox import Outbox

    with receiving() as inbox, override_settings(OUTBOUND_ALLOWED=[inbox.netloc]):
        arrived = note_arrivals(inbox)
        sent = Outbox(create_tenant(name="Outbox", slug=f"outbox-{uuid4().hex[:8]}"), inbox)
        sent.add("first", "steady", "broken")
        with hired(folder / "crew", OUTBOUND_ALLOWED=inbox.netloc) as crew:
            tell_steadily(sent, crew, arrived, count=steady, rate=rate)
            break_things(sent, crew, events=events)
    if inbox.wrong:
        print(f"{len(inbox.wrong)} requests were wrong, such as {inbox.wrong[0]}")


def note_arrivals(inbox: Any) -> dict[str, float]:
    """When each `webhook-id` first came, on the clock of `time.time`, filled while the inbox receives."""
    arrived: dict[str, float] = {}
    take = inbox.take

    def take_and_note(receiver: str, headers: dict[str, str], body: bytes) -> None:
        arrived.setdefault(headers.get("webhook-id", ""), time.time())
        take(receiver, headers, body)

    inbox.take = take_and_note
    return arrived


def tell_steadily(sent: Any, crew: Any, arrived: dict[str, float], *, count: int, rate: float) -> None:
    from interviews.models import WebhookEvent
    from tenants.scope import tenant_scope

    wait_until = partial(crew.wait_until, account=sent.account)
    sent.tell("first")  # The workers have begun, but done nothing yet.
    wait_until(lambda: sent.inbox.has("first", 1))
    begin = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        sent.tell("steady")
    wait_until(lambda: sent.inbox.has("steady", count))
    with tenant_scope(sent.tenant):
        happened = dict(
            WebhookEvent.objects.filter(deliveries__endpoint=sent.endpoints["steady"]).values_list("pk", "created_at")
        )
    taken = [arrived[f"evt_{pk.hex}"] - at.timestamp() for pk, at in happened.items()]
    shown = {"p50": median(taken), "p95": percentile(taken, 0.95), "p99": percentile(taken, 0.99), "most": max(taken)}
    figures = ", ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in shown.items())
    print(f"{count} events at {rate:g} a second, first try: {figures}", flush=True)


def break_things(sent: Any, crew: Any, *, events: int) -> None:
    from interviews.enums import DeliveryStatus
    from interviews.models import WebhookDelivery
    from tenants.scope import tenant_scope

    wait_until = partial(crew.wait_until, account=sent.account)
    # Without its broker this process says of each event that nobody was told of it; the sweep finds it.
    logging.getLogger("django.db.backends.base").setLevel(logging.CRITICAL)
    told = events // 40
    sent.fill("broken", events - 4 * told)
    began, kills = time.monotonic(), 0
    for share in (0.1, 0.3, 0.5, 0.7):
        wait_until(lambda share=share: sent.inbox.has("broken", share * events))
        if share == 0.3:
            crew.valkey.kill()
        else:
            crew.workers[kills % 2].kill()
            kills += 1
        sent.tell("broken", told)

    def nothing_is_pending() -> bool:
        return all(status != DeliveryStatus.PENDING for status, _tries in sent.states("broken"))

    wait_until(nothing_is_pending)
    seconds = time.monotonic() - began
    with tenant_scope(sent.tenant):
        of_endpoint = WebhookDelivery.objects.filter(endpoint=sent.endpoints["broken"])
        became = Counter(of_endpoint.values_list("status", flat=True))
    seen = sent.inbox.seen["broken"]
    lost = len(sent.ids("broken") - set(seen))
    print(
        f"{events:,} events, {kills} workers and the broker killed: {dict(became)} in {seconds:.0f} s;"
        f" {lost} lost, {seen.total() - len(seen)} came again under their own id"
    )


if __name__ == "__main__":
    main()
