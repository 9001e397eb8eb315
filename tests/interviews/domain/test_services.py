"""Which services a bot is started with: the interview's, else the company's, else the bot's own."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings

from interviews import tasks
from interviews.domain import slots
from interviews.domain.services import choose_services
from interviews.models import CompanyServices, Interview
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.conftest import FakeRunner
from tests.interviews.factories import make_session


def choose(*, company: dict[str, str], interview: dict[str, str], language: str = "en") -> dict[str, str]:
    CompanyServices.objects.all().delete()
    if company:
        CompanyServices.objects.create(**company)
    return choose_services(interview=Interview(title="Nurse", **interview), language=language)


def test_an_interview_goes_before_its_company_and_its_company_before_the_bot(acme: Tenant) -> None:
    company = {"tts": "deepgram-aura", "llm": "openai"}
    with tenant_scope(acme):
        assert choose(company={}, interview={}) == {}
        assert choose(company=company, interview={}) == company
        assert choose(company=company, interview={"tts": "azure-speech"}) == {"tts": "azure-speech", "llm": "openai"}


def test_what_does_not_know_the_language_or_is_no_longer_there_is_left_out(acme: Tenant) -> None:
    chosen = {"tts": "deepgram-aura", "stt": "deepgram-flux", "llm": "gone"}
    with tenant_scope(acme):
        assert choose(company={}, interview=chosen, language="hi") == {"stt": "deepgram-flux"}
        assert choose(company={}, interview=chosen, language="ko") == {}


def test_another_companys_choice_is_not_seen(acme: Tenant, globex: Tenant) -> None:
    with tenant_scope(globex):
        CompanyServices.objects.create(llm="openai")
    with tenant_scope(acme):
        assert choose_services(interview=Interview(title="Nurse"), language="en") == {}


def test_the_choice_reaches_the_runner(acme: Tenant, runner: FakeRunner) -> None:
    slots.sync_slots()
    with tenant_scope(acme):
        CompanyServices.objects.create(llm="openai")
        session = make_session()
        Interview.objects.update(stt="deepgram-flux")
    tasks.launch_session(str(session.tenant_id), str(session.pk))
    assert runner.jobs[0]["body"]["services"] == {"stt": "deepgram-flux", "llm": "openai"}


@pytest.mark.parametrize(
    ("variables", "refused"),
    [
        (None, set()),
        ({"SANDBOX_URL"}, set()),
        ({"DEEPGRAM_API_KEY"}, {"tts", "llm"}),
        ({"AZURE_SPEECH_API_KEY", "AZURE_SPEECH_REGION", "OPENAI_API_KEY"}, {"stt"}),
    ],
)
def test_what_this_installation_lacks_is_refused_as_far_as_it_is_known(
    settings: Settings, variables: set[str] | None, refused: set[str]
) -> None:
    settings.BOT_PROVIDER_VARIABLES = variables
    chosen = CompanyServices(tts="azure-speech", stt="deepgram-flux", llm="openai")
    try:
        chosen.clean()
        problems: dict[str, list[str]] = {}
    except ValidationError as error:
        problems = error.message_dict
    assert set(problems) == refused
    if "llm" in refused:
        assert problems["llm"] == [
            "OpenAI, or an endpoint like it is not configured on this installation: "
            "it needs OPENAI_API_KEY or OPENAI_BASE_URL + OPENAI_MODEL."
        ]
