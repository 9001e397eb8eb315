"""REST hooks: subscribed, unsubscribed, and an example of what will come."""

import json
from collections.abc import Callable

import pytest
from jsonschema import validate

from interviews.api.schema_webhooks import describe_body, make_sample
from interviews.domain import outbox, webhooks
from interviews.enums import WebhookEventType
from interviews.models import WebhookEndpoint, WebhookEvent
from tenants.domain.vault import unseal
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.factories import make_invitation

pytestmark = pytest.mark.django_db
HOOK = {"target_url": "https://hooks.zapier.example/1/2", "event": "result.ready"}


def test_a_hook_is_subscribed_and_unsubscribed(acme: Tenant, api: ApiClient) -> None:
    status, made = api.post("hooks", HOOK)
    assert (status, list(made)) == (201, ["id", "secret"])
    with tenant_scope(acme):
        assert unseal(WebhookEndpoint.objects.get().secret) == made["secret"]
        assert [(row.url, row.events) for row in WebhookEndpoint.objects.all()] == [
            (HOOK["target_url"], ["result.ready"])
        ]
    assert api.get(f"webhook-endpoints/{made['id']}")[0] == 200
    assert [api.send("DELETE", f"hooks/{made['id']}")[0] for _ in range(2)] == [204, 404]


def test_a_webhook_is_no_hook(api: ApiClient) -> None:
    _, webhook = api.post("webhook-endpoints", {"url": "https://hook.example/in"})
    assert api.send("DELETE", f"hooks/{webhook['id']}")[0] == 404
    assert api.get(f"webhook-endpoints/{webhook['id']}")[0] == 200


def test_hooks_and_webhooks_are_counted_apart(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MAX_HOOKS", 2)
    monkeypatch.setattr(webhooks, "MAX_ENDPOINTS", 1)
    assert [api.post("hooks", HOOK)[0] for _ in range(3)] == [201, 201, 409]
    assert [api.post("webhook-endpoints", {"url": "https://hook.example/in"})[0] for _ in range(2)] == [201, 409]


def test_what_is_wrong_is_named(api: ApiClient) -> None:
    for change, pointer in (({"target_url": "http://hooks.example/"}, "/target_url"), ({"event": "x"}, "/event")):
        status, body = api.post("hooks", HOOK | change)
        assert (status, [error["pointer"] for error in body["errors"]]) == (400, [pointer])
    assert (api.get("hooks/samples")[0], api.get("hooks/samples?event=x")[0]) == (400, 400)


def test_another_companys_hook_is_not_there(globex: Tenant, api: ApiClient, make_api: Callable[..., ApiClient]) -> None:
    _, made = api.post("hooks", HOOK)
    assert make_api(globex).send("DELETE", f"hooks/{made['id']}")[0] == 404
    assert api.get(f"webhook-endpoints/{made['id']}")[0] == 200


@pytest.mark.parametrize("type", WebhookEventType)
def test_each_sample_is_as_the_schema_says(type: WebhookEventType) -> None:
    validate(make_sample(type), describe_body(type))


def test_a_sample_is_like_what_is_sent(acme: Tenant, api: ApiClient) -> None:
    _, (sample,) = api.get("hooks/samples?event=invitation.created")
    api.post("hooks", HOOK | {"event": "invitation.created"})
    with tenant_scope(acme):
        outbox.tell_of_invitation(WebhookEventType.INVITATION_CREATED, invitation_id=make_invitation().pk)
        sent = json.loads(WebhookEvent.objects.get().body)
    assert (sent.keys(), sent["data"].keys()) == (sample.keys(), sample["data"].keys())
    validate(sent, describe_body(WebhookEventType.INVITATION_CREATED))
