"""REST hooks, as Zapier and its like subscribe: one address for one event, and an example of what will come.

Source: resthooks.org. A hook is a webhook endpoint, so it is signed, retried and listed like any other.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.ids import id_field
from interviews.api.parsing import StrictSerializer, read_body, read_query
from interviews.api.problems import Problem
from interviews.api.schema import describe
from interviews.api.schema_webhooks import make_sample
from interviews.api.webhooks import EVENTS
from interviews.domain import webhooks
from interviews.domain.outbound import AddressRefused
from interviews.enums import WebhookEventType
from interviews.models import WebhookEndpoint
from tenants.enums import Scope


class HookBody(StrictSerializer):
    target_url = serializers.CharField(max_length=500)
    event = serializers.ChoiceField(EVENTS)


class HookSerializer(serializers.Serializer):
    id = id_field("endpoint", read_only=True)
    secret = serializers.CharField(
        allow_null=True,
        help_text="whsec_…, shown once: what it is sent is signed with it. null in the answer to a request sent again.",
    )


class SampleQuery(StrictSerializer):
    event = serializers.ChoiceField(EVENTS, help_text="Which one.")


class SampleSerializer(serializers.Serializer):
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    data = serializers.DictField()  # type: ignore[assignment] # a field named so


class Hooks(ApiView):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_WRITE}

    @describe("Subscribe a hook", "hooks", answer=HookSerializer, body=HookBody, status=201)
    def post(self, request: Request) -> Response:
        body: dict[str, Any] = read_body(HookBody, request)
        try:
            hook, secret = webhooks.add_endpoint(
                url=body["target_url"], events=[body["event"]], description="REST hook", is_hook=True
            )
        except AddressRefused as error:
            detail = serializers.ErrorDetail(str(error), "address_refused")
            raise serializers.ValidationError({"target_url": [detail]}) from None
        except webhooks.TooManyEndpoints as error:
            raise Problem(409, "too_many", str(error)) from None
        shown = HookSerializer({"id": hook.pk, "secret": secret}).data
        return Response(shown, status=201, headers={"Location": f"/api/v1/webhook-endpoints/{shown['id']}"})


class HookDetail(ApiView):
    scopes: ClassVar = {"DELETE": Scope.WEBHOOKS_WRITE}

    @describe("Unsubscribe a hook", "hooks", answer=None, status=204)
    def delete(self, request: Request, pk: UUID) -> Response:
        """Only what was subscribed as one; webhooks are deleted as such."""
        webhooks.delete_endpoint(endpoint=find(WebhookEndpoint.objects.filter(is_hook=True), pk))
        return Response(status=204)


class HookSamples(ApiView):
    scopes: ClassVar = {"GET": Scope.WEBHOOKS_READ}

    @describe("Read what an event looks like", "hooks", answer=SampleSerializer(many=True), query=SampleQuery)
    def get(self, request: Request) -> Response:
        """One example, in a list."""
        event = WebhookEventType(read_query(request, SampleQuery)["event"])
        return Response([make_sample(event)])
