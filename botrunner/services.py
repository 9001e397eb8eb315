"""Which speech to text, language model and text to speech a bot uses.

One rule, here and nowhere else: with a key set the real provider is used; without one the sandbox, if
`SANDBOX_URL` is set; with neither, a sentence says which variable to set.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pipecat.services.azure.llm import AzureLLMService
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from botrunner.contract import BotJob
from botrunner.gtts import GOOGLE_URL, GTTSService
from botrunner.speech_cache import SpeechCache

T = TypeVar("T")

LLM_TIMEOUT_SECONDS = 4.0


class ProviderNotConfigured(RuntimeError):
    """A service cannot be made; the message says what to set."""


@dataclass(frozen=True)
class ProviderSettings:
    """All the environment says about providers. Empty means not set.

    `stt`, `llm` and `tts` name the services used where a job names none.
    """

    sandbox_url: str = ""
    deepgram_api_key: str = ""
    deepgram_url: str = ""
    deepgram_model: str = "nova-3-general"
    azure_openai_api_key: str = ""
    azure_openai_endpoint: str = ""
    azure_openai_deployment: str = "gpt-4.1"
    azure_openai_api_version: str = ""
    gtts_url: str = ""
    tts_cache_dir: str = "var/tts-cache"
    stt: str = "deepgram"
    llm: str = "azure"
    tts: str = "gtts"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> ProviderSettings:
        """Read each field from the variable of its name in capitals (`stt`, `llm` and `tts`: `STT_SERVICE` ...)."""
        values = {}
        for field in cls.__dataclass_fields__:
            variable = f"{field.upper()}_SERVICE" if field in ("stt", "llm", "tts") else field.upper()
            if value := environ.get(variable, "").strip():
                values[field] = value.rstrip("/") if field.endswith(("_url", "_endpoint")) else value
        return cls(**values)

    def sandbox(self, path: str, *, unless: str) -> str:
        """The sandbox's URL for `path`; raises ProviderNotConfigured naming the variable `unless`."""
        if not self.sandbox_url:
            raise ProviderNotConfigured(f"Set {unless}, or SANDBOX_URL to use the local sandbox.")
        return f"{self.sandbox_url}{path}"


Maker = Callable[[ProviderSettings, BotJob], T]


def create_stt(settings: ProviderSettings, job: BotJob) -> STTService:
    """Make the job's speech to text. Raises ProviderNotConfigured."""
    return _pick(STT, job.services.get("stt", settings.stt))(settings, job)


def create_llm(settings: ProviderSettings, job: BotJob) -> LLMService[Any]:
    """Make the job's language model. Raises ProviderNotConfigured."""
    return _pick(LLM, job.services.get("llm", settings.llm))(settings, job)


def create_tts(settings: ProviderSettings, job: BotJob) -> TTSService:
    """Make the job's voice. Raises ProviderNotConfigured."""
    return _pick(TTS, job.services.get("tts", settings.tts))(settings, job)


def make_deepgram_stt(settings: ProviderSettings, job: BotJob) -> DeepgramSTTService:
    url, key = settings.deepgram_url, settings.deepgram_api_key
    if not key:
        url, key = settings.sandbox("/deepgram", unless="DEEPGRAM_API_KEY"), "sandbox"
    options = DeepgramSTTService.Settings(model=settings.deepgram_model, language=job.plan.language)
    return DeepgramSTTService(api_key=key, base_url=url, settings=options)


def make_azure_llm(settings: ProviderSettings, job: BotJob) -> AzureLLMService:
    endpoint, key, version = settings.azure_openai_endpoint, settings.azure_openai_api_key, None
    if not key:
        endpoint, key = settings.sandbox("/azure/openai/v1", unless="AZURE_OPENAI_API_KEY"), "sandbox"
    elif not endpoint:
        raise ProviderNotConfigured("Set AZURE_OPENAI_ENDPOINT to the resource the key belongs to.")
    elif settings.azure_openai_api_version:
        version = settings.azure_openai_api_version
    elif not endpoint.endswith("/openai/v1"):
        endpoint += "/openai/v1"
    options = AzureLLMService.Settings(model=settings.azure_openai_deployment)
    return AzureLLMService(
        api_key=key,
        endpoint=endpoint,
        api_version=version,
        settings=options,
        retry_on_timeout=True,
        retry_timeout_secs=LLM_TIMEOUT_SECONDS,
    )


def make_gtts(settings: ProviderSettings, job: BotJob) -> GTTSService:
    """Google's endpoint needs no key: `GTTS_URL`, else the sandbox, else Google itself."""
    url = settings.gtts_url or settings.sandbox_url or GOOGLE_URL
    return GTTSService(base_url=url, language=job.plan.language, cache=_open_cache(settings.tts_cache_dir))


def _pick(registered: Mapping[str, Maker[T]], name: str) -> Maker[T]:
    try:
        return registered[name]
    except KeyError:
        names = ", ".join(sorted(registered))
        raise ProviderNotConfigured(f"There is no service {name!r}; registered are: {names}.") from None


@cache
def _open_cache(directory: str) -> SpeechCache:
    """One cache a process, so that its bots share what is in memory."""
    return SpeechCache(Path(directory))


STT: dict[str, Maker[STTService]] = {"deepgram": make_deepgram_stt}
LLM: dict[str, Maker[LLMService[Any]]] = {"azure": make_azure_llm}
TTS: dict[str, Maker[TTSService]] = {"gtts": make_gtts}
