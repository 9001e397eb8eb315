"""`python -m bench.live_page`: how soon open live pages see what an interview has committed, and how they catch up.

200 pages of one company's owner watch, half of them the same interview and half the wall, over real WebSockets to the
web server as the image starts it. The interview's bot reports a turn at a time through the domain's relay; the time
runs from the begin of its transaction to each page's message. Then every page of the interview is cut off while turns
go on, comes back all at once, is sent the snapshot, and has to know each turn. The client shares the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx
import websockets
from channels.db import database_sync_to_async

from bench.latency import percentile
from bench.servers import django_servers, web_server

if TYPE_CHECKING:
    from interviews.domain.relay import RelayLease
    from interviews.models import Session

#: Seconds that a page is waited for.
PATIENCE = 30.0


@dataclass
class Page:
    """One open page: the numbers it has seen, and when each came, on the clock of `time.monotonic`."""

    url: str
    cookie: str
    seen: dict[int, float] = field(default_factory=dict)
    #: The wall's messages, which name no number.
    news: list[float] = field(default_factory=list)
    #: What stood when it opened last, and when it came.
    snapshot: dict[str, Any] = field(default_factory=dict)
    told_at: float = 0.0
    socket: Any = None

    async def open(self) -> None:
        headers = {"Cookie": self.cookie, "Origin": self.url.replace("ws://", "http://").split("/ws/")[0]}
        self.socket = await websockets.connect(self.url, additional_headers=headers, proxy=None, open_timeout=PATIENCE)

    async def read(self) -> None:
        try:
            async for text in self.socket:
                message = json.loads(text)
                if message["type"] == "frame" and message["frame"]["seq"] is not None:
                    self.seen[message["frame"]["seq"]] = time.monotonic()
                elif message["type"] == "news":
                    self.news.append(time.monotonic())
                elif message["type"] == "snapshot":
                    self.snapshot, self.told_at = message["snapshot"], time.monotonic()
        except websockets.ConnectionClosed:
            return


@dataclass
class Interview:
    """What the bot of a running session reports, and when each turn came to be committed."""

    lease: RelayLease
    session: Session
    last: int = 0
    reported: dict[int, float] = field(default_factory=dict)

    @database_sync_to_async
    def speak(self) -> None:
        from django.utils import timezone

        from botrunner.contract import Role, TurnAdded
        from interviews.domain import relay
        from tests.interviews.factories import frame

        now = timezone.now()
        self.last += 1
        turn = TurnAdded(role=Role.CANDIDATE, text=f"This is sentence {self.last}.", started_at=now, ended_at=now)
        self.reported[self.last] = time.monotonic()
        relay.store_frames(lease=self.lease, frames=[frame(self.last, turn)])


async def wait_for(pages: Iterable[Page], knows: Callable[[Page], bool]) -> int:
    """Until each page does; how many never did."""
    deadline = time.monotonic() + PATIENCE
    # One look at all of them is simpler than an event for each.
    while (late := sum(not knows(page) for page in pages)) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return late


async def run(base_url: str, cookie: str, interview: Interview, *, sockets: int, turns: int, pause: float) -> None:
    where = base_url.replace("http://", "ws://") + "/ws/live/"
    watching = [Page(f"{where}{interview.session.pk}/", cookie) for _ in range(sockets - sockets // 2)]
    walls = [Page(where, cookie) for _ in range(sockets // 2)]
    readers: dict[int, asyncio.Task[None]] = {}

    async def open_all(pages: list[Page], stack: AsyncExitStack) -> None:
        for page in pages:
            await page.open()
            stack.push_async_callback(page.socket.close)
            readers[id(page)] = asyncio.create_task(page.read())

    async with AsyncExitStack() as stack:
        await open_all([*watching, *walls], stack)
        for _ in range(turns):
            await interview.speak()
            await asyncio.sleep(pause)
        late = await wait_for(watching, lambda page: interview.last in page.seen)
        delays = [at - interview.reported[seq] for page in watching for seq, at in page.seen.items()]
        missed = turns * len(watching) - len(delays)
        told = [len(page.news) for page in walls]
        describe("commit and way to the page", delays, f"{missed} messages missing, {late} pages late")
        print(
            f"The wall: each of {len(walls)} pages had between {min(told)} and {max(told)} messages of {turns} turns."
        )

        await asyncio.gather(*(page.socket.close() for page in watching))
        for _ in range(5):
            await interview.speak()
        began = time.monotonic()

        async def return_to(page: Page) -> None:
            await page.open()
            stack.push_async_callback(page.socket.close)
            readers[id(page)] = asyncio.create_task(page.read())

        await asyncio.gather(*(return_to(page) for page in watching))
        lost = await wait_for(watching, lambda page: page.told_at > began)
        await interview.speak()
        late = await wait_for(watching, lambda page: interview.last in page.seen)
        behind = sum(len(page.snapshot["turns"]) != interview.last - 1 for page in watching)
        converged = [page.told_at - began for page in watching]
        describe(
            "back to the present state",
            converged,
            f"{lost} pages without it, {behind} behind, {late} without the next turn",
        )
    await asyncio.gather(*readers.values())


def describe(what: str, seconds: list[float], note: str) -> None:
    p50, p95 = 1000 * median(seconds), 1000 * percentile(seconds, 0.95)
    print(f"{what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {1000 * max(seconds):.0f} ms, n {len(seconds):,}; {note}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.live_page", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two turns")
    arguments = parser.parse_args()
    folder = Path("var/bench/live_page")
    before = os.getloadavg()[0]
    with django_servers(folder) as servers:
        from bench import company
        from tests.interviews.factories import open_relay

        tenant, _beside = company.found_companies()
        session, job = company.begin_interview(tenant)
        interview = Interview(open_relay(job), session)
        cookie = company.log_in("owner@harbour-light.example")
        with web_server(folder, servers) as base_url:
            # Whoever watches has opened a page before, and with it chosen the company to work for.
            httpx.get(f"{base_url}/admin/live/list", headers={"Cookie": cookie}, trust_env=False).raise_for_status()
            asyncio.run(
                run(
                    base_url,
                    cookie,
                    interview,
                    sockets=arguments.sockets,
                    turns=arguments.turns,
                    pause=arguments.pause,
                )
            )
    print(f"Load of the machine, 1 min: {before:.1f} before; {os.cpu_count()} cores, one web process")


if __name__ == "__main__":
    main()
