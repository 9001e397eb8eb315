"""The room that the interviewer's tests open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from bench.virtual_time import VirtualTimeLoop
from botrunner.clock import Pacing
from botrunner.contract import InterviewPlan
from tests.botrunner.interviewer.room import PACING, Room
from tests.botrunner.plans import make_plan


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The interviewer has nothing but its clock to wait for."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture
async def open_room() -> AsyncIterator[Callable[..., Room]]:
    rooms = []

    def open_one(plan: InterviewPlan | None = None, **pacing: float) -> Room:
        room = Room(plan or make_plan(), Pacing(**{**vars(PACING), **pacing}))
        rooms.append(room)
        return room

    yield open_one
    tasks = [task for room in rooms for task in (room.task, room.ticking)]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
