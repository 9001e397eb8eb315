"""Webhooks over the API."""

from collections.abc import Callable
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from interviews.enums import DeliveryStatus
from interviews.models import WebhookDelivery, WebhookEndpoint
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient

pytestmark = pytest.mark.django_db
HOOK = {"url": "https://hook.example/in", "events": ["result.ready"], "description": "HR"}


def test_a_webhook_is_added_changed_and_deleted(api: ApiClient) -> None:
    status, made = api.post("webhook-endpoints", HOOK)
    assert (status, made["url"], made["events"], made["is_enabled"]) == (201, HOOK["url"], ["result.ready"], True)
    assert Webhook(made["secret"])
    path = f"webhook-endpoints/{made['id']}"
    assert api.get(path) == (200, made | {"secret": None})
    status, changed = api.send("PATCH", path, {"is_enabled": False, "events": []})
    assert (status, changed["is_enabled"], changed["events"]) == (200, False, [])
    assert api.post(f"{path}/test")[0] == 409
    assert [row["id"] for row in api.get("webhook-endpoints")[1]["data"]] == [made["id"]]
    assert (api.send("DELETE", path)[0], api.get(path)[0]) == (204, 404)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "http://hook.example/"}, "/url"),
        ({"url": "https://u:p@hook.example/"}, "/url"),
        ({"url": "gopher://hook.example/"}, "/url"),
        ({"events": ["result.gone"]}, "/events/0"),
        ({"secret": "mine"}, "/secret"),
    ],
)
def test_what_is_wrong_is_named(api: ApiClient, change: dict[str, Any], pointer: str) -> None:
    status, body = api.post("webhook-endpoints", HOOK | change)
    assert (status, [error["pointer"] for error in body["errors"]]) == (400, [pointer])


def test_the_secret_is_rotated(api: ApiClient) -> None:
    _, made = api.post("webhook-endpoints", HOOK)
    status, rotated = api.post(f"webhook-endpoints/{made['id']}/rotate-secret")
    assert (status, rotated["secret"].startswith("whsec_"), rotated["secret"] == made["secret"]) == (200, True, False)


def test_deliveries_are_listed_and_sent_again(acme: Tenant, api: ApiClient) -> None:
    _, made = api.post("webhook-endpoints", HOOK)
    status, delivery = api.post(f"webhook-endpoints/{made['id']}/test")
    assert (status, delivery["type"], delivery["status"], delivery["attempts"]) == (202, "webhook.test", "pending", [])
    with tenant_scope(acme):
        WebhookDelivery.objects.update(status=DeliveryStatus.FAILED, next_try_at=None)
    assert [row["id"] for row in api.get("webhook-deliveries?status=failed")[1]["data"]] == [delivery["id"]]
    again = api.post(f"webhook-deliveries/{delivery['id']}/redeliver")
    assert (again[0], again[1]["status"], again[1]["event"]) == (202, "pending", delivery["event"])
    body = {"endpoint": made["id"], "created_after": "2020-01-01T00:00:00Z", "status": "pending"}
    assert api.post("webhook-deliveries/redeliver", body) == (202, {"redelivered": 1})


def test_another_companys_webhooks_are_not_there(
    acme: Tenant, globex: Tenant, api: ApiClient, make_api: Callable[..., ApiClient]
) -> None:
    _, made = api.post("webhook-endpoints", HOOK)
    _, delivery = api.post(f"webhook-endpoints/{made['id']}/test")
    foreign, path = make_api(globex), f"webhook-endpoints/{made['id']}"
    assert foreign.get("webhook-endpoints")[1]["data"] == foreign.get("webhook-deliveries")[1]["data"] == []
    again = {"endpoint": made["id"], "created_after": "2020-01-01T00:00:00Z"}
    answers = [
        foreign.get(path)[0],
        foreign.send("PATCH", path, {"url": "https://evil.example/"})[0],
        foreign.send("DELETE", path)[0],
        foreign.post(f"{path}/rotate-secret")[0],
        foreign.post(f"{path}/test")[0],
        foreign.post(f"webhook-deliveries/{delivery['id']}/redeliver")[0],
        foreign.post("webhook-deliveries/redeliver", again)[0],
    ]
    assert answers == [404] * 7
    with tenant_scope(acme):
        assert WebhookEndpoint.objects.get().url == HOOK["url"]
