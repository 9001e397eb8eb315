"""Webhooks over the API: set up, rotated, tested, and what became of each delivery."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.ids import id_field
from interviews.api.paging import page_serializer, read_page
from interviews.api.parsing import Query, StrictSerializer, read_body, read_query
from interviews.api.problems import NotFoundHere, Problem
from interviews.api.schema import describe
from interviews.domain import deliveries, webhooks
from interviews.domain.outbound import AddressRefused
from interviews.enums import DeliveryStatus, WebhookEventType
from interviews.models import WebhookDelivery, WebhookEndpoint
from tenants.enums import Scope

EVENTS = [(value, label) for value, label in WebhookEventType.choices if value != WebhookEventType.TEST]


class WebhookEndpointSerializer(serializers.Serializer):
    id = id_field("endpoint", source="pk", read_only=True)
    url = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    events = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")
    is_enabled = serializers.SerializerMethodField()
    disabled_reason = serializers.CharField(allow_blank=True)
    secret = serializers.SerializerMethodField(
        help_text="whsec_…, in the answer that creates or rotates it; null ever after."
    )
    created_at = serializers.DateTimeField()

    def get_is_enabled(self, endpoint: WebhookEndpoint) -> bool:
        return endpoint.disabled_at is None

    def get_secret(self, endpoint: WebhookEndpoint) -> str | None:
        shown: str | None = self.context.get("secret")
        return shown


class WebhookEndpointBody(StrictSerializer):
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS), required=False, max_length=len(EVENTS))
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)


class WebhookEndpointPatch(WebhookEndpointBody):
    is_enabled = serializers.BooleanField(required=False)


class AttemptSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status; null without an answer.")
    milliseconds = serializers.IntegerField()
    response = serializers.CharField(allow_blank=True, help_text="The beginning of the answer, redacted.")
    error = serializers.CharField(allow_blank=True)


class WebhookDeliverySerializer(serializers.Serializer):
    id = id_field("delivery", source="pk", read_only=True)
    endpoint = id_field("endpoint", source="endpoint_id", read_only=True)
    event = id_field("webhook_event", source="event_id", read_only=True)
    type = serializers.CharField(source="event.type")
    status = serializers.ChoiceField(DeliveryStatus.choices)
    next_try_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    attempts = AttemptSerializer(many=True)
    created_at = serializers.DateTimeField()


class DeliveryQuery(Query):
    status = serializers.ChoiceField(DeliveryStatus.choices, required=False, help_text="Only those that stand so now.")
    endpoint = id_field("endpoint", required=False, help_text="Only those to this webhook or hook.")
    created_after = serializers.DateTimeField(required=False, help_text="Only those made later than this.")
    created_before = serializers.DateTimeField(required=False, help_text="Only those made earlier than this.")


class RedeliverBody(StrictSerializer):
    """Which ones: all of an endpoint's from a time on."""

    endpoint = id_field("endpoint")
    created_after = serializers.DateTimeField()
    created_before = serializers.DateTimeField(required=False)
    status = serializers.ChoiceField(DeliveryStatus.choices, default=DeliveryStatus.FAILED)


class RedeliveredSerializer(serializers.Serializer):
    redelivered = serializers.IntegerField()


class NoBody(StrictSerializer):
    """Nothing."""


def refused(error: AddressRefused) -> serializers.ValidationError:
    return serializers.ValidationError({"url": [serializers.ErrorDetail(str(error), "address_refused")]})


class WebhookEndpoints(ApiView):
    scopes: ClassVar = {"GET": Scope.WEBHOOKS_READ, "POST": Scope.WEBHOOKS_WRITE}

    @describe("List webhooks", "webhooks", answer=page_serializer(WebhookEndpointSerializer), query=Query)
    def get(self, request: Request) -> Response:
        query = read_query(request, Query)
        return Response(read_page(WebhookEndpoint.objects.all(), query=query, row=WebhookEndpointSerializer))

    @describe("Add a webhook", "webhooks", answer=WebhookEndpointSerializer, body=WebhookEndpointBody, status=201)
    def post(self, request: Request) -> Response:
        try:
            endpoint, secret = webhooks.add_endpoint(**read_body(WebhookEndpointBody, request))
        except AddressRefused as error:
            raise refused(error) from None
        except webhooks.TooManyEndpoints as error:
            raise Problem(409, "too_many", str(error)) from None
        shown = WebhookEndpointSerializer(endpoint, context={"secret": secret}).data
        return Response(shown, status=201, headers={"Location": f"/api/v1/webhook-endpoints/{shown['id']}"})


class WebhookEndpointDetail(ApiView):
    scopes: ClassVar = {
        "GET": Scope.WEBHOOKS_READ,
        "PATCH": Scope.WEBHOOKS_WRITE,
        "DELETE": Scope.WEBHOOKS_WRITE,
    }

    @describe("Read a webhook", "webhooks", answer=WebhookEndpointSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(WebhookEndpointSerializer(find(WebhookEndpoint.objects, pk)).data)

    @describe("Change a webhook", "webhooks", answer=WebhookEndpointSerializer, body=WebhookEndpointPatch)
    def patch(self, request: Request, pk: UUID) -> Response:
        endpoint = find(WebhookEndpoint.objects, pk)
        try:
            webhooks.change_endpoint(endpoint=endpoint, **read_body(WebhookEndpointPatch, request, partial=True))
        except AddressRefused as error:
            raise refused(error) from None
        return Response(WebhookEndpointSerializer(endpoint).data)

    @describe("Delete a webhook", "webhooks", answer=None, status=204)
    def delete(self, request: Request, pk: UUID) -> Response:
        webhooks.delete_endpoint(endpoint=find(WebhookEndpoint.objects, pk))
        return Response(status=204)


class RotateSecret(ApiView):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_WRITE}

    @describe("Rotate a webhook's secret", "webhooks", answer=WebhookEndpointSerializer, body=NoBody)
    def post(self, request: Request, pk: UUID) -> Response:
        """The secret that it replaces signs for 24 hours more, as does each one before it for its own."""
        read_body(NoBody, request)
        endpoint = find(WebhookEndpoint.objects, pk)
        try:
            secret = webhooks.rotate_secret(endpoint=endpoint)
        except webhooks.TooManyRotations as error:
            raise Problem(409, "too_many", str(error)) from None
        return Response(WebhookEndpointSerializer(endpoint, context={"secret": secret}).data)


class TestWebhook(ApiView):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_WRITE}

    @describe("Send a test event", "webhooks", answer=WebhookDeliverySerializer, body=NoBody, status=202)
    def post(self, request: Request, pk: UUID) -> Response:
        read_body(NoBody, request)
        endpoint = find(WebhookEndpoint.objects, pk)
        if endpoint.disabled_at is not None:
            raise Problem(409, "switched_off", "This webhook is switched off. Switch it on first.")
        return Response(WebhookDeliverySerializer(webhooks.send_test(endpoint=endpoint)).data, status=202)


class WebhookDeliveries(ApiView):
    scopes: ClassVar = {"GET": Scope.WEBHOOKS_READ}

    @describe("List deliveries", "webhooks", answer=page_serializer(WebhookDeliverySerializer), query=DeliveryQuery)
    def get(self, request: Request) -> Response:
        query = read_query(request, DeliveryQuery)
        rows = filter_deliveries(query).select_related("event").prefetch_related("attempts")
        return Response(read_page(rows, query=query, row=WebhookDeliverySerializer))


def filter_deliveries(query: dict[str, Any]) -> Any:
    lookups = {
        "status": "status",
        "endpoint": "endpoint_id",
        "created_after": "created_at__gt",
        "created_before": "created_at__lt",
    }
    return WebhookDelivery.objects.filter(**{lookups[name]: query[name] for name in lookups if name in query})


class RedeliverOne(ApiView):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_WRITE}

    @describe("Deliver again", "webhooks", answer=WebhookDeliverySerializer, body=NoBody, status=202)
    def post(self, request: Request, pk: UUID) -> Response:
        read_body(NoBody, request)
        found = find(WebhookDelivery.objects.select_related("event"), pk)
        if not deliveries.redeliver(WebhookDelivery.objects.filter(pk=pk)):
            raise Problem(409, "switched_off", "This webhook is switched off. Switch it on first.")
        found.refresh_from_db()
        return Response(WebhookDeliverySerializer(found).data, status=202)


class RedeliverRange(ApiView):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_WRITE}

    @describe("Deliver a range again", "webhooks", answer=RedeliveredSerializer, body=RedeliverBody, status=202)
    def post(self, request: Request) -> Response:
        """What a receiver missed while it was away, each with the id it had."""
        body = read_body(RedeliverBody, request)
        if not WebhookEndpoint.objects.filter(pk=body["endpoint"]).exists():
            raise NotFoundHere("/endpoint")
        return Response({"redelivered": deliveries.redeliver(filter_deliveries(body))}, status=202)
