from __future__ import annotations

import uuid

import pytest
from pipecat.services.azure.llm import AzureLLMService
from pipecat.services.deepgram.stt import DeepgramSTTService

from botrunner.contract import BotJob, InterviewPlan, Persona, PlannedQuestion
from botrunner.gtts import GTTSService
from botrunner.services import ProviderNotConfigured, ProviderSettings, create_llm, create_stt, create_tts

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
    assert isinstance(llm, AzureLLMService)
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
    assert llm._settings.model == "mine"


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
    with pytest.raises(ProviderNotConfigured, match="There is no service 'unheard'; registered are: gtts"):
        create_tts(settings(**SANDBOX, TTS_SERVICE="unheard"), job())
    with pytest.raises(ProviderNotConfigured, match="There is no service 'unheard'; registered are: deepgram"):
        create_stt(settings(**SANDBOX), job(stt="unheard"))
