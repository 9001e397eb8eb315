"""Requests to addresses that somebody else has named: webhooks, and the answers to ATSs.

The name is resolved once, the address is checked, and the connection goes to that very address (so a name that resolves
differently the next moment helps nobody); no redirect is followed, the answer is cut, and the whole exchange has one
deadline, however slowly the other side drips. The list of forbidden ranges is requests-hardened's, which is kept up to
date; the exchange is httpx's, whose time-out can cut a connection at any point.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import httpx
import requests
from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils import timezone
from requests_hardened.ip_filter import filter_host

from interviews.domain.tls import trusted_certificates

SECONDS = 15.0
#: Connections to one address at most.
AT_ONCE = 10
#: Bytes of the answer that are read at most.
MAX_ANSWER = 16_384
#: All that has been given out for use in the open; the list of forbidden ranges lacks some of what is outside.
#: Source: IANA, IPv6 address space.
PUBLIC_IPV6 = ip_network("2000::/3")
INSIDE = "The name leads to an address that must not be called."
HEADERS = {"User-Agent": "Vivavoce/1", "Accept-Encoding": "identity"}

#: Body and headers.
Message = tuple[bytes, Mapping[str, str]]


class AddressRefused(ValueError):
    """This address must not be called; the message says why."""


@dataclass(frozen=True)
class Answer:
    """`status` is None when there was none in time; then `error` says why in a few words."""

    status: int | None
    text: str
    error: str
    seconds: float
    retry_after: float | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def check_address(url: str) -> None:
    """Refuse what can be refused without asking the network. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")  # Looking up a name with an empty or an endless part would raise.
    except ValueError:
        raise AddressRefused("This is no address. Write it like https://example.com/hook.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressRefused("This is no address. Write it like https://example.com/hook.")
    if parts.username or parts.password:
        raise AddressRefused("Leave user name and password out of the address.")
    if is_allowed(parts.hostname, port or (443 if parts.scheme == "https" else 80)):
        return
    if parts.scheme != "https":
        raise AddressRefused("The address must begin with https://.")


def is_allowed(host: str, port: int) -> bool:
    """Whether the installation names this very host and port as its own, such as a receiver of a test."""
    return f"{host}:{port}" in settings.OUTBOUND_ALLOWED


def send(
    *, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None, seconds: float = SECONDS
) -> Answer:
    """Make the request, outside any tenant's scope. Never raises for what the other side does."""
    [answer] = send_all(method=method, url=url, messages=iter([(body, headers or {})]), seconds=seconds)
    return answer


def send_all(*, method: str, url: str, messages: Iterator[Message], seconds: float = SECONDS) -> list[Answer]:
    """Send these to one address, over at most AT_ONCE connections; an answer for each, in their order.

    The next message is asked for when it can go out at once, so the iterator ends the sending when it ends.
    """
    return async_to_sync(_send_all)(method, url, messages, seconds)


async def _send_all(method: str, url: str, messages: Iterator[Message], seconds: float) -> list[Answer]:
    answers: dict[int, Answer] = {}
    numbered = enumerate(messages)
    address = asyncio.ensure_future(_find_address(url))
    # Each message has a deadline of its own, over all that it takes.
    no_timeout = httpx.Timeout(None)
    async with httpx.AsyncClient(
        verify=trusted_certificates(trust_env=False), trust_env=False, timeout=no_timeout
    ) as client:

        async def send_in_turn() -> None:
            for number, (body, headers) in numbered:
                answers[number] = await _send_one(client, method, url, address, body, headers, seconds)

        await asyncio.gather(*(send_in_turn() for _ in range(AT_ONCE)))
    address.cancel()
    return [answers[number] for number in sorted(answers)]


async def _send_one(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    address: asyncio.Future[str],
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
) -> Answer:
    began = time.monotonic()

    def failed(error: str) -> Answer:
        return Answer(status=None, text="", error=error[:200], seconds=time.monotonic() - began)

    try:
        async with asyncio.timeout(seconds):
            response, text = await _exchange(client, method, url, await asyncio.shield(address), body, headers)
    except TimeoutError:
        return failed(f"no answer within {seconds:g} s")
    except AddressRefused as error:
        return failed(str(error))
    except (requests.RequestException, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return failed(f"{type(error).__name__}: {error}")
    return Answer(
        status=response.status_code,
        text=text,
        error="",
        seconds=time.monotonic() - began,
        retry_after=read_retry_after(response.headers.get("Retry-After", ""), now=timezone.now()),
    )


def read_retry_after(text: str, *, now: datetime) -> float | None:
    """In seconds, from now on. It may be a date, too. Source: RFC 9110, section 10.2.3."""
    if text.isdecimal():
        return float(text) if len(text) < 7 else None
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


async def _find_address(url: str) -> str:
    """The IP address that the URL's name leads to. Raises AddressRefused where it must not be called."""
    check_address(url)
    parsed = httpx.URL(url)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    allow_loopback = is_allowed(parsed.host, port)
    try:
        address = await asyncio.to_thread(filter_host, parsed.host, port, allow_loopback=allow_loopback)
    except requests.RequestException as error:
        if isinstance(error, requests.ConnectionError):
            raise AddressRefused("The name could not be resolved.") from None
        raise AddressRefused(INSIDE) from None
    address = address.strip("[]")
    found = ip_address(address)
    if isinstance(found, IPv6Address) and not found.is_loopback and found not in PUBLIC_IPV6:
        raise AddressRefused(INSIDE)  # fec0::/10, or one that carries an IPv4 address, such as ::127.0.0.1
    return address


async def _exchange(
    client: httpx.AsyncClient, method: str, url: str, address: str, body: bytes, headers: Mapping[str, str]
) -> tuple[httpx.Response, str]:
    parsed = httpx.URL(url)
    async with client.stream(
        method,
        parsed.copy_with(host=address),
        follow_redirects=False,
        content=body,
        headers={**HEADERS, **headers, "Host": parsed.netloc.decode("ascii")},
        extensions={"sni_hostname": parsed.host},
    ) as response:
        read = b""
        async for piece in response.aiter_raw():
            read += piece
            if len(read) >= MAX_ANSWER:
                break
        return response, read_text(read[:MAX_ANSWER], encoding=response.headers.get("Content-Encoding", ""))


def read_text(body: bytes, *, encoding: str) -> str:
    """The beginning of an answer; unpacked where it came as gzip or deflate all the same, to MAX_ANSWER bytes."""
    if encoding.strip().lower() in ("gzip", "x-gzip", "deflate"):
        with suppress(zlib.error):
            # Sees by itself whether the header is gzip's or zlib's. Source: zlib's manual, inflateInit2.
            body = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(body, MAX_ANSWER)
    return body.decode(errors="replace")
