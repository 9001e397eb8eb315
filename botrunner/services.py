"""Which speech to text, language model and text to speech a bot uses.

One rule, here and nowhere else: with a key set the real provider is used; without one the sandbox, if
`SANDBOX_URL` is set; with neither, a sentence says which variable to set.

To add a service, write its maker below, name it in the registry at the end, and add it to `SERVICES` in
`botrunner.contract`, which is what Django offers. docs/services.md works an example out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from loguru import logger
from openai.types.chat import ChatCompletion
from pipecat.services.azure.llm import AzureLLMService
from pipecat.services.azure.tts import AzureHttpTTSService, AzureTTSService
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.llm_service import LLMService
from pipecat.services.openai.base_llm import BaseOpenAILLMService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language
from pipecat.turns.eager_end_of_turn_mixin import EagerEndOfTurnSTTServiceMixin
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from botrunner.aura import AURA_VOICES, AuraTTSService
from botrunner.contract import SERVICES, BotJob
from botrunner.deepgram import PromptDeepgramSTTService
from botrunner.google_speech import Breaker
from botrunner.gtts import GOOGLE_URL, GTTSService
from botrunner.speech_cache import SpeechCache
from botrunner.speech_text import clean_for_speech

T = TypeVar("T")

LLM_TIMEOUT_SECONDS = 4.0
DEEPGRAM_URL = "https://api.deepgram.com"
OPENAI_URL = "https://api.openai.com/v1"
#: Languages whose sentences end in a blank. developers.deepgram.com, "Punctuation": all others get their marks.
WITHOUT_FULL_STOPS = frozenset({"lo", "th"})
#: A voice that speaks many languages well; the interview's language pins its accent.
AZURE_VOICE = "en-US-AvaMultilingualNeural"

SPOKEN_TEXT: Any = [("*", clean_for_speech)]


class ProviderNotConfigured(RuntimeError):
    """A service cannot be made; the message says what to set."""


@dataclass(frozen=True)
class ProviderSettings:
    """All the environment says about providers. Empty means not set.

    `stt`, `llm` and `tts` name the services used where a job names none; `tts_fallback` the voice that speaks when
    gTTS can't, or `none`. `deepgram_voice` names Aura voices, one a language, whose names end with it.
    """

    sandbox_url: str = ""
    deepgram_api_key: str = ""
    deepgram_url: str = ""
    deepgram_model: str = "nova-3-general"
    deepgram_flux_eager: str = ""
    deepgram_voice: str = ""
    azure_openai_api_key: str = ""
    azure_openai_endpoint: str = ""
    azure_openai_deployment: str = "gpt-4.1"
    azure_openai_api_version: str = ""
    openai_api_key: str = ""
    openai_base_url: str = ""
    openai_model: str = ""
    azure_speech_api_key: str = ""
    azure_speech_region: str = ""
    azure_speech_endpoint: str = ""
    azure_speech_voice: str = AZURE_VOICE
    gtts_url: str = ""
    tts_cache_dir: str = "var/tts-cache"
    stt: str = "deepgram"
    llm: str = "azure"
    tts: str = "gtts"
    tts_fallback: str = "deepgram-aura"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> ProviderSettings:
        """Read each field from the variable of its name in capitals (`stt`, `llm`, `tts`: `STT_SERVICE` ...)."""
        values = {}
        for field in cls.__dataclass_fields__:
            variable = f"{field.upper()}_SERVICE" if field in ("stt", "llm", "tts", "tts_fallback") else field.upper()
            if value := environ.get(variable, "").strip():
                values[field] = value.rstrip("/") if field.endswith(("_url", "_endpoint")) else value
        return cls(**values)

    def sandbox(self, path: str, *, unless: str) -> str:
        """The sandbox's URL for `path`; raises ProviderNotConfigured naming the variable `unless`."""
        if not self.sandbox_url:
            raise ProviderNotConfigured(f"Set {unless}, or SANDBOX_URL to use the local sandbox.")
        return f"{self.sandbox_url}{path}"

    def deepgram(self) -> tuple[str, str]:
        """Deepgram's base URL and key, for whichever of its services."""
        if self.deepgram_api_key:
            return self.deepgram_url or DEEPGRAM_URL, self.deepgram_api_key
        return self.sandbox("/deepgram", unless="DEEPGRAM_API_KEY"), "sandbox"


Maker = Callable[[ProviderSettings, BotJob], T]


def create_stt(settings: ProviderSettings, job: BotJob) -> STTService:
    """Make the job's speech to text. Raises ProviderNotConfigured."""
    return _pick(STT, job.services.get("stt", settings.stt))(settings, job)


def create_llm(settings: ProviderSettings, job: BotJob) -> LLMService[Any]:
    """Make the job's language model. Raises ProviderNotConfigured."""
    llm = _pick(LLM, job.services.get("llm", settings.llm))(settings, job)
    if isinstance(llm, BaseOpenAILLMService):
        _count_inference(llm)
    return llm


def create_tts(settings: ProviderSettings, job: BotJob) -> TTSService:
    """Make the job's voice. Raises ProviderNotConfigured."""
    return _pick(TTS, job.services.get("tts", settings.tts))(settings, job)


def turn_strategies_of(stt: STTService) -> UserTurnStrategies | None:
    """How turns begin and end with a service that says so itself; None where that is for the bot to decide."""
    if isinstance(stt, EagerEndOfTurnSTTServiceMixin):
        return stt.recommended_user_turn_strategies(enable_interruptions=True)
    return None


def ends_sentences(stt: STTService) -> bool:
    """Whether the service is asked to put the marks that end sentences, in a language that has them."""
    if not isinstance(stt, DeepgramSTTService):
        return False
    options: Any = stt._settings
    return options.punctuate is True and _base_of(str(options.language)) not in WITHOUT_FULL_STOPS


# --- Speech to text -----------------------------------------------------------------------------------


def make_deepgram_nova(settings: ProviderSettings, job: BotJob) -> PromptDeepgramSTTService:
    url, key = settings.deepgram()
    options = PromptDeepgramSTTService.Settings(
        model=settings.deepgram_model, language=job.plan.language, punctuate=True
    )
    return PromptDeepgramSTTService(api_key=key, base_url=url, settings=options)


def make_deepgram_flux(settings: ProviderSettings, job: BotJob) -> DeepgramFluxSTTService:
    url, key = settings.deepgram()
    language = _base_of(job.plan.language)
    if not SERVICES["stt"]["deepgram-flux"].knows(language):
        raise ProviderNotConfigured(f"Deepgram Flux does not hear {job.plan.language!r}; choose Deepgram Nova.")
    options = DeepgramFluxSTTService.Settings(model="flux-general-en")
    if language != "en":
        options = DeepgramFluxSTTService.Settings(model="flux-general-multi", language_hints=[Language(language)])
    return DeepgramFluxSTTService(
        api_key=key,
        url=f"{url.replace('http', 'ws', 1)}/v2/listen",
        enable_eager_end_of_turn=bool(settings.deepgram_flux_eager),
        settings=options,
    )


# --- Language models ----------------------------------------------------------------------------------


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
    return AzureLLMService(
        api_key=key,
        endpoint=endpoint,
        api_version=version,
        settings=AzureLLMService.Settings(model=settings.azure_openai_deployment),
        retry_on_timeout=True,
        retry_timeout_secs=LLM_TIMEOUT_SECONDS,
    )


def make_openai_llm(settings: ProviderSettings, job: BotJob) -> OpenAILLMService:
    """OpenAI, or whatever `OPENAI_BASE_URL` speaks its chat completions: Ollama and vLLM need no key."""
    url, key, model = settings.openai_base_url, settings.openai_api_key, settings.openai_model
    if url and not model:
        raise ProviderNotConfigured("Set OPENAI_MODEL to the model that OPENAI_BASE_URL serves.")
    if not url and not key:
        url = settings.sandbox("/openai/v1", unless="OPENAI_API_KEY or OPENAI_BASE_URL")
    return OpenAILLMService(
        api_key=key or "none",
        base_url=url or OPENAI_URL,
        settings=OpenAILLMService.Settings(model=model or "gpt-4.1-mini"),
        retry_on_timeout=True,
        retry_timeout_secs=LLM_TIMEOUT_SECONDS,
    )


def _count_inference(llm: BaseOpenAILLMService) -> None:
    """Report the tokens of replies that are not streamed, such as the summary's: `run_inference` forgets them."""
    completions: Any = llm._client.chat.completions
    create = completions.create

    async def create_and_count(**parameters: Any) -> Any:
        answer = await create(**parameters)
        if isinstance(answer, ChatCompletion) and answer.usage:
            await llm.start_llm_usage_metrics(llm._token_usage(answer.usage))
        return answer

    completions.create = create_and_count


# --- Voices -------------------------------------------------------------------------------------------


def make_gtts(settings: ProviderSettings, job: BotJob) -> GTTSService:
    """Google's endpoint needs no key: `GTTS_URL`, else the sandbox, else Google itself."""
    url = settings.gtts_url or settings.sandbox_url or GOOGLE_URL
    return GTTSService(
        base_url=url,
        language=job.plan.language,
        cache=_open_cache(settings.tts_cache_dir),
        breaker=_open_breaker(url),
        fallback=_make_fallback(settings, job),
    )


def make_aura(settings: ProviderSettings, job: BotJob) -> AuraTTSService:
    url, key = settings.deepgram()
    chosen = {voice.rpartition("-")[2]: voice for voice in settings.deepgram_voice.replace(",", " ").split()}
    voice = (AURA_VOICES | chosen).get(_base_of(job.plan.language), "")
    if not voice:
        raise ProviderNotConfigured(f"Deepgram Aura does not speak {job.plan.language!r}; choose another voice.")
    options = AuraTTSService.Settings(voice=voice)
    return AuraTTSService(api_key=key, base_url=url, settings=options, text_transforms=SPOKEN_TEXT)


def make_azure_speech(settings: ProviderSettings, job: BotJob) -> AzureTTSService:
    return AzureTTSService(**_azure_speech(settings, job), text_transforms=SPOKEN_TEXT)


def make_azure_speech_in_one(settings: ProviderSettings, job: BotJob) -> AzureHttpTTSService:
    """Azure's voice, each text in one piece: later to begin, but able to stand in for another."""
    return AzureHttpTTSService(**_azure_speech(settings, job))


def _azure_speech(settings: ProviderSettings, job: BotJob) -> dict[str, Any]:
    key, region, endpoint = settings.azure_speech_api_key, settings.azure_speech_region, settings.azure_speech_endpoint
    if not key:
        url = settings.sandbox("/azure/speech", unless="AZURE_SPEECH_API_KEY")
        key, endpoint = "sandbox", url.replace("http", "ws", 1)
    elif not region and not endpoint:
        raise ProviderNotConfigured("Set AZURE_SPEECH_REGION, such as westeurope, or AZURE_SPEECH_ENDPOINT.")
    return {
        "api_key": key,
        "region": None if endpoint else region,
        "private_endpoint": endpoint or None,
        "settings": AzureTTSService.Settings(
            voice=settings.azure_speech_voice, language=job.plan.language, force_locale=True
        ),
    }


def _make_fallback(settings: ProviderSettings, job: BotJob) -> TTSService | None:
    """The voice that speaks when Google can't: the one that is set, else another that has a key and the language."""
    if settings.tts_fallback == "none":
        return None
    chosen = _pick(FALLBACK_TTS, settings.tts_fallback)
    for make in (chosen, *(maker for maker in FALLBACK_TTS.values() if maker is not chosen)):
        try:
            return make(settings, job)
        except ProviderNotConfigured as reason:
            logger.info(f"services: not the fallback voice. {reason}")
    return None


def _base_of(tag: str) -> str:
    return tag.split("-")[0].lower()


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


@cache
def _open_breaker(url: str) -> Breaker:
    """One breaker a process: what one bot found out about Google, the others need not."""
    return Breaker()


# --- The registry -------------------------------------------------------------------------------------

STT: dict[str, Maker[STTService]] = {"deepgram": make_deepgram_nova, "deepgram-flux": make_deepgram_flux}
LLM: dict[str, Maker[LLMService[Any]]] = {"azure": make_azure_llm, "openai": make_openai_llm}
TTS: dict[str, Maker[TTSService]] = {
    "gtts": make_gtts,
    "deepgram-aura": make_aura,
    "azure-speech": make_azure_speech,
}
#: Voices that hand their audio back from `run_tts`, so that another service can speak with them.
FALLBACK_TTS: dict[str, Maker[TTSService]] = {"deepgram-aura": make_aura, "azure-speech": make_azure_speech_in_one}
