"""Calls to addresses that others name go where they may, and nowhere else."""

import gzip
import socket
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django.fixtures import Settings

from interviews.domain import outbound
from tests.interviews.domain.receiver import Receiver, receiving, resolving_to

FORBIDDEN = {
    "loopback": "127.0.0.1",
    "loopback, IPv6": "::1",
    "loopback, mapped": "::ffff:127.0.0.1",
    "any": "0.0.0.0",  # noqa: S104 (an address to refuse)
    "private, 10": "10.1.2.3",
    "private, 172": "172.16.0.1",
    "private, 192": "192.168.1.1",
    "unique local": "fd00::1",
    "site local": "fec0::1",
    "carrier-grade NAT": "100.64.0.1",
    "link-local": "169.254.10.10",
    "cloud metadata": "169.254.169.254",
    "link-local, IPv6": "fe80::1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64, local use": "64:ff9b:1::7f00:1",
    "compatible with IPv4": "::127.0.0.1",
    "translated to IPv4": "::ffff:0:127.0.0.1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "6to4": "2002:7f00:1::",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.1",
    "multicast, IPv6": "ff02::1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
}


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.OUTBOUND_ALLOWED = [receiver.netloc]
        yield receiver


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to(FORBIDDEN[name]))
    answer = outbound.send(method="POST", url="https://hook.example/", body=b"{}")
    assert (answer.status, answer.error) == (None, "The name leads to an address that must not be called.")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com:99999/",
        "javascript:alert(1)",
        "//example.com",
        "",
        "https://a..b/",
        f"https://{64 * 'a'}.example/",
    ],
)
def test_what_is_no_proper_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(outbound.AddressRefused):
        outbound.check_address(url)


@pytest.mark.parametrize("url", ["https://[::1]/", "https://127.0.0.1/", "https://2130706433/", "https://localhost/"])
def test_an_address_written_out_is_not_called_either(url: str) -> None:
    assert outbound.send(method="POST", url=url).status is None


def test_the_address_that_was_checked_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver, settings: Settings
) -> None:
    """A name that answers with another address the second time gains nothing: it is asked once."""
    port = receiver.netloc.split(":")[1]
    settings.OUTBOUND_ALLOWED = [f"rebinding.example:{port}"]
    asked = []
    honest = resolving_to("127.0.0.1", "10.0.0.1")

    def getaddrinfo(host: str, *args: object, **kwargs: object) -> object:
        if host == "rebinding.example":
            asked.append(host)
            return honest(host, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, args[0]))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    answer = outbound.send(method="POST", url=f"http://rebinding.example:{port}/hook", body=b"{}")
    assert (answer.status, asked, receiver.taken[0].headers["host"]) == (
        200,
        ["rebinding.example"],
        f"rebinding.example:{port}",
    )


def test_an_answer_comes_back_cut(receiver: Receiver) -> None:
    receiver.answer(200, 100_000 * b"x")
    answer = outbound.send(method="PUT", url=receiver.url, body=b"{}", headers={"X-Mine": "1"})
    assert (answer.status, len(answer.text), answer.is_success) == (200, outbound.MAX_ANSWER, True)
    assert (receiver.taken[0].method, receiver.taken[0].headers["x-mine"]) == ("PUT", "1")


def test_an_answer_that_was_packed_unasked_is_read(receiver: Receiver) -> None:
    """And no more of it than of any other."""
    for text in (b"no, \xc3\xa4", 100_000 * b"x"):
        for packed, encoding in ((gzip.compress(text), "gzip"), (zlib.compress(text), "deflate")):
            receiver.answer(500, packed, Content_Encoding=encoding)
            answer = outbound.send(method="POST", url=receiver.url)
            assert answer.text == text[: outbound.MAX_ANSWER].decode()
    assert {taken.headers["accept-encoding"] for taken in receiver.taken} == {"identity"}


def test_an_answer_that_only_claims_to_be_packed_is_taken_as_it_is(receiver: Receiver) -> None:
    receiver.answer(200, b"plain", Content_Encoding="gzip")
    assert outbound.send(method="POST", url=receiver.url).text == "plain"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("Sun, 06 Nov 2050 08:49:37 GMT", 100),
        ("Sunday, 06-Nov-50 08:49:37 GMT", 100),
        ("Sun Nov  6 08:49:37 2050", 100),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("12345678", None),
        ("soon", None),
        ("-1", None),
        ("", None),
    ],
)
def test_a_receiver_says_when_to_come_again_in_seconds_or_by_a_date(text: str, seconds: float | None) -> None:
    assert outbound.read_retry_after(text, now=datetime(2050, 11, 6, 8, 47, 57, tzinfo=UTC)) == seconds


def test_a_redirect_is_an_answer_and_no_way(receiver: Receiver) -> None:
    receiver.answer(302, Location="http://169.254.169.254/")
    answer = outbound.send(method="POST", url=receiver.url)
    assert (answer.status, answer.is_success, len(receiver.taken)) == (302, False, 1)


def test_a_name_that_cannot_be_looked_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one that was let in before it was refused."""

    def getaddrinfo(host: str, *args: object, **kwargs: object) -> object:
        return host.encode("idna")

    monkeypatch.setattr(outbound, "check_address", lambda url: None)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    answer = outbound.send(method="POST", url="https://a..b/")
    assert (answer.status, answer.error.startswith("UnicodeError: ")) == (None, True)


def test_who_drips_is_cut_off(receiver: Receiver) -> None:
    receiver.drip = 0.1
    answer = outbound.send(method="POST", url=receiver.url, seconds=0.5)
    assert (answer.status, answer.error) == (None, "no answer within 0.5 s")


def test_nobody_there_is_said(settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        netloc = f"127.0.0.1:{closed.getsockname()[1]}"
    settings.OUTBOUND_ALLOWED = [netloc]
    answer = outbound.send(method="POST", url=f"http://{netloc}/")
    assert (answer.status, "ConnectError" in answer.error) == (None, True)
