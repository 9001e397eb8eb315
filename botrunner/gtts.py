"""Google Translate's voice, as a text to speech service of the pipeline."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from loguru import logger
from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language

from botrunner.google_speech import Breaker, GoogleSpeech, SpeechError, google_language
from botrunner.mp3 import LeadTrimmer, Mp3Decoder
from botrunner.speech_cache import SpeechCache, speech_key
from botrunner.speech_text import clean_for_speech

GOOGLE_URL = "https://translate.google.com"
#: Longest wait for audio where another voice can speak: with that one's own start, under two seconds of silence.
PATIENCE_SECONDS = 1.2
#: What a failing endpoint is given before the next text is tried.
PREFETCH_PAUSE_SECONDS = 5.0
#: How often one text is asked for ahead.
PREFETCH_TRIES = 3
SLICE_BYTES = 4096  # about half a second of Google's MP3


@dataclass
class GTTSSettings(TTSSettings):
    """Only `language` is of use: the endpoint has one voice a language."""


class GTTSService(TTSService):
    """Speaks through Google Translate's speech endpoint.

    Long texts are fetched in parallel parts and played in order, decoded while they arrive. A request
    that fails is tried once more; an endpoint that keeps failing is left alone for a while. What Google does
    not say the fallback says; with none, the text still goes downstream, so it can be read, and a non-fatal
    error is pushed. Markdown, addresses of pages and pictures among the words are not read out.

    Texts given to `prefetch` are kept, so they start without waiting for the network.
    """

    Settings = GTTSSettings
    _settings: GTTSSettings

    def __init__(
        self,
        *,
        base_url: str = GOOGLE_URL,
        language: str = "en",
        cache: SpeechCache | None = None,
        fallback: TTSService | None = None,
        breaker: Breaker | None = None,
        timeout: float = 2.0,
        patience: float = PATIENCE_SECONDS,
        prefetch_pause: float = PREFETCH_PAUSE_SECONDS,
        sample_rate: int | None = None,
    ) -> None:
        """Speak `language`, a BCP 47 tag, with audio of fixed texts kept in `cache`.

        `fallback` is a service whose `run_tts` hands its audio back, and is not in the pipeline itself. `timeout`
        is the longest silence borne from one request, in seconds; with a fallback no more than `patience` is
        waited for audio in all. After a text that could not be prefetched the next waits for `prefetch_pause`. Raises
        ValueError for a language Google does not speak.
        """
        google_language(language)
        super().__init__(
            settings=GTTSSettings(model=None, voice=None, language=language),
            sample_rate=sample_rate,
            push_start_frame=True,
            push_stop_frames=True,
            # Both tries may be waited for before a context without audio counts as over.
            stop_frame_timeout_s=2 * timeout + 2,
            # Google may be away for a while and come back; the breaker deals with that.
            max_consecutive_zero_audio_contexts=0,
            text_transforms=[("*", clean_for_speech)],
        )
        self.base_url = base_url.rstrip("/")
        self.fallback = fallback
        self._speech = GoogleSpeech(
            base_url=self.base_url, timeout=timeout, patience=patience if fallback else None, breaker=breaker
        )
        self._cache = cache or SpeechCache(None)
        self._prefetch_pause = prefetch_pause

    def can_generate_metrics(self) -> bool:
        return True

    def language_to_service_language(self, language: Language) -> str:
        return google_language(language)

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        if self.fallback:
            await self.fallback.setup(setup)

    async def cleanup(self) -> None:
        await super().cleanup()
        if self.fallback:
            await self.fallback.cleanup()
        await self._speech.close()

    async def on_turn_context_completed(self) -> None:
        # The base class closes the context only after audio came; without this a failed text would hold
        # up the next one until the context times out.
        self._is_yielding_frames_synchronously = True
        await super().on_turn_context_completed()

    async def prefetch(self, texts: Iterable[str]) -> None:
        """Synthesise texts that will be spoken word for word, one after the other, and keep their audio.

        Never raises for a service that fails: what is missing is synthesised when it is spoken. After a failure the
        next text waits a little, so that an endpoint that is away costs no time-outs in a row; the one that failed has
        its turn again after the others. What another bot of this process is fetching is left to it.
        """
        waiting = deque((written, PREFETCH_TRIES) for written in texts)
        while waiting:
            written, tries = waiting.popleft()
            text = await clean_for_speech(written)
            key = self._key(text)
            if await self._cache.get(key) is not None or key in self._cache.making:
                continue
            self._cache.making.add(key)
            try:
                async with aclosing(self._speech.speak(text, self._language, ahead=True)) as chunks:
                    if mp3 := b"".join([chunk async for chunk in chunks]):
                        await self._cache.put(key, mp3)
            except SpeechError as error:
                logger.warning(f"{self}: not prefetched, {error}")
                if tries > 1:
                    waiting.append((written, tries - 1))
                await asyncio.sleep(self._prefetch_pause)
            finally:
                self._cache.making.discard(key)

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        try:
            async with aclosing(self._decode(self._open(text))) as pieces:
                async for pcm in pieces:
                    await self.stop_ttfb_metrics()
                    yield TTSAudioRawFrame(pcm, self.sample_rate, 1, context_id=context_id)
        except SpeechError as error:
            if self.fallback is None:
                yield ErrorFrame(error=f"Not spoken, only shown: {error}.", category=error.category)
                return
            logger.warning(f"{self}: {error}; {self.fallback} speaks instead")
            async with aclosing(self.fallback.run_tts(error.unsaid or text, context_id)) as frames:
                async for frame in frames:
                    yield frame

    async def _open(self, text: str) -> AsyncGenerator[bytes, None]:
        """The text's MP3, from the cache or from Google."""
        if (mp3 := await self._cache.get(self._key(text))) is not None:
            yield mp3
            return
        await self.start_tts_usage_metrics(text)
        async with aclosing(self._speech.speak(text, self._language)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _decode(self, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """PCM, half a second at a time, which takes half a millisecond. Handing it to a thread took six to nine."""
        decoder, lead = Mp3Decoder(self.sample_rate), LeadTrimmer(self.sample_rate)
        async with aclosing(chunks):
            async for chunk in chunks:
                for start in range(0, len(chunk), SLICE_BYTES):
                    if pcm := lead.trim(decoder.decode(chunk[start : start + SLICE_BYTES])):
                        yield pcm
                    await asyncio.sleep(0)  # whatever else waits goes first
        if pcm := lead.trim(decoder.finish()):
            yield pcm

    @property
    def _language(self) -> str:
        return str(self._settings.language)

    def _key(self, text: str) -> str:
        return speech_key(provider=self.base_url, voice="", language=self._language, text=text)
