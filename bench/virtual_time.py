"""An event loop whose clock jumps to what is due next: minutes of waiting take seconds, and load changes nothing."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar
from unittest.mock import patch

T = TypeVar("T")
#: Seconds. Any moment will do, but of a large one a float can't tell small steps.
BEGINNING = 1000.0
STEP = 1e-6


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = BEGINNING

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("Nothing is due any more, and yet it is being waited for")
        if timeout > 0:
            self.now += timeout + STEP  # or rounding could leave the clock short of what is due for good
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Work for other threads is done in this one, and takes no time.

    `time.time` and `time.monotonic` follow the virtual clock while the loop runs.
    """

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_forever(self) -> None:
        with patch.object(time, "time", self.time), patch.object(time, "monotonic", self.time):
            super().run_forever()

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        future.set_result(func(*args))
        return future


def run_in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`."""
    loop = VirtualTimeLoop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()
