"""Listening to a recording in the console: who may, by which ranges, and beside which turns."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from botrunner.contract import Role, TurnAdded
from interviews.domain import relay
from interviews.models import Recording, Session
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.domain.test_recordings import BEGUN, Bot, make_recorded, send_bot

LogIn = Callable[[User], Client]


@pytest.fixture
def bot(acme: Tenant) -> Bot:
    """Twenty seconds are recorded: a hundred bytes of 1, and a hundred of 2."""
    bot = send_bot(make_recorded(acme))
    bot.hold()
    for number in (1, 2):
        bot.bring(number)
    for seq, (role, second) in enumerate(((Role.BOT, 2), (Role.CANDIDATE, 11)), start=10):
        begun = BEGUN + timedelta(seconds=second)
        at = {"started_at": begun, "ended_at": begun + timedelta(seconds=3)}
        with tenant_scope(acme):
            session = Session.objects.get(pk=bot.session_id)
            relay.add_turn(session=session, seq=seq, turn=TurnAdded(role=role, text=f"I am {role}.", **at))
    bot.end()
    bot.assemble()
    return bot


@pytest.fixture
def url(bot: Bot) -> str:
    return f"/admin/recordings/{bot.session_id}"


@pytest.mark.parametrize(
    ("asked", "status", "range_", "body"),
    [
        ("", 200, None, b"\x01" * 100 + b"\x02" * 100),
        ("bytes=0-", 206, "bytes 0-199/200", b"\x01" * 100 + b"\x02" * 100),
        ("bytes=98-101", 206, "bytes 98-101/200", b"\x01\x01\x02\x02"),
        ("bytes=199-", 206, "bytes 199-199/200", b"\x02"),
        ("bytes=190-5000", 206, "bytes 190-199/200", b"\x02" * 10),
        ("bytes=-5", 206, "bytes 195-199/200", b"\x02" * 5),
        ("bytes=200-", 416, "bytes */200", b""),
        ("bytes=-0", 416, "bytes */200", b""),
        ("bytes=-5000", 206, "bytes 0-199/200", b"\x01" * 100 + b"\x02" * 100),
        # RFC 9110 has these ignored.
        ("bytes=5-2", 200, None, b"\x01" * 100 + b"\x02" * 100),
        ("bytes=-", 200, None, b"\x01" * 100 + b"\x02" * 100),
        ("bytes=0-1,5-6", 200, None, b"\x01" * 100 + b"\x02" * 100),
        ("seconds=1-2", 200, None, b"\x01" * 100 + b"\x02" * 100),
    ],
)
def test_a_player_gets_the_range_it_asks_for(
    url: str, reviewer: User, log_in: LogIn, asked: str, status: int, range_: str | None, body: bytes
) -> None:
    answer: Any = log_in(reviewer).get(url, headers={"Range": asked} if asked else {})
    content = async_to_sync(read_stream)(answer) if answer.streaming else answer.content
    assert (answer.status_code, answer.get("Content-Range"), content) == (status, range_, body)
    if status < 400:
        assert (answer["Content-Type"], answer["Accept-Ranges"], answer["Content-Length"]) == (
            "audio/mpeg",
            "bytes",
            str(len(body)),
        )


async def read_stream(answer: Any) -> bytes:
    """Piece by piece, as an ASGI server sends it: an iterator that is not async would be read whole first."""
    assert answer.is_async
    return b"".join([piece async for piece in answer.streaming_content])


def test_only_those_who_may_read_results_listen(
    url: str, client: Client, owner: User, recruiter: User, reviewer: User, viewer: User, outsider: User, log_in: LogIn
) -> None:
    people = [log_in(person) for person in (owner, recruiter, reviewer, viewer, outsider)]
    assert [browser.get(url).status_code for browser in (client, *people)] == [302, 200, 200, 200, 403, 404]


def test_listening_is_written_down_once_and_seeking_is_not(
    url: str, bot: Bot, acme: Tenant, reviewer: User, log_in: LogIn
) -> None:
    browser = log_in(reviewer)
    for asked in ("bytes=0-", "bytes=100-", "bytes=150-199"):
        browser.get(url, headers={"Range": asked})
    browser.head(url)
    with tenant_scope(acme):
        entries = AuditEntry.objects.filter(verb="listened to the recording").values_list("actor", "object_id")
        assert list(entries) == [(reviewer.email, str(bot.session_id))]


def test_listening_to_all_but_the_first_byte_is_written_down_too(
    url: str, acme: Tenant, reviewer: User, log_in: LogIn
) -> None:
    browser = log_in(reviewer)
    for _again in range(2):
        browser.get(url, headers={"Range": "bytes=1-"})
    with tenant_scope(acme):
        assert AuditEntry.objects.filter(verb="listened to the recording").count() == 1


def test_a_recording_is_not_there_before_it_is_whole_or_once_its_file_is_gone(
    url: str, bot: Bot, acme: Tenant, reviewer: User, log_in: LogIn
) -> None:
    browser = log_in(reviewer)
    with tenant_scope(acme):
        Recording.objects.update(state="uploading")
    assert browser.get(url).status_code == 404
    with tenant_scope(acme):
        Recording.objects.update(state="ready")
    bot.recording.file.delete(save=False)
    assert browser.get(url).status_code == 404


def test_the_transcript_knows_where_each_turn_is(bot: Bot, url: str, reviewer: User, log_in: LogIn) -> None:
    page = log_in(reviewer).get(f"/admin/interviews/session/{bot.session_id}/change/").content.decode()
    assert f'data-recording="{bot.session_id}" src="{url}"' in page
    assert f'data-recording="{bot.session_id}" data-start="2.00" data-end="5.00"' in page
    assert f'data-recording="{bot.session_id}" data-start="11.00" data-end="14.00"' in page


def test_a_session_that_was_not_recorded_has_no_player(bot: Bot, acme: Tenant, reviewer: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        Recording.objects.all().delete()
    page = log_in(reviewer).get(f"/admin/interviews/session/{bot.session_id}/change/").content.decode()
    assert ("I am candidate." in page, "<audio" in page, "vv-turn__play" in page) == (True, False, False)
