from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Not under pytest's own folder, which every other run of pytest closes to Postgres's account."""
    with TemporaryDirectory(prefix="vivavoce-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()
