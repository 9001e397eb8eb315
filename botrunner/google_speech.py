"""Google Translate's speech endpoint, asked the way the gTTS library asks it, without blocking.

The request bodies are gTTS's own (`get_bodies`), at most 100 characters each; a longer text is several
requests, sent in parallel and handed on in order. The answer is Google's batchexecute stream, in which the
audio is a base64 string after the name of the remote procedure.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import cache

import httpx
from gtts import gTTS
from gtts.lang import tts_langs
from pipecat.utils.errors import ErrorCategory

PARALLEL_PARTS = 4
RETRY_PAUSE_SECONDS = 0.2
RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
KEEPALIVE_SECONDS = 120.0

_AUDIO_OPENS = re.compile(rb'jQ1olc","\[\\"')
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ALIASES = {"he": "iw", "jv": "jw", "nb": "no", "nn": "no", "fil": "tl", "cmn": "zh-CN", "zh-hans": "zh-CN"}


class SpeechError(Exception):
    """Google gave no audio. The message says why in a sentence; `category` is never a permanent one."""

    def __init__(self, sentence: str, category: ErrorCategory, *, retry: bool = False) -> None:
        super().__init__(sentence)
        self.category = category
        self.retry = retry


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
    """One client of the speech endpoint. `timeout` is the longest silence borne, in seconds."""

    def __init__(self, *, base_url: str, timeout: float = 2.0, breaker: Breaker | None = None) -> None:
        self._breaker = breaker or Breaker()
        self._slots = asyncio.Semaphore(PARALLEL_PARTS)
        limits = httpx.Limits(keepalive_expiry=KEEPALIVE_SECONDS)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers=gTTS.GOOGLE_TTS_HEADERS,
            timeout=timeout,
            limits=limits,
            verify=_trusted_certificates(),
        )

    async def speak(self, text: str, language: str) -> AsyncGenerator[bytes, None]:
        """Yield `text` as MP3, in order and as it arrives; nothing for a text without a word in it.

        Closing the iterator drops what is still under way. Raises SpeechError, maybe after some audio.
        """
        bodies = build_bodies(text, language)
        if not bodies:
            return
        if not self._breaker.allow():
            raise SpeechError("the voice service keeps failing and is given a rest", ErrorCategory.CONNECTIVITY)
        parts = [asyncio.Queue[bytes | SpeechError | None]() for _ in bodies]
        tasks = [asyncio.create_task(self._fetch(body, part)) for body, part in zip(bodies, parts, strict=True)]
        try:
            for part in parts:
                while (item := await part.get()) is not None:
                    if isinstance(item, SpeechError):
                        raise item
                    yield item
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        await self._client.aclose()

    async def _fetch(self, body: str, part: asyncio.Queue[bytes | SpeechError | None]) -> None:
        """Put one part's MP3 into `part`, then None; or a SpeechError. Asks twice at most."""
        received = 0
        async with self._slots:
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
            raise SpeechError("the voice service did not answer", ErrorCategory.CONNECTIVITY, retry=True) from None
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


def _refusal(status: int) -> SpeechError:
    category = ErrorCategory.RATE_LIMIT if status == 429 else ErrorCategory.SERVER
    return SpeechError(f"the voice service answered {status}", category, retry=status in RETRIED_STATUSES)
