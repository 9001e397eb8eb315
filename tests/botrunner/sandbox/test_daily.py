"""The sandbox's Daily, spoken to by Pipecat's own REST helper and runner."""

from __future__ import annotations

import aiohttp
import pytest
from pipecat.runner.daily import configure
from pipecat.transports.daily.utils import DailyRESTHelper, DailyRoomParams

from tests.botrunner.conftest import Sandbox


async def test_the_runner_configures_a_room_and_a_token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILY_API_URL", f"{sandbox.url}/daily/v1")
    monkeypatch.delenv("DAILY_ROOM_URL", raising=False)
    async with aiohttp.ClientSession() as session:
        room = await configure(session, api_key="any")
    events = {entry["event"]: entry for entry in sandbox.log("daily")}
    assert room.room_url == f"{sandbox.url}/{events['room']['name']}"
    assert events["token"]["properties"]["room_name"] == events["room"]["name"]
    assert len(room.token.split(".")) == 3


async def test_rooms_can_be_found_and_deleted(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        daily = DailyRESTHelper(daily_api_key="any", daily_api_url=f"{sandbox.url}/daily/v1", aiohttp_session=session)
        room = await daily.create_room(DailyRoomParams(name="interview", privacy="private"))
        assert (room.name, room.privacy, room.url) == ("interview", "private", f"{sandbox.url}/interview")
        assert await daily.get_room_from_url(room.url) == room
        with pytest.raises(Exception, match="already exists"):
            await daily.create_room(DailyRoomParams(name="interview"))
        assert await daily.delete_room_by_url(room.url)
        with pytest.raises(Exception, match="Room not found"):
            await daily.get_room_from_url(room.url)


async def test_a_room_needs_a_key_and_may_fail(sandbox: Sandbox) -> None:
    sandbox.fail("daily", "status", status=503)
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{sandbox.url}/daily/v1/rooms", headers={"Authorization": "Bearer k"}) as answer:
            assert answer.status == 503
        async with session.post(f"{sandbox.url}/daily/v1/rooms") as answer:
            assert answer.status == 401
