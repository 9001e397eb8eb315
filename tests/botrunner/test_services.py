from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from pipecat.services.ai_service import AIService
from pipecat.services.azure.tts import AzureHttpTTSService, AzureTTSService
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.turns.user_turn_strategies import EagerUserTurnStrategies, ExternalUserTurnStrategies

from botrunner import services
from botrunner.aura import AURA_VOICES, AuraTTSService
from botrunner.contract import SERVICES, BotJob, InterviewPlan, Persona, PlannedQuestion, ServiceOffer
from botrunner.gtts import GTTSService
from botrunner.services import (
    ProviderNotConfigured,
    ProviderSettings,
    create_llm,
    create_stt,
    create_tts,
    ends_sentences,
    turn_strategies_of,
)

SANDBOX = {"SANDBOX_URL": "http://127.0.0.1:9/"}


def job(*, language: str = "en", **services: str) -> BotJob:
    plan = InterviewPlan(
        title="Nurse",
        language=language,
        persona=Persona(company="Acme"),
        intro="Hello.",
        disclosure="I am an AI.",
        outro="Bye.",
        questions=[PlannedQuestion(id=uuid.uuid4(), text="Who are you?")],
    )
    return BotJob(session_id=uuid.uuid4(), tenant="acme", plan=plan, services=services)


def settings(**environ: str) -> ProviderSettings:
    return ProviderSettings.from_env(environ)


def llm_url(llm: object) -> str:
    assert isinstance(llm, OpenAILLMService)
    return str(llm._client.base_url)


def stt_url(stt: object) -> str:
    assert isinstance(stt, DeepgramSTTService)
    return str(stt._client._client_wrapper.get_environment().production)


def tts_url(tts: object) -> str:
    assert isinstance(tts, GTTSService)
    return tts.base_url


def test_without_keys_all_go_to_the_sandbox() -> None:
    asked = settings(**SANDBOX)
    assert stt_url(create_stt(asked, job())) == "ws://127.0.0.1:9/deepgram"
    assert llm_url(create_llm(asked, job())) == "http://127.0.0.1:9/azure/openai/v1/"
    assert tts_url(create_tts(asked, job())) == "http://127.0.0.1:9"


def test_a_key_switches_its_provider_and_no_other() -> None:
    asked = settings(**SANDBOX, DEEPGRAM_API_KEY="dg")
    assert stt_url(create_stt(asked, job())) == "wss://api.deepgram.com"
    assert llm_url(create_llm(asked, job())) == "http://127.0.0.1:9/azure/openai/v1/"


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com/"}, "https://r.openai.azure.com/openai/v1/"),
        ({"AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com/openai/v1"}, "https://r.openai.azure.com/openai/v1/"),
        (
            {"AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com", "AZURE_OPENAI_API_VERSION": "2025-04-01-preview"},
            "https://r.openai.azure.com/openai/",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:`api_version` is deprecated")
def test_azure_is_spoken_to_on_the_surface_its_settings_name(environ: dict[str, str], url: str) -> None:
    llm = create_llm(settings(AZURE_OPENAI_API_KEY="az", AZURE_OPENAI_DEPLOYMENT="mine", **environ), job())
    assert llm_url(llm) == url
    assert settings_of(llm).model == "mine"


def test_google_needs_no_key_and_can_be_chosen_beside_the_sandbox() -> None:
    assert tts_url(create_tts(settings(), job())) == "https://translate.google.com"
    chosen = settings(**SANDBOX, GTTS_URL="https://translate.google.com")
    assert tts_url(create_tts(chosen, job())) == "https://translate.google.com"


def test_with_neither_key_nor_sandbox_the_variable_to_set_is_named() -> None:
    with pytest.raises(ProviderNotConfigured, match="Set DEEPGRAM_API_KEY, or SANDBOX_URL"):
        create_stt(settings(), job())
    with pytest.raises(ProviderNotConfigured, match="Set AZURE_OPENAI_API_KEY, or SANDBOX_URL"):
        create_llm(settings(), job())
    with pytest.raises(ProviderNotConfigured, match="Set AZURE_OPENAI_ENDPOINT"):
        create_llm(settings(AZURE_OPENAI_API_KEY="az"), job())


def test_the_interviews_language_reaches_ear_and_voice() -> None:
    asked = settings(**SANDBOX)
    assert create_stt(asked, job(language="hi"))._settings.language == "hi"
    assert create_tts(asked, job(language="pt-BR"))._settings.language == "pt"


def test_a_job_or_the_deployment_may_name_another_service() -> None:
    assert tts_url(create_tts(settings(**SANDBOX, TTS_SERVICE="unheard"), job(tts="gtts"))) == "http://127.0.0.1:9"
    with pytest.raises(ProviderNotConfigured, match="no service 'unheard'; registered are: azure-speech, "):
        create_tts(settings(**SANDBOX, TTS_SERVICE="unheard"), job())
    with pytest.raises(ProviderNotConfigured, match="There is no service 'unheard'; registered are: deepgram"):
        create_stt(settings(**SANDBOX), job(stt="unheard"))


CREATE = {"stt": create_stt, "llm": create_llm, "tts": create_tts}


def settings_of(service: AIService) -> Any:
    """What the service was configured with; its type is narrowed by each class in its own way."""
    return service._settings


OFFERS = [(kind, name, offer) for kind, offers in SERVICES.items() for name, offer in offers.items()]


def test_what_is_offered_is_what_is_registered() -> None:
    registries: dict[str, Iterable[str]] = {"stt": services.STT, "llm": services.LLM, "tts": services.TTS}
    assert {kind: list(offers) for kind, offers in SERVICES.items()} == {
        kind: list(registry) for kind, registry in registries.items()
    }
    assert set(services.FALLBACK_TTS) <= set(services.TTS)


@pytest.mark.parametrize(("kind", "name", "offer"), OFFERS, ids=[name for _, name, _ in OFFERS])
def test_a_service_is_made_just_where_its_offer_is_ready(kind: str, name: str, offer: ServiceOffer) -> None:
    for variables in offer.needs:
        environ = dict.fromkeys(variables, "https://value.example")
        assert offer.is_ready(environ)
        assert CREATE[kind](settings(**environ), job(**{kind: name}))
    assert CREATE[kind](settings(**SANDBOX), job(**{kind: name}))
    assert offer.is_ready(SANDBOX)
    if offer.needs != ((),):
        assert not offer.is_ready({})
        with pytest.raises(ProviderNotConfigured, match=r"^Set [A-Z_]+"):
            CREATE[kind](settings(), job(**{kind: name}))


@pytest.mark.parametrize(
    ("language", "model", "hints"),
    [("en-GB", "flux-general-en", None), ("hi", "flux-general-multi", ["hi"]), ("pt-BR", "flux-general-multi", ["pt"])],
)
def test_flux_hears_the_interviews_language(language: str, model: str, hints: list[str] | None) -> None:
    stt = create_stt(settings(**SANDBOX), job(language=language, stt="deepgram-flux"))
    assert isinstance(stt, DeepgramFluxSTTService)
    assert (settings_of(stt).model, settings_of(stt).language_hints) == (model, hints)
    assert stt._url == "ws://127.0.0.1:9/deepgram/v2/listen"
    assert type(turn_strategies_of(stt)) is ExternalUserTurnStrategies
    eager = create_stt(settings(**SANDBOX, DEEPGRAM_FLUX_EAGER="true"), job(stt="deepgram-flux"))
    assert type(turn_strategies_of(eager)) is EagerUserTurnStrategies
    assert turn_strategies_of(create_stt(settings(**SANDBOX), job())) is None


@pytest.mark.parametrize(
    ("stt", "language", "marks"),
    [
        ("deepgram", "en", True),
        ("deepgram", "hi", True),
        ("deepgram", "pt-BR", True),
        ("deepgram", "th", False),  # a sentence ends in a blank
        ("deepgram-flux", "en", False),  # Deepgram does not promise it
    ],
)
def test_a_full_stop_is_expected_where_it_is_asked_for(stt: str, language: str, marks: bool) -> None:
    made = create_stt(settings(**SANDBOX), job(language=language, stt=stt))
    assert ends_sentences(made) is marks


def test_a_deepgram_that_is_not_asked_to_punctuate_owes_no_full_stop() -> None:
    assert ends_sentences(DeepgramSTTService(api_key="any")) is True
    plain = DeepgramSTTService(api_key="any", settings=DeepgramSTTService.Settings(punctuate=False))
    assert ends_sentences(plain) is False


def test_flux_with_a_key_is_deepgrams_own() -> None:
    stt = create_stt(settings(**SANDBOX, DEEPGRAM_API_KEY="dg"), job(stt="deepgram-flux"))
    assert isinstance(stt, DeepgramFluxSTTService)
    assert stt._url == "wss://api.deepgram.com/v2/listen"


@pytest.mark.parametrize(
    ("environ", "url", "model"),
    [
        ({"OPENAI_API_KEY": "sk"}, "https://api.openai.com/v1/", "gpt-4.1-mini"),
        (
            {"OPENAI_BASE_URL": "http://localhost:11434/v1/", "OPENAI_MODEL": "qwen3:8b"},
            "http://localhost:11434/v1/",
            "qwen3:8b",
        ),
        (SANDBOX, "http://127.0.0.1:9/openai/v1/", "gpt-4.1-mini"),
    ],
    ids=["OpenAI", "Ollama", "sandbox"],
)
def test_openai_is_any_endpoint_that_speaks_like_it(environ: dict[str, str], url: str, model: str) -> None:
    llm = create_llm(settings(**environ), job(llm="openai"))
    assert type(llm) is OpenAILLMService
    assert (llm_url(llm), settings_of(llm).model) == (url, model)
    with pytest.raises(ProviderNotConfigured, match="Set OPENAI_MODEL"):
        create_llm(settings(OPENAI_BASE_URL="http://localhost:8000/v1"), job(llm="openai"))


def test_aura_speaks_with_a_voice_of_the_interviews_language() -> None:
    tts = create_tts(settings(**SANDBOX), job(language="de-AT", tts="deepgram-aura"))
    assert isinstance(tts, AuraTTSService)
    assert (tts._base_url, settings_of(tts).voice) == ("http://127.0.0.1:9/deepgram", "aura-2-viktoria-de")
    chosen = create_tts(settings(DEEPGRAM_API_KEY="dg", DEEPGRAM_VOICE="aura-2-thalia-en"), job(tts="deepgram-aura"))
    assert isinstance(chosen, AuraTTSService)
    assert (chosen._base_url, settings_of(chosen).voice) == ("https://api.deepgram.com", "aura-2-thalia-en")


@pytest.mark.parametrize(
    ("language", "voice"), [("en", "aura-2-thalia-en"), ("es-MX", "aura-2-nestor-es"), ("de", "aura-2-viktoria-de")]
)
def test_a_voice_that_is_chosen_speaks_its_own_language_only(language: str, voice: str) -> None:
    environ = {"DEEPGRAM_API_KEY": "dg", "DEEPGRAM_VOICE": "aura-2-thalia-en, aura-2-nestor-es"}
    assert settings_of(create_tts(settings(**environ), job(language=language, tts="deepgram-aura"))).voice == voice


@pytest.mark.parametrize(
    ("environ", "region", "endpoint"),
    [
        ({"AZURE_SPEECH_API_KEY": "az", "AZURE_SPEECH_REGION": "westeurope"}, "westeurope", None),
        ({"AZURE_SPEECH_API_KEY": "az", "AZURE_SPEECH_ENDPOINT": "https://r.example/"}, None, "https://r.example"),
        (SANDBOX, None, "ws://127.0.0.1:9/azure/speech"),
    ],
    ids=["region", "endpoint", "sandbox"],
)
def test_azure_speech_is_reached_by_region_or_endpoint(
    environ: dict[str, str], region: str | None, endpoint: str | None
) -> None:
    tts = create_tts(settings(**environ), job(language="pt-BR", tts="azure-speech"))
    assert isinstance(tts, AzureTTSService)
    assert (tts._region, tts._private_endpoint, settings_of(tts).language) == (region, endpoint, "pt-BR")


def test_a_language_a_service_does_not_know_is_a_sentence() -> None:
    with pytest.raises(ProviderNotConfigured, match="Deepgram Aura does not speak 'hi'; choose another voice"):
        create_tts(settings(**SANDBOX), job(language="hi", tts="deepgram-aura"))
    with pytest.raises(ProviderNotConfigured, match="Deepgram Flux does not hear 'ko'; choose Deepgram Nova"):
        create_stt(settings(**SANDBOX), job(language="ko", stt="deepgram-flux"))


def test_each_language_an_offer_knows_has_a_voice_or_an_ear() -> None:
    assert set(AURA_VOICES) == SERVICES["tts"]["deepgram-aura"].languages
    assert SERVICES["tts"]["deepgram-aura"].knows("fr-CA")
    assert SERVICES["tts"]["gtts"].knows("hi")


def test_google_has_a_fallback_voice_where_one_is_configured_and_speaks_the_language() -> None:
    def fallback(language: str = "en", **environ: str) -> object:
        tts = create_tts(settings(**environ), job(language=language))
        assert isinstance(tts, GTTSService)
        return type(tts.fallback)

    assert fallback(DEEPGRAM_API_KEY="dg") is AuraTTSService
    assert fallback(**SANDBOX) is AuraTTSService
    assert fallback() is type(None)
    assert fallback("hi", DEEPGRAM_API_KEY="dg") is type(None)
    azure = {"AZURE_SPEECH_API_KEY": "az", "AZURE_SPEECH_REGION": "westeurope"}
    assert [fallback(language, DEEPGRAM_API_KEY="dg", **azure) for language in ("pt", "hi")] == [
        AzureHttpTTSService
    ] * 2
    assert fallback(**azure) is AzureHttpTTSService
    assert fallback(TTS_FALLBACK_SERVICE="azure-speech", DEEPGRAM_API_KEY="dg", **azure) is AzureHttpTTSService
    assert fallback(DEEPGRAM_API_KEY="dg", TTS_FALLBACK_SERVICE="none") is type(None)


def test_the_bots_of_a_process_share_what_they_found_out_about_google() -> None:
    first, second = (create_tts(settings(**SANDBOX), job()) for _ in range(2))
    assert isinstance(first, GTTSService)
    assert isinstance(second, GTTSService)
    assert first._speech._breaker is second._speech._breaker
