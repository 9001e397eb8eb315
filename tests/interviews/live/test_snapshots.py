"""Who waits together is served by one read, and nobody by one that has begun before they came."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from channels.db import database_sync_to_async

from interviews.console.snapshot import read_snapshot
from interviews.domain import relay
from interviews.live import snapshots
from interviews.live.snapshots import get_snapshot
from interviews.models import Session
from tenants.domain.tenants import create_tenant
from tests.interviews.console.conftest import tell
from tests.interviews.live.test_staff import begin

pytestmark = pytest.mark.django_db(transaction=True)


class Reading:
    """Holds up each read where it has just begun, until it is let go; counts them."""

    def __init__(self) -> None:
        self.count = 0
        self.begun, self.let_go = Event(), Event()
        #: What happens while the first read is under way, after it has looked.
        self.meanwhile: Callable[[], object] = lambda: None

    def read(self, *, session: Session) -> dict[str, Any]:
        seen = read_snapshot(session=session)
        self.count += 1
        if self.count == 1:
            self.begun.set()
            self.let_go.wait(10)
            self.meanwhile()
        return seen

    async def has_begun(self) -> None:
        while not self.begun.is_set():  # noqa: ASYNC110 - what is waited for happens in a thread
            await asyncio.sleep(0.01)


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    reading = Reading()
    monkeypatch.setattr(snapshots, "read_snapshot", reading.read)
    return reading


async def ask(session: Session) -> asyncio.Task[int]:
    """Somebody who waits for the snapshot, and comes to know its last number."""

    async def last_seq() -> int:
        text = await get_snapshot(tenant_id=session.tenant_id, session_id=session.pk)
        seq: int = json.loads(text)["snapshot"]["last_seq"]
        return seq

    task = asyncio.create_task(last_seq())
    await asyncio.sleep(0)
    return task


async def test_a_read_that_has_begun_is_not_shared(reading: Reading) -> None:
    _, session, lease = await begin()
    reading.meanwhile = lambda: relay.store_frames(lease=lease, frames=tell(session)[:1])
    early = await ask(session)
    await reading.has_begun()
    late = await ask(session)
    reading.let_go.set()
    assert (await early, await late) == (0, 1)


async def test_all_who_wait_for_the_next_read_share_it(reading: Reading) -> None:
    _, session, _ = await begin()
    first = await ask(session)
    await reading.has_begun()
    others = [await ask(session) for _ in range(5)]
    others.pop(0).cancel()  # who leaves takes it from nobody
    reading.let_go.set()
    assert await asyncio.gather(first, *others) == [0] * 5
    assert reading.count == 2


async def test_each_session_is_read_for_its_own(reading: Reading) -> None:
    _, one, _ = await begin()
    _, other, lease = await begin("globex")
    await database_sync_to_async(relay.store_frames)(lease=lease, frames=tell(other)[:1])
    reading.let_go.set()
    assert await asyncio.gather(await ask(one), await ask(other)) == [0, 1]


async def test_a_read_that_fails_fails_for_those_who_waited_and_for_nobody_else(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, session, _ = await begin()
    reading.let_go.set()

    def fail(key: tuple[UUID, UUID]) -> str:
        raise ConnectionError("no connection to be had")

    with monkeypatch.context() as away:
        away.setattr(snapshots, "begin_and_read", fail)
        waiting = [await ask(session), await ask(session)]
        failed = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(error) for error in failed] == [ConnectionError] * 2
    assert await (await ask(session)) == 0


async def test_another_companys_session_is_not_there() -> None:
    _, session, _ = await begin()
    globex = await database_sync_to_async(create_tenant)(name="Globex", slug="globex")
    with pytest.raises(Session.DoesNotExist):
        await get_snapshot(tenant_id=globex.pk, session_id=session.pk)
