"""Workers that are real processes, for what only they show: being killed, and losing their broker."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.workers.crew import Crew, hired


@pytest.fixture
def hire_crew(transactional_db: None, tmp_path: Path) -> Callable[..., AbstractContextManager[Crew]]:
    """`hire_crew(OUTBOUND_ALLOWED="…")`: at work on the test's database, on what this process queues."""
    return partial(hired, tmp_path)
