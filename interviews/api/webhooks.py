"""Webhooks over the API: set up, rotated, tested, and what became of each delivery."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.expanding import (
    ExpandField,
    Names,
    below,
    check_expand,
    expand_query,
    expand_query_field,
    nest,
    prefetch,
    read_expand,
)
from interviews.api.ids import id_field
from interviews.api.invitations import EXPAND as EXPAND_INVITATION
from interviews.api.invitations import InvitationSerializer, invitations
from interviews.api.paging import page_serializer, read_page
from interviews.api.parsing import Query, StrictSerializer, read_body, read_query
from interviews.api.problems import NotFoundHere, Problem
from interviews.api.schema import describe
from interviews.domain import deliveries, webhooks
from interviews.domain.outbound import AddressRefused
from interviews.enums import DeliveryStatus, WebhookEventType
from interviews.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from tenants.enums import Scope

EVENTS = [(value, label) for value, label in WebhookEventType.choices if value != WebhookEventType.TEST]
#: What can be expanded, and the scope that this takes.
EXPAND_EVENT = nest("invitation", Scope.INVITATIONS_READ, EXPAND_INVITATION)
EXPAND = {"endpoint": Scope.WEBHOOKS_READ} | nest("event", Scope.WEBHOOKS_READ, EXPAND_EVENT)


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


class WebhookEventSerializer(serializers.Serializer):
    """What was sent: `type`, `timestamp` and `data` are the body."""

    id = id_field("webhook_event", source="pk", read_only=True)
    type = serializers.CharField()
    timestamp = serializers.DateTimeField(source="content.timestamp")
    data = serializers.DictField(source="content.data")  # type: ignore[assignment] # a field named so
    invitation = ExpandField("invitation", InvitationSerializer, allow_null=True)


class WebhookDeliverySerializer(serializers.Serializer):
    id = id_field("delivery", source="pk", read_only=True)
    endpoint = ExpandField("endpoint", WebhookEndpointSerializer)
    event = ExpandField("webhook_event", WebhookEventSerializer)
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
    expand = expand_query_field(tuple(EXPAND))


ExpandQuery = expand_query(EXPAND)


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
        return accepted(webhooks.send_test(endpoint=endpoint))


class WebhookDeliveries(ApiView):
    scopes: ClassVar = {"GET": Scope.WEBHOOKS_READ}

    @describe("List deliveries", "webhooks", answer=page_serializer(WebhookDeliverySerializer), query=DeliveryQuery)
    def get(self, request: Request) -> Response:
        query = read_query(request, DeliveryQuery)
        check_expand(self.key, EXPAND, query["expand"])
        rows = filter_deliveries(shown_deliveries(expand=query["expand"]), query)
        return Response(read_page(rows, query=query, row=WebhookDeliverySerializer))


def shown_deliveries(*, expand: Names = ()) -> QuerySet[WebhookDelivery]:
    of_event = below("event", expand)
    theirs = invitations(expand=below("invitation", of_event))
    events = WebhookEvent.objects.prefetch_related(*prefetch("invitation", theirs, of_event))
    endpoints = prefetch("endpoint", WebhookEndpoint.objects.all(), expand)
    return WebhookDelivery.objects.prefetch_related("attempts", Prefetch("event", events), *endpoints)


def filter_deliveries(rows: QuerySet[WebhookDelivery], query: dict[str, Any]) -> QuerySet[WebhookDelivery]:
    lookups = {
        "status": "status",
        "endpoint": "endpoint_id",
        "created_after": "created_at__gt",
        "created_before": "created_at__lt",
    }
    return rows.filter(**{lookups[name]: query[name] for name in lookups if name in query})


class WebhookDeliveryDetail(ApiView):
    scopes: ClassVar = {"GET": Scope.WEBHOOKS_READ}

    @describe("Read a delivery", "webhooks", answer=WebhookDeliverySerializer, query=ExpandQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        expand = read_expand(request, ExpandQuery)
        found = find(shown_deliveries(expand=expand), pk)
        return Response(WebhookDeliverySerializer(found, context={"expand": expand}).data)


def accepted(delivery: WebhookDelivery) -> Response:
    """It will be sent; where to see what became of it is in Location."""
    shown = WebhookDeliverySerializer(delivery).data
    return Response(shown, status=202, headers={"Location": f"/api/v1/webhook-deliveries/{shown['id']}"})


class RedeliverOne(ApiView):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_WRITE}

    @describe("Deliver again", "webhooks", answer=WebhookDeliverySerializer, body=NoBody, status=202)
    def post(self, request: Request, pk: UUID) -> Response:
        read_body(NoBody, request)
        found = find(WebhookDelivery.objects.select_related("event"), pk)
        if not deliveries.redeliver(WebhookDelivery.objects.filter(pk=pk)):
            raise Problem(409, "switched_off", "This webhook is switched off. Switch it on first.")
        found.refresh_from_db()
        return accepted(found)


class RedeliverRange(ApiView):
    scopes: ClassVar = {"POST": Scope.WEBHOOKS_WRITE}

    @describe("Deliver a range again", "webhooks", answer=RedeliveredSerializer, body=RedeliverBody, status=202)
    def post(self, request: Request) -> Response:
        """What a receiver missed while it was away, each with the id it had."""
        body = read_body(RedeliverBody, request)
        if not WebhookEndpoint.objects.filter(pk=body["endpoint"]).exists():
            raise NotFoundHere("/endpoint")
        return Response(
            {"redelivered": deliveries.redeliver(filter_deliveries(WebhookDelivery.objects.all(), body))}, status=202
        )
