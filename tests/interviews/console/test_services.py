"""Voice and services: chosen for a company and for an interview."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from interviews.models import CompanyServices, Interview
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.test_set_up import interview_fields

ADD = "admin:interviews_companyservices_add"
FLUX = (
    "Deepgram Flux knows Dutch, English, French, German, Hindi, Italian, Japanese, Portuguese, Russian, Spanish. "
    "It says itself when an answer is over"
)


def test_an_owner_chooses_once_for_the_company(acme: Tenant, by_owner: Client) -> None:
    assert by_owner.post(reverse(ADD), {"tts": "deepgram-aura", "stt": "", "llm": "openai"}).status_code == 302
    with tenant_scope(acme):
        chosen = CompanyServices.objects.get()
    assert (chosen.tts, chosen.stt, chosen.llm) == ("deepgram-aura", "", "openai")
    assert by_owner.get(reverse(ADD)).status_code == 403


def test_a_recruiter_chooses_for_an_interview_alone(acme: Tenant, by_recruiter: Client) -> None:
    assert by_recruiter.get(reverse(ADD)).status_code == 403
    path = reverse("admin:interviews_interview_add")
    page = by_recruiter.get(path).content.decode()
    assert [text for text in ("As the company", FLUX) if text not in page] == []
    assert by_recruiter.post(path, interview_fields([]) | {"tts": "azure-speech"}).status_code == 302
    with tenant_scope(acme):
        interview = Interview.objects.get()
    assert (interview.tts, interview.stt, interview.llm) == ("azure-speech", "", "")


def test_a_service_that_is_not_configured_here_is_a_sentence_at_its_field(
    acme: Tenant, by_recruiter: Client, settings: Settings
) -> None:
    settings.BOT_PROVIDER_VARIABLES = {"AZURE_OPENAI_API_KEY"}
    path = reverse("admin:interviews_interview_add")
    page = by_recruiter.post(path, interview_fields([]) | {"tts": "deepgram-aura"})
    assert page.context["adminform"].form.errors["tts"] == [
        "Deepgram Aura is not configured on this installation: it needs DEEPGRAM_API_KEY."
    ]
    assert by_recruiter.post(path, interview_fields([]) | {"tts": "unheard"}).status_code == 200
    with tenant_scope(acme):
        assert not Interview.objects.exists()


def test_another_companys_choice_is_not_there(acme: Tenant, globex: Tenant, by_owner: Client) -> None:
    with tenant_scope(globex):
        foreign = CompanyServices.objects.create(llm="openai")
    path = reverse("admin:interviews_companyservices_change", args=[foreign.pk])
    assert by_owner.get(path).status_code == 404
