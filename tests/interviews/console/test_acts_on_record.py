"""Acts of the console that change no row of their own page, and are on record all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from interviews.domain import batches
from interviews.enums import DeliveryStatus
from interviews.models import AtsCallback, SavedView, WebhookDelivery
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story

LogIn = Callable[[User], Client]


@pytest.fixture
def new_acts(acme: Tenant, story: Story) -> Callable[[], list[tuple[str, str]]]:
    """What was done since the story, and by whom."""
    with tenant_scope(acme):
        before = set(AuditEntry.objects.values_list("pk", flat=True))

    def read() -> list[tuple[str, str]]:
        with tenant_scope(acme):
            entries = AuditEntry.objects.exclude(pk__in=before).order_by("at")
            return list(entries.values_list("verb", "actor"))

    return read


def act_on(client: Client, name: str, action: str, row: Any) -> None:
    client.post(reverse(f"admin:{name}_changelist"), {"action": action, "_selected_action": [str(row.pk)]})


def test_sending_again_is(story: Story, acme: Tenant, owner: User, by_owner: Client, new_acts: Any) -> None:
    act_on(by_owner, "interviews_webhookdelivery", "send_again", story.delivery)
    act_on(by_owner, "interviews_atscallback", "send_again", story.ats_callback)
    assert new_acts() == [("sent webhook deliveries again", owner.email), ("sent ATS call-backs again", owner.email)]
    with tenant_scope(acme):
        pending = [model.objects.get(pk=pk).status for model, pk in sent_again(story)]
    assert pending == [DeliveryStatus.PENDING] * 2


def sent_again(story: Story) -> list[tuple[Any, Any]]:
    return [(WebhookDelivery, story.delivery.pk), (AtsCallback, story.ats_callback.pk)]


def test_a_test_of_a_webhook_is(story: Story, owner: User, by_owner: Client, new_acts: Any) -> None:
    by_owner.post(reverse("admin:interviews_webhookendpoint_send_test", args=[story.webhook.pk]))
    assert new_acts() == [("sent a test to the webhook", owner.email)]


def test_saying_what_columns_hold_is(
    story: Story, acme: Tenant, recruiter: User, by_recruiter: Client, new_acts: Any
) -> None:
    with tenant_scope(acme):
        batch = batches.create_batch(
            interview=story.interview, source="x", text="a@b.example,Kim", expires_at=story.invitation.expires_at
        )
    url = reverse("admin:interviews_invitationbatch_map", args=[batch.pk])
    by_recruiter.post(url, {"email": "0", "name": "1"})
    assert new_acts() == [("said what the list's columns hold", recruiter.email)]


def test_views_are(story: Story, acme: Tenant, reviewer: User, log_in: LogIn, new_acts: Any) -> None:
    client = log_in(reviewer)
    client.post(reverse("views:save"), {"name": "Mine", "query": "decision=hold"})
    with tenant_scope(acme):
        view = SavedView.objects.get()
    client.post(reverse("views:delete", args=[view.pk]))
    assert new_acts() == [("saved the view", reviewer.email), ("deleted the view", reviewer.email)]
