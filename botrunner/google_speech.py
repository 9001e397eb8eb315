"""Google Translate's speech endpoint, asked the way the gTTS library asks it, without blocking.

The request bodies are gTTS's own (`get_bodies`), at most 100 characters each; a longer text is several
requests, sent in parallel and handed on in order. The answer is Google's batchexecute stream, in which the
audio is a base64 string after the name of the remote procedure.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import ssl
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import cache
from urllib.parse import parse_qs

import httpx
from gtts import gTTS
from gtts.lang import tts_langs
from pipecat.utils.errors import ErrorCategory

PARALLEL_PARTS = 4
#: The same for what is not to be heard yet, beside the above: nobody who is to be heard waits for it.
PARALLEL_PARTS_AHEAD = 2
RETRY_PAUSE_SECONDS = 0.2
RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
KEEPALIVE_SECONDS = 120.0

_AUDIO_OPENS = re.compile(rb'jQ1olc","\[\\"')
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ALIASES = {"he": "iw", "jv": "jw", "nb": "no", "nn": "no", "fil": "tl", "cmn": "zh-CN", "zh-hans": "zh-CN"}


class SpeechError(Exception):
    """Google gave no audio. The message says why in a sentence; `category` is never a permanent one.

    `unsaid` is what is left of the text, from the part on that failed.
    """

    def __init__(self, sentence: str, category: ErrorCategory, *, retry: bool = False, unsaid: str = "") -> None:
        super().__init__(sentence)
        self.category = category
        self.retry = retry
        self.unsaid = unsaid


class Breaker:
    """Stops asking a provider that keeps failing.

    Opens after `failures` failures in a row. Once `cooldown` seconds have passed, one request is let
    through in each further `cooldown`; the first success closes it.
    """

    def __init__(
        self, *, failures: int = 4, cooldown: float = 15.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._cooldown = cooldown
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0

    def allow(self) -> bool:
        if self._failures < self._limit:
            return True
        if self._clock() < self._closed_until:
            return False
        self._closed_until = self._clock() + self._cooldown
        return True

    def succeed(self) -> None:
        self._failures = 0

    def fail(self) -> None:
        self._failures += 1
        if self._failures == self._limit:
            self._closed_until = self._clock() + self._cooldown


class GoogleSpeech:
    """One client of the speech endpoint.

    `timeout` is the longest silence borne from one request, `patience` the longest wait for audio, tries and all;
    both in seconds.
    """

    def __init__(
        self, *, base_url: str, timeout: float = 2.0, patience: float | None = None, breaker: Breaker | None = None
    ) -> None:
        self._patience = patience
        self._breaker = breaker or Breaker()
        self._slots = asyncio.Semaphore(PARALLEL_PARTS)
        self._slots_ahead = asyncio.Semaphore(PARALLEL_PARTS_AHEAD)
        limits = httpx.Limits(keepalive_expiry=KEEPALIVE_SECONDS)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers=gTTS.GOOGLE_TTS_HEADERS,
            timeout=timeout,
            limits=limits,
            verify=_trusted_certificates(),
        )

    async def speak(self, text: str, language: str, *, ahead: bool = False) -> AsyncGenerator[bytes, None]:
        """Yield `text` as MP3, in order and as it arrives; nothing for a text without a word in it.

        `ahead` says that nobody waits for it.

        Closing the iterator drops what is still under way. Raises SpeechError, maybe after some audio.
        """
        bodies = build_bodies(text, language)
        if not bodies:
            return
        if not self._breaker.allow():
            sentence = "the voice service keeps failing and is given a rest"
            raise SpeechError(sentence, ErrorCategory.CONNECTIVITY, unsaid=text)
        parts = [asyncio.Queue[bytes | SpeechError | None]() for _ in bodies]
        slots, patience = (self._slots_ahead, None) if ahead else (self._slots, self._patience)
        tasks = [asyncio.create_task(self._fetch(body, part, slots)) for body, part in zip(bodies, parts, strict=True)]
        try:
            for number, part in enumerate(parts):
                while (item := await self._next(part, patience)) is not None:
                    if isinstance(item, SpeechError):
                        item.unsaid = " ".join(read_text(body) for body in bodies[number:])
                        raise item
                    yield item
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        await self._client.aclose()

    async def _next(
        self, part: asyncio.Queue[bytes | SpeechError | None], patience: float | None
    ) -> bytes | SpeechError | None:
        try:
            async with asyncio.timeout(patience):
                return await part.get()
        except TimeoutError:
            self._breaker.fail()
            return _silence()

    async def _fetch(
        self, body: str, part: asyncio.Queue[bytes | SpeechError | None], slots: asyncio.Semaphore
    ) -> None:
        """Put one part's MP3 into `part`, then None; or a SpeechError. Asks twice at most."""
        received = 0
        async with slots:
            for attempt in (1, 2):
                position = 0
                try:
                    async with aclosing(self._request(body)) as chunks:
                        async for chunk in chunks:
                            new = chunk[max(0, received - position) :]
                            position += len(chunk)
                            received = max(received, position)
                            if new:
                                part.put_nowait(new)
                except SpeechError as error:
                    self._breaker.fail()
                    if attempt == 2 or not error.retry:
                        part.put_nowait(error)
                        return
                    await asyncio.sleep(RETRY_PAUSE_SECONDS)
                else:
                    self._breaker.succeed()
                    part.put_nowait(None)
                    return

    async def _request(self, body: str) -> AsyncGenerator[bytes, None]:
        audio = AudioExtractor()
        try:
            async with self._client.stream("POST", "/_/TranslateWebserverUi/data/batchexecute", content=body) as answer:
                if answer.status_code != 200:
                    raise _refusal(answer.status_code)
                async for chunk in answer.aiter_bytes():
                    if mp3 := audio.feed(chunk):
                        yield mp3
        except httpx.TimeoutException:
            raise _silence() from None
        except httpx.HTTPError as error:
            sentence = f"the voice service could not be reached ({type(error).__name__})"
            raise SpeechError(sentence, ErrorCategory.CONNECTIVITY, retry=True) from error
        if mp3 := audio.finish():
            yield mp3
        if not audio.found:
            raise SpeechError("the voice service sent no audio for this text", ErrorCategory.SERVER)


class AudioExtractor:
    """Takes Google's answer as it arrives and returns the MP3 in it."""

    def __init__(self) -> None:
        self.found = False
        self._ended = False
        self._pending = b""

    def feed(self, chunk: bytes) -> bytes:
        if self._ended:
            return b""
        self._pending += chunk
        if not self.found:
            opening = _AUDIO_OPENS.search(self._pending)
            if not opening:
                return b""
            self.found = True
            self._pending = self._pending[opening.end() :]
        if end := _NOT_BASE64.search(self._pending):
            self._ended = True
            self._pending = self._pending[: end.start()]
            return b""
        whole = len(self._pending) // 4 * 4
        complete, self._pending = self._pending[:whole], self._pending[whole:]
        return base64.b64decode(complete)

    def finish(self) -> bytes:
        """Return the last bytes; their padding may be missing or escaped."""
        if not self.found:
            return b""
        kept = self._pending if len(self._pending) % 4 != 1 else self._pending[:-1]
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def build_bodies(text: str, language: str) -> list[str]:
    """gTTS's request bodies for `text`; none when gTTS finds nothing to say in it."""
    try:
        bodies: list[str] = gTTS(text, lang=language, lang_check=False).get_bodies()
    except AssertionError:  # how gTTS says that only punctuation is left
        return []
    return bodies


def read_text(body: str) -> str:
    """The text in one of gTTS's request bodies."""
    [[[_, parameters, _, _]]] = json.loads(parse_qs(body)["f.req"][0])
    return str(json.loads(parameters)[0])


def google_language(tag: str) -> str:
    """The name gTTS lists for a BCP 47 tag: itself, else its plain language.

    Raises ValueError for a language Google does not speak.
    """
    spoken = {name.lower(): name for name in tts_langs()}
    lowered = tag.lower()
    for candidate in (
        lowered,
        _ALIASES.get(lowered, ""),
        lowered.split("-")[0],
        _ALIASES.get(lowered.split("-")[0], ""),
    ):
        if found := spoken.get(candidate.lower()):
            return found
    raise ValueError(f"Google does not speak {tag!r}; gTTS lists the languages it does")


@cache
def _trusted_certificates() -> ssl.SSLContext:
    """Loaded once a process: it takes tens of milliseconds, which other interviews would hear."""
    return httpx.create_ssl_context()


def _silence() -> SpeechError:
    return SpeechError("the voice service did not answer", ErrorCategory.CONNECTIVITY, retry=True)


def _refusal(status: int) -> SpeechError:
    category = ErrorCategory.RATE_LIMIT if status == 429 else ErrorCategory.SERVER
    return SpeechError(f"the voice service answered {status}", category, retry=status in RETRIED_STATUSES)
