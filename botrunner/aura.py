"""Deepgram Aura as a voice of the pipeline, and as the voice that speaks when another can't.

Pipecat has two services for it. What this bot says are whole sentences, so nothing is gained by the one that
streams text over a WebSocket; the one used here hands its audio back, and so can stand in for another.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.deepgram.tts import DeepgramHttpTTSService

TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=4)
#: A voice for each language Aura 2 speaks: developers.deepgram.com, "Voices and Languages".
AURA_VOICES = {
    "en": "aura-2-helena-en",
    "es": "aura-2-celeste-es",
    "fr": "aura-2-agathe-fr",
    "de": "aura-2-viktoria-de",
    "it": "aura-2-livia-it",
    "nl": "aura-2-rhea-nl",
    "ja": "aura-2-izanami-ja",
}


class AuraTTSService(DeepgramHttpTTSService):
    """Pipecat's service with a session of its own, open as long as the service is set up."""

    def __init__(self, **options: Any) -> None:
        # The session belongs to an event loop, so it is opened in `setup`.
        super().__init__(aiohttp_session=None, **options)  # type: ignore[arg-type]

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)

    async def cleanup(self) -> None:
        await super().cleanup()
        if self._session:
            await self._session.close()
