"""Whom pipecat's evals ask to judge and to play a candidate: the same model as the bot's. And the candidate's voice."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from pipecat.frames.frames import Frame, TTSAudioRawFrame
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

from botrunner.default_plan import default_job
from botrunner.sandbox.voice import speak_pcm
from botrunner.services import ProviderSettings, create_llm


def make_model(block: dict[str, Any]) -> LLMService[Any]:
    """`factory:` of a judge's and of a simulated candidate's block. Raises ProviderNotConfigured."""
    return create_llm(ProviderSettings.from_env(), default_job())


class EspeakTTSService(TTSService):
    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        yield TTSAudioRawFrame(speak_pcm(text, "en", self.sample_rate), self.sample_rate, 1)


def make_voice(block: dict[str, Any]) -> TTSService:
    """`factory:` of a user's speech."""
    return EspeakTTSService(settings=TTSSettings(model=None, voice=None, language=None))
