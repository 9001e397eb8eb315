"""A start makes one bot, whatever dies on the way to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from pytest_django.fixtures import Settings

from tenants.models import Tenant
from tests.botrunner.conftest import serve
from tests.workers.crew import Crew
from tests.workers.runner import Fault, Runner
from tests.workers.starts import Starts

CANDIDATES = 30
FAULTS = {3: Fault.BUSY, 4: Fault.LATE, 7: Fault.LOST, 8: Fault.LOST, 16: Fault.LATE, 19: Fault.LOST, 24: Fault.BUSY}


def test_no_start_is_missing_or_double_though_workers_and_broker_are_killed(
    hire_crew: Callable[..., AbstractContextManager[Crew]], acme: Tenant, settings: Settings
) -> None:
    runner = Runner()
    with serve(runner) as url:
        settings.BOT_RUNNER_URLS = [f"{url}/1", f"{url}/2"]
        environment = {
            "BOT_RUNNER_URLS": ",".join(settings.BOT_RUNNER_URLS),
            "BOT_SESSIONS_PER_RUNNER": "4",
            # Starts that take longer are handed out again meanwhile.
            "CELERY_VISIBILITY_TIMEOUT": "5",
        }
        with hire_crew(**environment) as crew:
            starts = Starts(acme, runner)
            wait_until = partial(crew.wait_until, account=starts.account)
            starts.press(CANDIDATES, faults=FAULTS)
            for through, break_something in {
                4: crew.workers[0].kill,
                10: crew.reset_connections,
                14: crew.valkey.kill,
                20: crew.workers[1].kill,
            }.items():
                wait_until(lambda through=through: starts.meet() >= through)  # type: ignore[misc]
                break_something()
                starts.let_claims_run_out()
            wait_until(lambda: starts.meet() == CANDIDATES)
        assert starts.judge() == {"one": CANDIDATES}
    assert runner.faults == {}
