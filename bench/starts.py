"""`python -m bench.starts`: whether 1,000 starts make one bot each though runners, workers and broker fail.

Of the runners' first answers one in ten is a refusal, a broken connection or a time-out after the bot was started;
every hundred starts a worker is killed, or the broker with all that was queued in it, or each connection to it is cut.
Runner and bots are the tests' own (tests/workers/runner.py), so nothing is spoken; what is counted is who is let in.
"""

from __future__ import annotations

import argparse
import os
import time
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.servers import django_servers

#: One in so many first answers fails.
FAULTY = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.starts", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--starts", type=int, default=1000)
    parser.add_argument("--every", type=int, default=100, help="starts between two things that are broken")
    arguments = parser.parse_args()
    folder = Path("var/bench/starts")
    before = os.getloadavg()[0]
    with django_servers(folder):
        run(folder, count=arguments.starts, every=arguments.every)
    print(f"Load of the machine, 1 min: {before:.1f} before; {os.cpu_count()} cores, two workers of 8 threads")


def run(folder: Path, *, count: int, every: int) -> None:
    from django.test import override_settings

    from interviews.domain import slots
    from tenants.domain.tenants import create_tenant
    from tests.botrunner.conftest import serve
    from tests.workers.crew import hired
    from tests.workers.runner import Fault, Runner
    from tests.workers.starts import Starts

    runner = Runner()
    with serve(runner) as url:
        urls = [f"{url}/{number}" for number in (1, 2)]
        environment = {
            "BOT_RUNNER_URLS": ",".join(urls),
            "BOT_SESSIONS_PER_RUNNER": "8",
            "CELERY_VISIBILITY_TIMEOUT": "5",
        }
        with (
            override_settings(BOT_RUNNER_URLS=urls, BOT_SESSIONS_PER_RUNNER=8),
            hired(folder / "crew", **environment) as crew,
        ):
            slots.sync_slots()
            starts = Starts(create_tenant(name="Starts", slug=f"starts-{uuid4().hex[:8]}"), runner)
            wait_until = partial(crew.wait_until, account=starts.account)
            kinds = cycle(Fault)
            began = time.monotonic()
            broken: Any = cycle([crew.workers[0].kill, crew.reset_connections, crew.valkey.kill, crew.workers[1].kill])
            for before in range(0, count, every):
                pressing = min(every, count - before)
                starts.press(pressing, faults={number: next(kinds) for number in range(0, pressing, FAULTY)})
                wait_until(lambda half=before + pressing // 2: starts.meet() >= half)  # type: ignore[misc]
                next(broken)()
                starts.let_claims_run_out()
            wait_until(lambda: starts.meet() == count)
            seconds = time.monotonic() - began
        judged = dict(starts.judge())
    faults, things = len(range(0, count, FAULTY)), len(range(0, count, every))
    print(
        f"{count:,} starts in {seconds:.0f} s, {faults} faults of runners and {things} of workers and broker: {judged};"
        f" {len(runner.faults)} faults never met"
    )


if __name__ == "__main__":
    main()
