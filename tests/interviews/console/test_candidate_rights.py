"""What a company's owner does when a candidate asks for their data, or to be forgotten."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from interviews.domain.erasure import erase
from interviews.models import Candidate, DataErasure, TranscriptTurn
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story


def test_the_export_has_what_was_said_and_is_on_record(story: Story, acme: Tenant, by_owner: Client) -> None:
    response = by_owner.get(reverse("admin:interviews_candidate_export", args=[story.candidate.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="candidate-{story.candidate.pk}.json"'
    assert response.json()["candidate"]["email"] == story.candidate.email
    with tenant_scope(acme):
        said = list(TranscriptTurn.objects.order_by("started_at").values_list("text", flat=True))
        assert [turn["text"] for turn in response.json()["transcript"]] == said
        assert AuditEntry.objects.filter(verb="exported the data of", object_id=story.candidate.pk).count() == 1


def test_deleting_is_asked_for_once_and_its_progress_is_shown(story: Story, acme: Tenant, by_owner: Client) -> None:
    page = reverse("admin:interviews_candidate_change", args=[story.candidate.pk])
    assert "Delete it for good" in by_owner.get(page).content.decode()
    for _press in (1, 2):
        by_owner.post(reverse("admin:interviews_candidate_erase", args=[story.candidate.pk]))
    with tenant_scope(acme):
        job = DataErasure.objects.get()
    assert "is under way" in by_owner.get(page).content.decode()
    with tenant_scope(acme):
        erase(erasure_id=job.pk)
        assert (Candidate.objects.get().name, TranscriptTurn.objects.count()) == ("Erased", 0)
    shown = by_owner.get(page).content.decode()
    assert ("The data was deleted on" in shown, "Delete it for good" in shown) == (True, False)
